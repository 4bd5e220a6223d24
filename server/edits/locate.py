"""Where a replacement belongs in a file: the one clear place, or a reason why there is none. Never a guess.

A ladder: exact text, then without regard to trailing whitespace, then uniformly re-indented, then with a few
lines of outer context that drifted (as `patch --fuzz`), with other blank lines, with lines left out, and last
where nearly all of it stands. The first rung on which the text is found decides.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ..errors import EditError
from .aligned import similar, without_blank_lines
from .alignment import differences
from .edit import Replacement
from .elisions import parts
from .indentation import reindentation
from .layout import block_end
from .occurrences import FileLines, Occurrences
from .place import Place, Splice, place_at
from .reasons import absent_reason, already, ambiguous_reason

_FUZZ = 2
_FEW = 3


def locate(replacement: Replacement, file: FileLines) -> Place:
    """Finds the place in the file. Raises EditError, whose text tells the model why not."""
    if replacement.before == replacement.after and replacement.final_newline is None:
        raise EditError("It changes nothing: its old and new lines are the same.")
    if not replacement.before:
        return _in_empty(replacement, file.lines)
    for rung in _LADDER:
        if rung is _drifted and already(replacement, file.lines):
            break
        places = rung(replacement, file)
        if places:
            return _the_one(places, replacement, file.lines)
    raise EditError(absent_reason(replacement, file.lines))


def _in_empty(replacement: Replacement, lines: Sequence[str]) -> Place:
    if any(line.strip() for line in lines):
        raise EditError(
            "It adds lines without showing where: write at least one unchanged line of the file directly "
            "above or below the new ones."
        )
    return Place(0, len(lines), (Splice(0, len(lines), replacement.after),), "exact")


def _exact(replacement: Replacement, file: FileLines) -> list[Place]:
    return [place_at(replacement, at, "exact") for at in file.exact.of(replacement.before)]


def _trailing(replacement: Replacement, file: FileLines) -> list[Place]:
    before = _stripped(replacement.before)
    if not any(before):
        return []
    places = file.trimmed.of(before)
    # Blanks that the model puts behind old lines are behind its new ones, too.
    added = any(
        line != there == line.rstrip()
        for at in places
        for line, there in zip(replacement.before, file.lines[at:], strict=False)
    )
    shift = str.rstrip if added else None
    return [place_at(replacement, at, "trailing whitespace", shift) for at in places]


def _reindented(replacement: Replacement, file: FileLines) -> list[Place]:
    before = [line.strip() for line in replacement.before]
    if not any(before):
        return []
    places = []
    for at in file.bare.of(before):
        shift = reindentation(replacement, file.lines[at : at + len(before)])
        if shift is not None:
            places.append(place_at(replacement, at, "re-indented", shift))
    return places


def _drifted(replacement: Replacement, file: FileLines) -> list[Place]:
    """Leaves out up to two outer context lines on each side, as few as possible (`patch` calls it fuzz)."""
    by_loss: dict[int, list[Place]] = {}
    for top, bottom in _trims(replacement):
        kept = _trimmed(replacement, top, bottom)
        lost = (*replacement.before[:top], *replacement.before[len(replacement.before) - bottom :])
        if not _may_lose(lost, kept, file.trimmed):
            continue
        # Indentation counts for less than context here: a twin further left or right makes it ambiguous.
        for place in _reindented(kept, file):
            whole = Place(place.start - top, place.end + bottom, place.splices, "context drifted")
            by_loss.setdefault(top + bottom, []).append(whole)
    found = (places for _, places in sorted(by_loss.items()) if places)
    return list({place.splices: place for place in next(found, [])}.values())


def _elided(replacement: Replacement, file: FileLines) -> list[Place]:
    """Places where the parts between lines such as `...` stand one after the other, within one block."""
    pieces = parts(replacement)
    return (
        [place for first in _standing(pieces[0], file) for place in _chained(first, pieces[1:], file)]
        if pieces
        else []
    )


def _standing(piece: Replacement, file: FileLines) -> list[Place]:
    return next((places for rung in _STRICT if (places := rung(piece, file))), [])


def _chained(first: Place, pieces: Sequence[Replacement], file: FileLines) -> list[Place]:
    """The place that begins with `first`; two of them where a changed part stands more than once below."""
    chains = [first]
    end = block_end(file.lines, first.start)
    for piece in pieces:
        below = [
            place for place in _standing(piece, file) if chains[0].end <= place.start and place.end <= end
        ]
        kept = below if piece.before != piece.after else below[:1]
        chains = [
            Place(before.start, place.end, (*before.splices, *place.splices), "lines left out")
            for before in chains
            for place in kept
        ]
        if not chains:
            return []
    return chains


def _first_line(replacement: Replacement, file: FileLines) -> list[Place]:
    """Where only the first line has lost its indentation, as in text copied from its first letter on."""
    before, after = replacement.before, replacement.after
    if not before[0].strip() or before[0] != before[0].lstrip():
        return []
    places = []
    for at in file.bare.of([line.strip() for line in before]):
        indent = file.lines[at][: len(file.lines[at]) - len(file.lines[at].lstrip())]
        mended = (indent + before[0], *before[1:])
        new = (indent + after[0], *after[1:]) if after and after[0] == after[0].lstrip() else after
        alone = len(before) == 1 and indent + before[0] not in after
        if (
            indent
            and not alone
            and mended == tuple(line.rstrip() for line in file.lines[at : at + len(before)])
        ):
            places.append(place_at(replace(replacement, before=mended, after=new), at, "re-indented"))
    return places


def _joined(replacement: Replacement, file: FileLines) -> list[Place]:
    """Where two hunks were written as one: both stand once, the second somewhere below the first."""
    found = []
    for old, new in _inner_context(replacement.before, replacement.after):
        halves = [
            Replacement(replacement.before[:old], replacement.after[:new]),
            Replacement(replacement.before[old:], replacement.after[new:]),
        ]
        first, second = ([] if not _tells(half.before) else _standing(half, file) for half in halves)
        if len(first) == len(second) == 1 and first[0].end <= second[0].start:
            splices = (*first[0].splices, *second[0].splices)
            found.append(Place(first[0].start, second[0].end, splices, "lines left out"))
    return found


def _inner_context(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where two unchanged lines stand side by side in both texts: between them something may be left out."""
    old = new = 0
    for start, end, _, new_end in (*differences(before, after), (len(before), 0, len(after), 0)):
        yield from ((old + number, new + number) for number in range(1, start - old))
        old, new = end, new_end


def _tells(lines: Sequence[str]) -> bool:
    return sum(map(_is_telling, lines)) >= _FEW - 1


_STRICT = (_exact, _trailing, _reindented)
_LADDER: tuple[Callable[[Replacement, FileLines], list[Place]], ...] = (
    _exact,
    _trailing,
    _first_line,
    _reindented,
    _drifted,
    without_blank_lines,
    _elided,
    _joined,
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
    before, after = replacement.before, replacement.after
    shorter = min(len(before), len(after))
    top = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    rest = shorter - top
    return top, next((n for n in range(rest) if before[-1 - n] != after[-1 - n]), rest)


def _trimmed(replacement: Replacement, top: int, bottom: int) -> Replacement:
    before, after = replacement.before, replacement.after
    return Replacement(before[top : len(before) - bottom], after[top : len(after) - bottom])


def _may_lose(lost: Sequence[str], kept: Replacement, trimmed: Occurrences) -> bool:
    """Whether what remains is telling enough. A lost line that stands elsewhere hints at that other place."""
    telling = sum(1 for line in kept.before if _is_telling(line))
    missed = [line.rstrip() for line in lost if _is_telling(line)]
    return telling >= max(_FEW, 2 * len(missed)) and not any(trimmed.of([line]) for line in missed)


def _is_telling(line: str) -> bool:
    return sum(letter.isalnum() for letter in line) >= 2


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
    raise EditError(ambiguous_reason(len(replacement.before), [place.start + 1 for place in places]))


def _in_section(places: Sequence[Place], section: str, lines: Sequence[str]) -> list[Place]:
    """Those inside the block which the only line equal to `section` opens."""
    heads = [at for at, line in enumerate(lines) if section and line.strip() == section]
    if len(heads) != 1:
        return []
    head = heads[0]
    below = [at for at in range(head + 1, len(lines)) if _ends_block(lines[at], lines[head])]
    kin = [at for at in below if lines[at].split()[0] == lines[head].split()[0]]
    # A label or a string at the margin may seem to end the block early: up to the next heading of its
    # kind there must be no second place.
    end, far_end = (ends[0] if ends else len(lines) for ends in (below, kin))
    inside = [place for place in places if head <= place.start < far_end]
    return inside if len(inside) == 1 and inside[0].start < end else []


def _ends_block(line: str, head: str) -> bool:
    bare = line.lstrip()
    return bool(bare) and bare[0].isalnum() and len(line) - len(bare) <= len(head) - len(head.lstrip())


def _stripped(lines: Sequence[str]) -> list[str]:
    return [line.rstrip() for line in lines]
