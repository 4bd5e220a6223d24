"""Where a run of lines stands in a text, found by its rarest line."""

from collections.abc import Sequence
from functools import cached_property

from .indentation import indent_of


class Occurrences:
    """An index over the lines of one text, for many searches."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)
        self._places: dict[str, list[int]] = {}
        for at, line in enumerate(self.lines):
            self._places.setdefault(line, []).append(at)

    def of(self, run: Sequence[str]) -> list[int]:
        """Every index at which `run` starts, ascending. An empty run stands in an empty text only."""
        if not run:
            return [] if self.lines else [0]
        wanted = tuple(run)
        rarest = min(range(len(wanted)), key=lambda number: len(self._places.get(wanted[number], ())))
        starts = (at - rarest for at in self._places.get(wanted[rarest], ()))
        return [at for at in starts if at >= 0 and self.lines[at : at + len(wanted)] == wanted]


class FileLines:
    """A file's lines (without endings), indexed at first use in three degrees of strictness."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)

    @cached_property
    def columns(self) -> frozenset[str]:
        """The white space that lines begin with."""
        return frozenset(map(indent_of, self.lines))

    @cached_property
    def exact(self) -> Occurrences:
        """The lines as they are."""
        return Occurrences(self.lines)

    @cached_property
    def trimmed(self) -> Occurrences:
        """Without white space at their ends."""
        return Occurrences([line.rstrip() for line in self.lines])

    @cached_property
    def bare(self) -> Occurrences:
        """Without indentation, too."""
        return Occurrences([line.strip() for line in self.lines])
