"""Blocks of code told by their indentation, in any language that is laid out by it."""

import re
from collections.abc import Sequence

_CONTINUED = re.compile(r"[})\]]|(?:end|else|elif|except|finally|catch|rescue|case|default)\b")


def block_end(lines: Sequence[str], start: int) -> int:
    """Where the block ends that the line at `start` opens or stands in: at a line further left.

    A block that the line opens also ends at one as far left, unless that closes or continues it.
    """
    indent = indent_of(lines[start])
    below = [at for at in range(start + 1, len(lines)) if lines[at].strip()]
    opens = bool(below) and indent_of(lines[below[0]]) > indent
    for at in below:
        as_far = opens and indent_of(lines[at]) == indent
        if indent_of(lines[at]) < indent or (as_far and not _CONTINUED.match(lines[at].lstrip())):
            return at
    return len(lines)


def indent_of(line: str) -> int:
    """How many characters of white space a line begins with."""
    return len(line) - len(line.lstrip())
