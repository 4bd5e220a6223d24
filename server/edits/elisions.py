"""Lines that stand for others: `...`, or a comment such as `# ... existing code ...`."""

import re
from collections import Counter
from collections.abc import Sequence, Set
from difflib import SequenceMatcher
from typing import Literal

from ..errors import EditError
from .alignment import differences
from .edit import Replacement, part
from .layout import full_lines
from .occurrences import Occurrences

_MOST_ANCHORS = 8
_ALIKE = 0.7

_Edge = Literal["same", "near", "other"]

_DOTS = r"(?:\.{3,}|…)"
_SAYING = r"(?:existing|rest|remaining|unchanged|omitted|other|same|previous|code|as before|snip)"
_ELISION = re.compile(
    rf"^(?:#|//|/\*|--|<!--|;+|%|\"\"\")?\s*(?:{_DOTS}|[\[(]\s*{_DOTS}\s*[\])])\s*(?:\*/|-->|\"\"\")?$"
    rf"|^(?:#|//|/\*|--|<!--|;+|%)\s*{_DOTS}?[^.…]*\b{_SAYING}\b[^.…]*{_DOTS}?\s*(?:\*/|-->)?$",
    re.IGNORECASE,
)


def is_elision(line: str) -> bool:
    """Whether a line says that others are left out here. The file may still have exactly this line."""
    bare = line.strip()
    return ("..." in bare or "…" in bare) and _ELISION.match(bare) is not None


def parts(replacement: Replacement) -> list[Replacement]:
    """What stands between the lines that are left out; nothing unless old and new text leave out as many."""
    before, after = _spans(replacement.before), _spans(replacement.after)
    if len(before) < 2 or len(before) != len(after):
        return []
    cut = [part(replacement, (*old, *new)) for old, new in zip(before, after, strict=True)]
    full = [piece for piece in cut if piece.before or piece.after]
    return full if full and all(piece.before for piece in full) else []


def leaves_out(written: Sequence[str], lines: Sequence[str]) -> bool:
    """Whether a text says that it leaves out lines of what it stands for: more often than these do."""
    return bool(_marks(written) - _marks(lines))


def _marks(lines: Sequence[str]) -> Counter[str]:
    return Counter(line.strip() for line in lines if is_elision(line))


def filled(written: Sequence[str], lines: Sequence[str]) -> list[str]:
    """A text with the file's lines where it leaves them out. Raises EditError.

    What is left out begins behind the lines above the mark and ends before those below it: as many of them as
    stand once in the file tell where.
    """
    own = _marks(lines)
    if any(mark in own for mark in _marks(written) - own):
        raise EditError("What is left out by `...` can't be told: the file has such lines itself.")
    file = Occurrences([line.rstrip() for line in lines])
    pieces = _split(written, lines)
    full: list[str] = []
    edges: list[_Edge] = []
    at = 0
    for number, piece in enumerate(pieces):
        if number:
            begins = _anchor(piece, file) if piece else len(lines)
            if begins < at:
                raise EditError(
                    "What is left out by `...` can't be told: the text around it is in another order."
                )
            full += lines[at:begins]
        full += piece
        if piece and number < len(pieces) - 1:
            at = len(lines) - _anchor(piece[::-1], Occurrences(file.lines[::-1]))
        if piece and number == 0:
            edges.append(_edge(piece, lines[:at]))
        if piece and number == len(pieces) - 1:
            edges.append(_edge(piece[::-1], lines[begins:][::-1]))
    if "other" in edges or edges.count("near") > 1:
        raise EditError("It leaves lines out by `...`, but begins or ends elsewhere than what it stands for.")
    return full


def _edge(piece: Sequence[str], lines: Sequence[str]) -> _Edge:
    """Whether a piece begins with the first line of what it stands for, or has as many others instead."""
    written, there = full_lines(piece), full_lines(lines)
    if not written or not there or written[0] == there[0] or _retells(written, there):
        return "same"
    start, end, _, new_end = differences(there, written)[0]
    return "near" if start == 0 and 0 < end <= new_end else "other"


def _retells(written: Sequence[str], there: Sequence[str]) -> bool:
    """Whether every line that is there has its like among the written ones, in order."""
    rest = iter(written)
    return all(
        any(SequenceMatcher(None, line, new, autojunk=False).ratio() >= _ALIKE for new in rest)
        for line in there
    )


def _anchor(piece: Sequence[str], file: Occurrences) -> int:
    """Where the first lines of a piece stand, of which as few are taken as stand once."""
    bare = [line.rstrip() for line in piece[:_MOST_ANCHORS]]
    for count in range(1, len(bare) + 1):
        places = file.of(bare[:count])
        if len(places) == 1:
            return places[0]
        if not places:
            break
    raise EditError(
        "What is left out by `...` can't be told: the lines beside it must be some that the file has once. "
        "Write what changes as search/replace blocks or as a diff."
    )


def _split(written: Sequence[str], lines: Sequence[str]) -> list[tuple[str, ...]]:
    """What stands between the marks; a line that the file has is none, dots or not."""
    return [tuple(written[start:end]) for start, end in _spans(written, {line.strip() for line in lines})]


def _spans(lines: Sequence[str], own: Set[str] = frozenset()) -> list[tuple[int, int]]:
    marks = [number for number, line in enumerate(lines) if is_elision(line) and line.strip() not in own]
    return list(zip([0, *(number + 1 for number in marks)], [*marks, len(lines)], strict=True))
