"""Lines whose first letter says which text they are of: " " both, "-" the old one, "+" the new one."""

from collections.abc import Sequence

from .edit import Replacement

Marked = tuple[str, str]
"""A mark and the line without it."""


def marked(text: str) -> Marked:
    """A context line that lost its leading space is taken as it stands: locating it is the proof."""
    return (text[0], text[1:]) if text[:1] in ("+", "-", " ") else (" ", text)


def replacement_of(lines: Sequence[Marked], line: int | None = None, section: str = "") -> Replacement:
    """What the lines turn into what."""
    before = tuple(text for mark, text in lines if mark != "+")
    after = tuple(text for mark, text in lines if mark != "-")
    return Replacement(before, after, line, section, marked=True, seams=_seams(lines))


def _seams(lines: Sequence[Marked]) -> tuple[tuple[int, int], ...]:
    """How many lines of the old and of the new text stand above each old line that follows a new one."""
    marks = [mark for mark, _ in lines]
    return tuple(
        (sum(mark != "+" for mark in marks[:at]), sum(mark != "-" for mark in marks[:at]))
        for at in range(1, len(marks))
        if marks[at - 1 : at + 1] == ["+", "-"]
    )
