"""An answer as lines that know whether they stand inside a Markdown fence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .edit import FileEdit

_FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})(.*)$")
_ENCLOSED = (
    (re.compile(r"\s*<{5,9} ?(?:SEARCH|ORIGINAL)"), re.compile(r"\s*>{5,9} ?(?:REPLACE|UPDATED)")),
    (re.compile(r"\s*\*\*\* Begin Patch"), re.compile(r"\s*\*\*\* End Patch")),
)
_PATCH_ENDS = ("*** End Patch", "```", "~~~")


@dataclass(frozen=True)
class AnswerLine:
    """One line without its ending. `fence` marks the opening and closing lines themselves.

    Inside an indented fence (as in a list item) that indentation is taken off. The answer may have been cut
    in a fence that is never closed (`open_end`), or in a last line without its ending (`torn`).
    """

    text: str
    fenced: bool = False
    fence: bool = False
    open_end: bool = False
    torn: bool = False


@dataclass(frozen=True)
class Reading:
    """What a reader of one format made of the lines up to `next` (index of the first line not read).

    `path` is the file it was about, also where nothing could be read of the edit itself.
    """

    next: int
    edits: tuple[FileEdit, ...] = ()
    problems: tuple[str, ...] = ()
    path: str = ""


def answer_lines(answer: str) -> list[AnswerLine]:
    """Splits at LF; what CRs are before it are dropped."""
    texts = [text.rstrip("\r") for text in answer.split("\n")]
    lines: list[AnswerLine] = []
    start, in_patch = 0, False
    while start < len(texts):
        enclosed = _enclosed(texts, start)
        if enclosed > start:
            lines += [AnswerLine(text) for text in texts[start:enclosed]]
            start = enclosed
            continue
        opening = _FENCE.match(texts[start])
        in_patch = texts[start].startswith("@@") or (in_patch and not texts[start].startswith(_PATCH_ENDS))
        # In a patch that no fence encloses, one space is the mark of a context line.
        if not opening or (in_patch and opening[1] == " "):
            lines.append(AnswerLine(texts[start]))
            start += 1
            continue
        end = _closing(texts, start + 1, opening)
        unclosed = end == len(texts)
        lines.append(AnswerLine(texts[start], fence=True))
        indent = len(opening[1])
        for text in texts[start + 1 : end]:
            bare = text[indent:] if not text[:indent].strip() else text
            lines.append(AnswerLine(bare, fenced=True, open_end=unclosed))
        lines += [AnswerLine(text, fence=True) for text in texts[end : end + 1]]
        start = end + 1
    if not lines[-1].fence and lines[-1].text:
        lines[-1] = replace(lines[-1], torn=True)
    return lines


def _enclosed(texts: Sequence[str], start: int) -> int:
    """The line that ends what an edit's own mark opens here; `start` where there is none."""
    for head, end in _ENCLOSED:
        if head.match(texts[start]):
            return next((n for n in range(start, len(texts)) if end.match(texts[n])), start)
    return start


def _closing(texts: Sequence[str], start: int, opening: re.Match[str]) -> int:
    """The fence that closes: as far in as the opening one, outside of what an edit's own marks enclose."""
    number = start
    while number < len(texts):
        number = _enclosed(texts, number)
        found = _FENCE.match(texts[number])
        if found and found[1] == opening[1] and found[2].startswith(opening[2]) and not found[3].strip():
            return number
        number += 1
    return len(texts)
