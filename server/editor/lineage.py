"""Which line of the pre-image each line of the user's file is, followed through everything they type.

A hunk's place is then known and not searched for: a piece that is copied elsewhere, or another hunk that
brings the same lines, can't be taken for it. Text tells the place only once, when the file is first seen.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from ..edits.alignment import shared_lines
from ..edits.changes import FileChange, Hunk


@dataclass(frozen=True)
class Brought:
    """A line that a hunk brought in the place of the lines `number` to `end` (0-based) of the pre-image."""

    hunk: str
    number: int
    end: int


Origin = int | Brought | None
"""The line's number in the pre-image (0-based), the hunk that brought it, or neither: the user's own."""


@dataclass(frozen=True)
class Place:
    """A hunk is "out" of the file or "in" it at a 0-based line, or what belongs to it was "changed".

    It is "taken" where another hunk is in the file that is about the same lines or those right beside them:
    in one proposal they would be one, so this one is of a later proposal, and brings the same again.
    """

    state: Literal["out", "in", "changed", "taken"]
    line: int = -1


CHANGED, TAKEN = Place("changed"), Place("taken")


@dataclass(frozen=True)
class Lineage:
    """`lines` end in "\\n" and have one origin each; `gone` are hunks in the file that brought no line.

    `pre_image` tells one pre-image from others, as FileChange has it. The lines of hunks end in "\\n", too.
    """

    lines: tuple[str, ...]
    origins: tuple[Origin, ...]
    pre_image: str = ""
    gone: frozenset[str] = frozenset()

    @cached_property
    def _spots(self) -> dict[int | str, list[int]]:
        """Where the lines of the pre-image stand, by number, and those that hunks brought."""
        spots: dict[int | str, list[int]] = {}
        for at, origin in enumerate(self.origins):
            if origin is not None:
                spots.setdefault(origin.hunk if isinstance(origin, Brought) else origin, []).append(at)
        return spots

    @cached_property
    def _numbers(self) -> list[int]:
        return sorted(origin for origin in self.origins if isinstance(origin, int))

    @cached_property
    def _brought(self) -> dict[Brought, int]:
        """The first line of each hunk that brought lines."""
        firsts: dict[Brought, int] = {}
        for at, origin in enumerate(self.origins):
            if isinstance(origin, Brought):
                firsts.setdefault(origin, at)
        return firsts

    def place_of(self, change: FileChange, hunk: Hunk) -> Place | None:
        """Where the hunk stands, or None where nothing of what it is about is known here."""
        if change.pre_image != self.pre_image:
            return None
        own = self._spots.get(hunk.id)
        if own:
            whole = len(own) == len(hunk.after) and _is_run(own) and self._reads(own[0], hunk.after)
            return Place("in", own[0]) if whole else CHANGED
        first, end = hunk.start - 1, hunk.start - 1 + len(hunk.before)
        if any(one.number <= end and first <= one.end for one in self._brought):
            return TAKEN
        numbered = [self._spots[number][0] for number in range(first, end) if number in self._spots]
        if numbered:
            whole = (
                len(numbered) == end - first and _is_run(numbered) and self._reads(numbered[0], hunk.before)
            )
            return Place("out", numbered[0]) if whole else CHANGED
        beside = self._beside(first, end)
        if hunk.id in self.gone:
            return CHANGED if beside is None else Place("in", beside)
        return None if hunk.before or beside is None else Place("out", beside)

    def allows(self, hunk: Hunk, at: int) -> bool:
        """Whether lines that read like the hunk's and those beside it can be they, or have been moved here.

        They aren't as long as one of those is known to stand elsewhere.
        """
        skipped = max(0, len(hunk.above) - at)
        top, first = at - len(hunk.above) + skipped, hunk.start - 1 - len(hunk.above) + skipped
        lines = (*hunk.above, *hunk.before, *hunk.below)[skipped:]
        moved = all(self._spots.get(first + step, [top + step]) == [top + step] for step in range(len(lines)))
        here = zip(
            self.lines[top:], self.origins[top:], lines, range(first, first + len(lines)), strict=False
        )
        return moved and all(
            origin in (None, number) for text, origin, wanted, number in here if text == wanted
        )

    def is_free(self, at: int, lines: Sequence[str]) -> bool:
        """Whether it isn't known where the lines from `at` on are from."""
        return all(origin is None for origin in self.origins[at : at + len(lines)])

    def _beside(self, first: int, end: int) -> int | None:
        """Where something belongs that stands between these lines of the pre-image."""
        above, below = self._spots.get(first - 1), self._spots.get(end)
        if not self._in_order(first, end):
            return None
        if above:
            return above[0] + 1
        if below is None:
            return None
        return min([below[0], *(at for one, at in self._brought.items() if first < one.number <= end)])

    def _in_order(self, first: int, end: int) -> bool:
        """Whether what is known of the pre-image above and below still stands so: neither was moved."""
        at, behind = bisect_left(self._numbers, first), bisect_left(self._numbers, end)
        if not at or behind == len(self._numbers):
            return True
        return self._spots[self._numbers[at - 1]][0] < self._spots[self._numbers[behind]][0]

    def _reads(self, at: int, lines: Sequence[str]) -> bool:
        return self.lines[at : at + len(lines)] == tuple(lines)


def unknown(lines: Sequence[str], pre_image: str = "") -> Lineage:
    """A file of which nothing is known yet."""
    return Lineage(tuple(lines), (None,) * len(lines), pre_image)


def pre_image(lines: Sequence[str], pre_image: str) -> Lineage:
    """The file as it was when the change was computed."""
    return Lineage(tuple(lines), tuple(range(len(lines))), pre_image)


def followed(old: Lineage, lines: Sequence[str]) -> Lineage:
    """The file after it was edited. Its lines that stayed are the same strings, so that many take little."""
    texts, origins = list(lines), [None] * len(lines)  # type: list[str], list[Origin]
    for at, now in shared_lines(old.lines, lines):
        texts[now], origins[now] = old.lines[at], old.origins[at]
    return replace(old, lines=tuple(texts), origins=tuple(origins))


def only_strangers_go(old: Lineage, lines: Sequence[str]) -> bool:
    """Whether all lines that aren't among `lines` any more are of unknown origin."""
    kept = {at for at, _ in shared_lines(old.lines, lines)}
    return all(origin is None or at in kept for at, origin in enumerate(old.origins))


def with_hunk(old: Lineage, hunk: Hunk, at: int) -> Lineage:
    """The file with the hunk in it, at this line."""
    gone = old.gone if hunk.after else old.gone | {hunk.id}
    origins = (_brought_by(hunk),) * len(hunk.after)
    return replace(_spliced(old, at, len(hunk.before), hunk.after, origins), gone=gone)


def without_hunk(old: Lineage, hunk: Hunk, at: int, lines: Sequence[str]) -> Lineage:
    """The file with `lines` instead of the hunk's: those that it replaced, as far as they are the same."""
    numbers = range(hunk.start - 1, hunk.start - 1 + len(lines))
    same = tuple(lines) == hunk.before
    origins = [number if same and number not in old._spots else None for number in numbers]
    return replace(_spliced(old, at, len(hunk.after), lines, origins), gone=old.gone - {hunk.id})


def found_out(old: Lineage, hunk: Hunk, at: int) -> Lineage:
    """The hunk's lines, and those beside it, were recognised at this line by their text."""
    first, lines = hunk.start - 1, (*hunk.above, *hunk.before, *hunk.below)
    top = at - len(hunk.above)
    origins = list(old.origins)
    for step, text in enumerate(lines):
        spot, number = top + step, first - len(hunk.above) + step
        free = 0 <= spot < len(origins) and origins[spot] is None and number not in old._spots
        if free and old.lines[spot] == text:
            origins[spot] = number
    return replace(old, origins=tuple(origins))


def found_in(old: Lineage, hunk: Hunk, at: int) -> Lineage:
    """The lines that the hunk brought were recognised at this line by their text."""
    own = (_brought_by(hunk),) * len(hunk.after)
    origins = (*old.origins[:at], *own, *old.origins[at + len(hunk.after) :])
    return replace(old, origins=origins, gone=old.gone if hunk.after else old.gone | {hunk.id})


def _brought_by(hunk: Hunk) -> Brought:
    return Brought(hunk.id, hunk.start - 1, hunk.start - 1 + len(hunk.before))


def _is_run(spots: Sequence[int]) -> bool:
    return list(spots) == list(range(spots[0], spots[0] + len(spots)))


def _spliced(old: Lineage, at: int, count: int, lines: Sequence[str], origins: Sequence[Origin]) -> Lineage:
    return replace(
        old,
        lines=(*old.lines[:at], *lines, *old.lines[at + count :]),
        origins=(*old.origins[:at], *origins, *old.origins[at + count :]),
    )
