"""Uniform re-indentation: a block that stands elsewhere to the right or left, or with tabs for spaces."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from .edit import Replacement

Reindent = Callable[[str], str]
"""A line as the model indents it → as the file does."""

_Shift = Callable[[str], str | None]
_UNITS = (4, 2, 8, 3)


def reindentation(replacement: Replacement, found: Sequence[str]) -> Reindent | None:
    """The one change of indentation that turns all of `before` into `found`, and that `after` can take.

    `found` are as many lines of the file, equal to `before` but for white space at both ends. None where the
    lines don't move all alike, or a new line stands further left than can be shifted.
    """
    pairs = [
        (indent_of(ours), indent_of(there)) for ours, there in zip(replacement.before, found, strict=True)
    ]
    telling = [pair for pair, ours in zip(pairs, replacement.before, strict=True) if ours.strip()]
    new = [indent_of(line) for line in replacement.after if line.strip()]
    for shift in _shifts(*telling[0]):
        fits = all(shift(ours) == there for ours, there in telling)
        if fits and all(shift(indent) is not None for indent in new):
            return _whole_line(shift)
    return None


def _shifts(ours: str, there: str) -> Iterator[_Shift]:
    if there.endswith(ours):
        added = there[: len(there) - len(ours)]
        # A tab behind added spaces is wider or narrower than the model meant.
        yield lambda indent: None if "\t" in indent and "\t" not in there else added + indent
    if ours.endswith(there):
        gone = ours[: len(ours) - len(there)]
        yield lambda indent: indent[len(gone) :] if indent.startswith(gone) else None
    converted = [*_converted(ours, there)]
    yield from (shift for more, shift in converted if not more)
    yield from (shift for more, shift in converted if more)


def _converted(ours: str, there: str) -> Iterator[tuple[int, _Shift]]:
    """Tabs for spaces and spaces for tabs, moved by as many columns as that then needs."""
    for unit in _UNITS:
        tabs = unit * len(there) - len(ours)
        if not there.strip("\t") and not ours.strip(" "):
            yield tabs, partial(_to_tabs, unit, tabs)
        spaces = len(there) - len(ours.expandtabs(unit))
        if not there.strip(" ") and not ours.strip("\t"):
            yield spaces, partial(_to_spaces, unit, spaces)


def _to_spaces(unit: int, more: int, indent: str) -> str | None:
    width = len(indent.expandtabs(unit)) + more
    return " " * width if width >= 0 else None


def _to_tabs(unit: int, more: int, indent: str) -> str | None:
    width = len(indent) + more
    if indent.strip(" ") or width < 0 or width % unit:
        return None
    return "\t" * (width // unit)


def _whole_line(shift: _Shift) -> Reindent:
    def reindent(line: str) -> str:
        bare = line.lstrip()
        return f"{shift(indent_of(line))}{bare}" if bare else line

    return reindent


def indent_of(line: str) -> str:
    """The white space that a line begins with."""
    return line[: len(line) - len(line.lstrip())]
