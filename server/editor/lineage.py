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
    """One of `size` lines that a hunk brought in the place of the lines `number` to `end` (0-based) of the
    pre-image; `over` are those that stood there if they weren't these, since other hunks were in the file.
    """

    hunk: str
    number: int
    end: int
    size: int
    over: "tuple[tuple[str, Origin], ...]" = ()


Origin = int | Brought | None
"""The line's number in the pre-image (0-based), the hunk that brought it, or neither: the user's own."""


@dataclass(frozen=True)
class Place:
    """A hunk is "out" of the file or "in" it at a 0-based line, or what belongs to it was "changed".

    Other hunks may be in the file that are about the same lines or those right beside them: in one proposal
    they would be one with it, so it is of a later one, and brings the same again. It is "over" them where it
    takes the place of all of them, the `count` lines from `line` on; where these read as it wants them to it
    is "there" already. It is "taken" where one of them reaches further than it does.
    """

    state: Literal["out", "in", "changed", "over", "there", "taken"]
    line: int = -1
    count: int = 0


CHANGED, TAKEN = Place("changed"), Place("taken")


@dataclass(frozen=True)
class Lineage:
    """`lines` end in "\\n" and have one origin each; `gone` tells hunks in the file that brought no line.

    `pre_image` tells one pre-image from others, as FileChange has it. The lines of hunks end in "\\n", too.
    """

    lines: tuple[str, ...]
    origins: tuple[Origin, ...]
    pre_image: str = ""
    gone: frozenset[Brought] = frozenset()

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
        is_gone = any(one.hunk == hunk.id for one in self.gone)
        others = [one for one in self._brought if one.number <= end and first <= one.end]
        if not is_gone:
            inside = [one for one in self.gone if first <= one.number and one.end <= end]
            others += [one for one in inside if not any(_covers(other, one) for other in (*inside, *others))]
        if others:
            return self._over(hunk, others)
        numbered = [self._spots[number][0] for number in range(first, end) if number in self._spots]
        if numbered:
            whole = (
                len(numbered) == end - first and _is_run(numbered) and self._reads(numbered[0], hunk.before)
            )
            return Place("out", numbered[0], end - first) if whole else CHANGED
        beside = self._beside(first, end)
        if is_gone:
            return CHANGED if beside is None else Place("in", beside)
        return None if hunk.before or beside is None else Place("out", beside)

    def _over(self, hunk: Hunk, others: Sequence[Brought]) -> Place:
        """The place of a hunk that is about the same lines as others in the file, or those beside them."""
        first, end = hunk.start - 1, hunk.start - 1 + len(hunk.before)
        if any(one.number < first or end < one.end for one in others):
            return TAKEN
        spots: list[int] = []
        at = first
        for one in (*sorted(others, key=lambda one: (one.number, one.end)), Brought("", end, end, 0)):
            kept = [self._spots.get(number, [-1])[0] for number in range(at, one.number)]
            brought = self._spots.get(one.hunk, [])
            if one.number < at or -1 in kept or len(brought) != one.size:
                return CHANGED
            spots += [*kept, *brought]
            at = one.end
        line = spots[0] if spots else self._beside(first, end)
        if line is None or (spots and not _is_run(spots)):
            return CHANGED
        there = self.lines[line : line + len(spots)] == hunk.after
        return Place("there" if there else "over", line, len(spots))

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


def with_hunk(old: Lineage, hunk: Hunk, at: int, count: int) -> Lineage:
    """The file with the hunk in it, in the place of `count` lines from this one on."""
    was = tuple(zip(old.lines[at : at + count], old.origins[at : at + count], strict=True))
    alone = tuple(line for line, _ in was) == hunk.before
    own = _brought_by(hunk, () if alone else was)
    gone = old.gone if hunk.after else old.gone | {own}
    return replace(_spliced(old, at, count, hunk.after, (own,) * len(hunk.after)), gone=gone)


def without_hunk(old: Lineage, hunk: Hunk, at: int, lines: Sequence[str]) -> Lineage:
    """The file with `lines` instead of the hunk's: those that it replaced, as far as they are the same."""
    own = [one for one in (*old._brought, *old.gone) if one.hunk == hunk.id]
    was = own[0].over if own else ()
    if not was and tuple(lines) == hunk.before:
        was = tuple((line, hunk.start - 1 + step) for step, line in enumerate(hunk.before))
    same = tuple(line for line, _ in was) == tuple(lines)
    origins = [None if one in old._spots else one for _, one in was] if same else [None] * len(lines)
    return replace(_spliced(old, at, len(hunk.after), lines, origins), gone=old.gone.difference(own))


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
    own = _brought_by(hunk)
    origins = (*old.origins[:at], *(own,) * len(hunk.after), *old.origins[at + len(hunk.after) :])
    return replace(old, origins=origins, gone=old.gone if hunk.after else old.gone | {own})


def _covers(one: Brought, other: Brought) -> bool:
    """Whether one came later, and took the place of the other."""
    return one is not other and one.number <= other.number and other.end <= one.end


def _brought_by(hunk: Hunk, over: tuple[tuple[str, Origin], ...] = ()) -> Brought:
    return Brought(hunk.id, hunk.start - 1, hunk.start - 1 + len(hunk.before), len(hunk.after), over)


def _is_run(spots: Sequence[int]) -> bool:
    return list(spots) == list(range(spots[0], spots[0] + len(spots)))


def _spliced(old: Lineage, at: int, count: int, lines: Sequence[str], origins: Sequence[Origin]) -> Lineage:
    return replace(
        old,
        lines=(*old.lines[:at], *lines, *old.lines[at + count :]),
        origins=(*old.origins[:at], *origins, *old.origins[at + count :]),
    )
