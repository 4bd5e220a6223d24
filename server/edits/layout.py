"""Blocks of code told by their indentation, in any language that is laid out by it."""

import re
from collections.abc import Sequence

from .indentation import indent_of

_CONTINUED = re.compile(r"[})\]]|(?:end|else|elif|except|finally|catch|rescue|case|default)\b")


def block_end(lines: Sequence[str], start: int) -> int:
    """Where the block ends that the line at `start` opens or stands in: at a line further left.

    A block that the line opens also ends at one as far left, unless that closes or continues it.
    """
    depth = _depth(lines[start])
    below = [at for at in range(start + 1, len(lines)) if lines[at].strip()]
    opens = bool(below) and _depth(lines[below[0]]) > depth
    for at in below:
        as_far = opens and _depth(lines[at]) == depth
        if _depth(lines[at]) < depth or (as_far and not _CONTINUED.match(lines[at].lstrip())):
            return at
    return len(lines)


def full_lines(lines: Sequence[str]) -> list[str]:
    """The lines that aren't blank, without the white space around them."""
    return [line.strip() for line in lines if line.strip()]


def _depth(line: str) -> int:
    return len(indent_of(line))
