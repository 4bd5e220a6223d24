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
    return Replacement(before, after, line, section, marked=True)
