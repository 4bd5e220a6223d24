"""Lines that stand for others: `...`, or a comment such as `# ... existing code ...`."""

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Literal

from ..errors import EditError
from .edit import Replacement
from .layout import full_lines
from .occurrences import Occurrences

_MOST_ANCHORS = 8
_ALIKE = 0.7

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
    before, after = _split(replacement.before), _split(replacement.after)
    if len(before) < 2 or len(before) != len(after):
        return []
    pairs = zip(before, after, strict=True)
    cut = [replace(replacement, before=old, after=new) for old, new in pairs if old or new]
    return cut if cut and all(part.before for part in cut) else []


def leaves_out(written: Sequence[str], lines: Sequence[str]) -> bool:
    """Whether a text says that it leaves out lines of what it stands for."""
    present = {line.strip() for line in lines}
    return any(is_elision(line) and line.strip() not in present for line in written)


def filled(written: Sequence[str], lines: Sequence[str]) -> list[str]:
    """A text with the file's lines where it leaves them out. Raises EditError.

    What is left out begins behind the lines above the mark and ends before those below it: as many of them as
    stand once in the file tell where.
    """
    file = Occurrences([line.rstrip() for line in lines])
    pieces = _split(written)
    full: list[str] = []
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
            _check_edge(piece, lines[:at], 0)
        if piece and number == len(pieces) - 1:
            _check_edge(piece, lines[begins:], -1)
    return full


def _check_edge(piece: Sequence[str], lines: Sequence[str], edge: Literal[0, -1]) -> None:
    """That a piece has the first (0) or last (-1) line of what it stands for, or something like all of it."""
    written, there = full_lines(piece), full_lines(lines)
    if written and there and written[edge] != there[edge] and not _retells(written, there):
        raise EditError("It leaves lines out by `...`, but begins or ends elsewhere than what it stands for.")


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


def _split(lines: Sequence[str]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    at = 0
    for number, line in enumerate(lines):
        if is_elision(line):
            found.append(tuple(lines[at:number]))
            at = number + 1
    return [*found, tuple(lines[at:])]
