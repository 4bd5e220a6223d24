"""Lines whose first letter says which text they are of: " " both, "-" the old one, "+" the new one."""

import re
from collections.abc import Iterator, Sequence

from .alignment import Range
from .edit import Replacement

_HEADING = re.compile(r"(?:@@+|\.{2,}|\s)*(.*?)(?:\s+\.{2,})?\s*(?:@@+)?\s*$")

Marked = tuple[str, str]
"""A mark and the line without it."""


def marked(text: str) -> Marked:
    """A context line that lost its leading space is taken as it stands: locating it is the proof."""
    return (text[0], text[1:]) if text[:1] in ("+", "-", " ") else (" ", text)


def heading(text: str) -> str:
    """What a line that begins with `@@`, and tells no numbers, says of the place; its own "@" is kept."""
    found = _HEADING.match(text)
    return found[1] if found else ""


def replacement_of(lines: Sequence[Marked], line: int | None = None, section: str = "") -> Replacement:
    """What the lines turn into what."""
    before = tuple(text for mark, text in lines if mark != "+")
    after = tuple(text for mark, text in lines if mark != "-")
    return Replacement(before, after, line, section, marked=True, changes=tuple(_changes(lines)))


def _changes(lines: Sequence[Marked]) -> Iterator[Range]:
    """Old lines with the new ones right below them."""
    marks = "".join(mark for mark, _ in lines)
    for run in re.finditer(r"-+\+*|\++", marks):
        above = marks[: run.start()]
        old, new = len(above) - above.count("+"), len(above) - above.count("-")
        yield old, old + run[0].count("-"), new, new + run[0].count("+")
