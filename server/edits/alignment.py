"""Which lines two texts share, in time even for long files that share nearly all (the common case by far).

First what is equal at both ends, then lines that stand once in either text, in their longest common order
("patience", Bram Cohen), and only between those the matcher of the standard library.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

Range = tuple[int, int, int, int]
"""Start and end in the old text, start and end in the new one (0-based, half-open)."""

_PAIRS = 4_000_000
"""Equal pairs of lines above which the matcher may overlook frequent lines, lest it take minutes."""


def differences(old: Sequence[str], new: Sequence[str]) -> list[Range]:
    """The ranges that differ, ascending, with at least one shared line between them."""
    return [
        (start + one[0], start + one[1], new_start + one[2], new_start + one[3])
        for start, end, new_start, new_end in _segments(old, new)
        for one in _between(old[start:end], new[new_start:new_end])
    ]


def shared_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The pairs of lines that don't differ."""
    return unchanged(differences(old, new), len(old), len(new))


def unchanged(changes: Sequence[Range], size: int, new_size: int) -> Iterator[tuple[int, int]]:
    """The pairs of lines of two texts, of so many lines each, that are outside of the changes."""
    at = new_at = 0
    for start, end, _, new_end in (*changes, (size, 0, new_size, 0)):
        yield from ((at + number, new_at + number) for number in range(start - at))
        at, new_at = end, new_end


def differs_at(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines both have in common at their start."""
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter)


def _segments(old: Sequence[str], new: Sequence[str]) -> Iterator[Range]:
    """What is between the lines that surely belong together."""
    top = differs_at(old, new)
    bottom = differs_at(old[top:][::-1], new[top:][::-1])
    at, new_at = top, top
    for mark, new_mark in _anchors(old, new, (top, len(old) - bottom, top, len(new) - bottom)):
        yield at, mark, new_at, new_mark
        at, new_at = mark + 1, new_mark + 1
    yield at, len(old) - bottom, new_at, len(new) - bottom


def _anchors(old: Sequence[str], new: Sequence[str], within: Range) -> list[tuple[int, int]]:
    """Pairs of places of lines that stand once on each side: the longest run of them ascending in both."""
    start, end, new_start, new_end = within
    counts, new_counts = Counter(old[start:end]), Counter(new[new_start:new_end])
    new_places = {new[at]: at for at in range(new_start, new_end) if new_counts[new[at]] == 1}
    tails: list[int] = []
    chains: list[tuple[int, int, int]] = []
    ends: list[int] = []
    for at in range(start, end):
        new_at = new_places.get(old[at], -1)
        if new_at < 0 or counts[old[at]] != 1:
            continue
        length = bisect_left(tails, new_at)
        chains.append((at, new_at, ends[length - 1] if length else -1))
        tails[length : length + 1] = [new_at]
        ends[length : length + 1] = [len(chains) - 1]
    return _unchained(chains, ends[-1] if ends else -1)


def _unchained(chains: Sequence[tuple[int, int, int]], last: int) -> list[tuple[int, int]]:
    pairs = []
    while last >= 0:
        at, new_at, last = chains[last]
        pairs.append((at, new_at))
    return pairs[::-1]


def _between(old: Sequence[str], new: Sequence[str]) -> Iterator[Range]:
    if not old or not new:
        if old or new:
            yield 0, len(old), 0, len(new)
        return
    counts = Counter(new)
    pairs = sum(counts[line] for line in old)
    matcher = SequenceMatcher(None, old, new, autojunk=pairs > _PAIRS)
    for tag, *bounds in matcher.get_opcodes():
        if tag != "equal":
            yield bounds[0], bounds[1], bounds[2], bounds[3]
