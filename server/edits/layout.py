"""Blocks of code told by their indentation, in any language that is laid out by it."""

import re
from collections.abc import Sequence

from .indentation import indent_of

_CONTINUED = re.compile(r"[})\]]|(?:end|else|elif|except|finally|catch|rescue|case|default)\b")

_CLOSER = re.compile(r"(?:[})\]]+|end\b|end\w+)[\s;,)\]}]*$")
_TABLE = re.compile(r"\[[^\]]+\]\s*$")
_CLOSED = re.compile(r"\}(?!\s*(?:else|catch|finally|while)\b)")


def block_end(lines: Sequence[str], start: int) -> int:
    """Where the block ends that the line at `start` opens or stands in: at a line further left.

    A block that the line opens also ends at one as far left, unless that closes or continues it. One that it
    opens by a brace ends behind the brace as far left, whatever strings within it reach the margin.
    """
    depth = _depth(lines[start])
    below = [at for at in range(start + 1, len(lines)) if lines[at].strip()]
    if lines[start].rstrip().endswith("{"):
        closing = (at for at in below if _depth(lines[at]) == depth and _CLOSED.match(lines[at].lstrip()))
        return next(closing, -1) + 1 or len(lines)
    opens = bool(below) and _depth(lines[below[0]]) > depth
    for at in below:
        as_far = opens and _depth(lines[at]) == depth
        if _depth(lines[at]) < depth or (as_far and not _CONTINUED.match(lines[at].lstrip())):
            return at
    return len(lines)


def ends_block(line: str, head: str) -> bool:
    """Whether a line stands as far left as the head of a block, and isn't the rest of that head."""
    bare = line.strip()
    rest = bare[:1] in tuple(")]}") and not closes(line)
    return bool(bare) and not rest and _depth(line) <= _depth(head)


def surely_ends_block(line: str, head: str) -> bool:
    """Whether a line that `ends_block` is no label and no text which only happens to be so far left."""
    beside = _depth(line) == _depth(head) and (_depth(head) > 0 or line.split()[0] == head.split()[0])
    return beside or closes(line) or _TABLE.match(line) is not None


def closes(line: str) -> bool:
    """Whether a line has nothing but what ends a block."""
    return _CLOSER.match(line.strip()) is not None


def full_lines(lines: Sequence[str]) -> list[str]:
    """The lines that aren't blank, without the white space around them."""
    return [line.strip() for line in lines if line.strip()]


def _depth(line: str) -> int:
    return len(indent_of(line))
