"""Places of old text that is in parts: with lines left out between them, or two hunks written as one."""

from collections.abc import Iterator, Sequence

from .edit import Replacement, part
from .elisions import parts
from .layout import block_end
from .occurrences import FileLines
from .place import Place, changed, kept
from .reasons import is_telling
from .strict import standing

_LEAST = 1


def elided(replacement: Replacement, file: FileLines) -> list[Place]:
    """Places where the parts between lines such as `...` stand one after the other, within one block.

    In a diff something must be left out: else the line is a new one without its `+`, dots or not.
    """
    pieces, apart = parts(replacement), int(replacement.marked)
    return (
        [place for first in standing(pieces[0], file) for place in _chained(first, pieces[1:], apart, file)]
        if pieces
        else []
    )


def _chained(first: Place, pieces: Sequence[Replacement], apart: int, file: FileLines) -> list[Place]:
    """The place that begins with `first`; two of them where a changed part stands more than once below.

    Of several, one that is in the same block counts. The parts are at least `apart` lines from each other.
    """
    chains = [first]
    end = block_end(file.lines, first.start)
    for piece in pieces:
        below = [place for place in standing(piece, file) if chains[0].end + apart <= place.start]
        near = [place for place in below if place.end <= end] if len(below) > 1 else below
        kept = near if piece.before != piece.after else (near or below)[:1]
        chains = [
            Place(before.start, place.end, (*before.splices, *place.splices), "lines left out")
            for before in chains
            for place in kept
        ]
        if not chains:
            return []
    return chains


def joined(replacement: Replacement, file: FileLines) -> list[Place]:
    """Where two hunks were written as one: both stand once, the second somewhere below the first."""
    found = []
    sizes = len(replacement.before), len(replacement.after)
    for old, new in (*_inner_context(replacement), *replacement.seams):
        halves = [part(replacement, (0, old, 0, new)), part(replacement, (old, sizes[0], new, sizes[1]))]
        first, second = ([] if not _tells(half.before) else standing(half, file) for half in halves)
        apart = len(first) == len(second) == 1 and file.bare.lines[first[0].end : second[0].start]
        if apart and any(apart):
            splices = (*first[0].splices, *second[0].splices)
            found.append(Place(first[0].start, second[0].end, splices, "lines left out"))
    return list({place.splices: place for place in found}.values())


def _inner_context(replacement: Replacement) -> Iterator[tuple[int, int]]:
    """Where two unchanged lines stand side by side in both texts: between them something may be left out."""
    shared = set(kept(replacement, changed(replacement)))
    return ((old, new) for old, new in sorted(shared) if (old - 1, new - 1) in shared)


def _tells(lines: Sequence[str]) -> bool:
    return sum(map(is_telling, lines)) >= _LEAST
