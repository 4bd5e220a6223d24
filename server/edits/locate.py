"""Where a replacement belongs in a file: the one clear place, or a reason why there is none. Never a guess.

A ladder: exact text, then without regard to trailing whitespace, then uniformly re-indented, then with a few
lines of outer context that drifted (as `patch --fuzz`), with other blank lines, with lines left out, and last
where nearly all of it stands. The first rung on which the text is found decides.
"""

from collections.abc import Callable, Iterator, Sequence

from ..errors import EditError
from .aligned import similar, without_blank_lines
from .chains import elided, joined
from .edit import Replacement, part
from .layout import ends_block, surely_ends_block
from .occurrences import FileLines, Occurrences
from .place import Place, Splice
from .reasons import absent_reason, already, ambiguous_reason, is_telling
from .strict import reindented, standing
from .unadded import unadded

_FUZZ = 2
_FEW = 3


def locate(replacement: Replacement, file: FileLines) -> Place:
    """Finds the place in the file. Raises EditError, whose text tells the model why not."""
    if replacement.before == replacement.after and replacement.final_newline is None:
        raise EditError("It changes nothing: its old and new lines are the same.")
    if not replacement.before:
        return _in_empty(replacement, file.lines)
    places = standing(replacement, file)
    if not places and not already(replacement, file.lines):
        places = next((found for rung in _LOOSE if (found := rung(replacement, file))), [])
    if not places or (len(places) == 1 and _stands(replacement, places[0], file)):
        raise EditError(absent_reason(replacement, file.lines))
    return _the_one(places, replacement, file.lines)


def _stands(replacement: Replacement, place: Place, file: FileLines) -> bool:
    """Whether an insertion at the edge of the old lines is already there."""
    after = tuple(line.rstrip() for line in replacement.after)
    grows = len(after) > len(replacement.before) and any(set(after) - {""})
    starts = {place.start, place.end - len(after)}
    return grows and any(file.trimmed.lines[at : at + len(after)] == after for at in starts if at >= 0)


def _in_empty(replacement: Replacement, lines: Sequence[str]) -> Place:
    if any(line.strip() for line in lines):
        raise EditError(
            "It adds lines without showing where: write at least one unchanged line of the file directly "
            "above or below the new ones."
        )
    return Place(0, len(lines), (Splice(0, len(lines), replacement.after),), "exact")


def _drifted(replacement: Replacement, file: FileLines) -> list[Place]:
    """Leaves out up to two outer context lines on each side, as few as possible (`patch` calls it fuzz)."""
    by_loss: dict[int, list[Place]] = {}
    for top, bottom in _trims(replacement):
        kept = _trimmed(replacement, top, bottom)
        lost = (*replacement.before[:top], *replacement.before[len(replacement.before) - bottom :])
        if not _may_lose(lost, kept, file.trimmed):
            continue
        # Indentation counts for less than context here: a twin further left or right makes it ambiguous.
        for place in reindented(kept, file):
            whole = Place(place.start - top, place.end + bottom, place.splices, "context drifted")
            by_loss.setdefault(top + bottom, []).append(whole)
    found = (places for _, places in sorted(by_loss.items()) if places)
    return list({place.splices: place for place in next(found, [])}.values())


_LOOSE: tuple[Callable[[Replacement, FileLines], list[Place]], ...] = (
    _drifted,
    without_blank_lines,
    elided,
    joined,
    unadded,
    similar,
)


def _trims(replacement: Replacement) -> Iterator[tuple[int, int]]:
    top, bottom = _outer_context(replacement)
    insertion = top + bottom == len(replacement.before)
    # An insertion between two context lines has its place only as long as both are found beside each other.
    most_top, most_bottom = (max(0, side - insertion) for side in (top, bottom))
    for from_top in range(min(_FUZZ, most_top) + 1):
        for from_bottom in range(min(_FUZZ, most_bottom) + 1):
            if from_top + from_bottom:
                yield from_top, from_bottom


def _outer_context(replacement: Replacement) -> tuple[int, int]:
    before, after, changes = replacement.before, replacement.after, replacement.changes
    if changes:
        return changes[0][0], len(before) - changes[-1][1]
    shorter = min(len(before), len(after))
    top = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    rest = shorter - top
    return top, next((n for n in range(rest) if before[-1 - n] != after[-1 - n]), rest)


def _trimmed(replacement: Replacement, top: int, bottom: int) -> Replacement:
    sizes = len(replacement.before), len(replacement.after)
    return part(replacement, (top, sizes[0] - bottom, top, sizes[1] - bottom))


def _may_lose(lost: Sequence[str], kept: Replacement, trimmed: Occurrences) -> bool:
    """Whether what remains is telling enough. A lost line that stands elsewhere hints at that other place."""
    telling = sum(1 for line in kept.before if is_telling(line))
    missed = [line.rstrip() for line in lost if is_telling(line)]
    return telling >= max(_FEW, 2 * len(missed)) and not any(trimmed.of([line]) for line in missed)


def _the_one(places: Sequence[Place], replacement: Replacement, lines: Sequence[str]) -> Place:
    """The only place, or the one of several that the model itself pointed out: by its section or its number.

    A line number counts only where it is exactly right: being near is no proof among look-alikes.
    """
    if len(places) == 1:
        return places[0]
    among = _in_section(places, replacement.section, lines) or places
    if len(among) == 1:
        return among[0]
    for place in among:
        if place.start + 1 == replacement.line:
            return place
    if {(place.start, place.how) for place in places} == {(places[0].start, "re-indented")}:
        raise EditError(
            "Its new lines could be indented in two ways: write its old lines as the file has them."
        )
    raise EditError(ambiguous_reason(len(replacement.before), [place.start + 1 for place in places]))


def _in_section(places: Sequence[Place], section: str, lines: Sequence[str]) -> list[Place]:
    """The only one that is inside a block which a line equal to `section` opens."""
    heads = [at for at, line in enumerate(lines) if section and line.strip() == section]
    inside = {place.start: place for head in heads for place in _below(head, places, lines)}
    return list(inside.values()) if len(inside) == 1 else []


def _below(head: int, places: Sequence[Place], lines: Sequence[str]) -> list[Place]:
    """Those in the block that a line opens.

    A label or a string at the margin may seem to end the block early: up to a line that surely ends it there
    must be no second place.
    """
    below = [at for at in range(head + 1, len(lines)) if ends_block(lines[at], lines[head])]
    sure = [at for at in below if surely_ends_block(lines[at], lines[head])]
    end, sure_end = (ends[0] if ends else len(lines) for ends in (below, sure))
    inside = [place for place in places if head <= place.start < sure_end]
    return inside if len(inside) != 1 or inside[0].start < end else []
