"""Blocks of code told by their indentation, in any language that is laid out by it."""

import re
from collections.abc import Sequence

from .indentation import indent_of

_CONTINUED = re.compile(r"[})\]]|(?:end|else|elif|except|finally|catch|rescue|case|default)\b")

_QUOTES = re.compile(r"\"\"\"|'''")
_SAID = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\s(?:#|//).*")
_REMARKS = ("#", "//", "/*", "*", "--", "...", "…")
_CLOSER = re.compile(r"(?:[})\]]+|end\b|end\w+)[\s;,)\]}]*$")
_TABLE = re.compile(r"\[[^\]]+\]\s*$")
_CLOSED = re.compile(r"\}(?!\s*(?:else|catch|finally|while)\b)")


def block_end(lines: Sequence[str], start: int) -> int:
    """Where the block ends that the line at `start` opens or stands in: at a line further left.

    A block that the line opens also ends at one as far left, unless that closes or continues it. One that it
    opens by a brace ends behind the brace as far left, whatever strings within it reach the margin. Text
    between triple quotes and remarks that the block goes on below end nothing.
    """
    depth = _depth(lines[start])
    below = [at for at in _unquoted(lines, start) if at > start and lines[at].strip()]
    if lines[start].rstrip().endswith("{"):
        closing = (at for at in below if _depth(lines[at]) == depth and _CLOSED.match(lines[at].lstrip()))
        return next(closing, -1) + 1 or len(lines)
    code = [at for at in below if not is_remark(lines[at])]
    opens = bool(code) and _depth(lines[code[0]]) > depth
    for number, at in enumerate(code):
        as_far = opens and _depth(lines[at]) == depth
        if _depth(lines[at]) < depth or (as_far and not _CONTINUED.match(lines[at].lstrip())):
            last = code[number - 1] if number else start
            remarks = (one for one in below if last < one < at)
            return next((one for one in remarks if _depth(lines[one]) < depth + opens), at)
    return len(lines)


def opens_block(lines: Sequence[str], at: int) -> bool:
    """Whether the next line that isn't blank stands further right."""
    below = next(filter(str.strip, lines[at + 1 :]), "")
    return _depth(below) > _depth(lines[at])


def _unquoted(lines: Sequence[str], start: int) -> list[int]:
    """The lines from `start` on that don't begin between triple quotes; all, where such are never closed."""
    found: list[int] = []
    mark = ""
    for at in range(start, len(lines)):
        if not mark:
            found.append(at)
        for quotes in _QUOTES.findall(lines[at]):
            mark = "" if mark == quotes else mark or quotes
    return list(range(start, len(lines))) if mark else found


def is_remark(line: str) -> bool:
    """Whether a line has nothing but a comment, or stands for lines that are left out."""
    return line.strip().startswith(_REMARKS)


def is_decorator(line: str) -> bool:
    """Whether a decorator or an attribute begins here."""
    return line.strip().startswith(("@", "#["))


def definition_at(lines: Sequence[str], at: int) -> int:
    """The first line from `at` on that is not blank, nor a comment, nor of a decorator."""
    while at < len(lines):
        if is_decorator(lines[at]):
            at = _closed(lines, at)
        elif lines[at].strip() and not is_remark(lines[at]):
            break
        else:
            at += 1
    return at


def definition_top(lines: Sequence[str], at: int) -> int:
    """The first line of the decorators and comments that stand right above the definition at `at`."""
    top = at
    while top and lines[top - 1].strip():
        top -= 1
    above = (n for n in range(top, at) if is_decorator(lines[n]) or is_remark(lines[n]))
    return next(
        (n for n in above if _depth(lines[n]) == _depth(lines[at]) and definition_at(lines, n) == at), at
    )


def _closed(lines: Sequence[str], start: int) -> int:
    """Behind the line that closes all brackets opened from `start` on; behind `start` if none does."""
    level = 0
    for at in range(start, len(lines)):
        code = _SAID.sub("", lines[at])
        level += sum((letter in "([{") - (letter in ")]}") for letter in code)
        if level <= 0:
            return at + 1
    return start + 1


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
