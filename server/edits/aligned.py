"""Places where a replacement's old lines stand in their order, but not exactly so.

Models drop and add blank lines, and misremember the words of a comment, the kind of a quote, or a word in
one line of the context. Such a place counts only where every line has its like there, most are equal, and no
other place comes near. More than one line of code that names or counts something else is not alike: then the
model meant another place, or another version.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from .edit import Replacement
from .indentation import Reindent, reindentation
from .likeness import Likeness, is_same, likeness, likeness_of_code, weight
from .occurrences import FileLines, Occurrences
from .place import How, Place, Splice, changed

_ENOUGH = 0.8
_LEAD = 0.1
_ALIKE = 0.7
_FEW = 3
_LEAST = 2
_MOST_PLACES = 50
_MOST_OFFSETS = 12
_SLACK = 6
_LONGEST = 400

Pairs = tuple[int | None, ...]
"""For each old line the file's line (0-based) that it is."""


@dataclass(frozen=True)
class _Aligned:
    pairs: Pairs
    score: float


def without_blank_lines(replacement: Replacement, file: FileLines) -> list[Place]:
    """Places where the old lines stand with other blank lines among them."""
    full = [number for number, line in enumerate(replacement.before) if line.strip()]
    if len(full) < 2:
        return []
    there = [number for number, line in enumerate(file.lines) if line.strip()]
    packed = Occurrences([file.lines[number].strip() for number in there])
    places = []
    for at in packed.of([replacement.before[number].strip() for number in full]):
        pairs: list[int | None] = [None] * len(replacement.before)
        for number, line in zip(full, there[at : at + len(full)], strict=True):
            pairs[number] = line
        places += _placed(replacement, file, tuple(pairs), "blank lines")
    return places


def similar(replacement: Replacement, file: FileLines) -> list[Place]:
    """The one place where most of the old text stands; none where another comes near, or too little does."""
    if len(replacement.before) > _LONGEST:
        return []
    bare = [line.strip() for line in replacement.before]
    if sum(map(bool, map(weight, bare))) < _LEAST:
        return []
    for like in (likeness, likeness_of_code):
        best = _best(bare, file, like)
        if best and _complete(bare, best, file):
            return _placed(replacement, file, best.pairs, "similar")
    return []


def _best(bare: Sequence[str], file: FileLines, likeness: Likeness) -> _Aligned | None:
    """Where the lines have the most of their like, if that is enough and no other place comes near."""
    found = sorted(
        {
            _aligned(bare, file.bare.lines, offset, slack, likeness)
            for offset in _offsets(bare, file.bare)
            for slack in (0, _SLACK)
        },
        key=lambda each: (-each.score, _spread(each.pairs)),
    )
    if not found or found[0].score < _ENOUGH:
        return None
    rivals = [each for each in found[1:] if each.score > found[0].score - _LEAD]
    return None if any(_is_elsewhere(found[0], rival) for rival in rivals) else found[0]


def _complete(bare: Sequence[str], found: _Aligned, file: FileLines) -> bool:
    """Whether every line has its like, and other code than there stands in one line at most among enough."""
    pairs = [(line, at) for line, at in zip(bare, found.pairs, strict=True) if weight(line)]
    if any(at is None for _, at in pairs):
        return False
    other = [
        number
        for number, (line, at) in enumerate(zip(bare, found.pairs, strict=True))
        if at is not None and not is_same(line, file.bare.lines[at])
    ]
    if not other:
        return True
    return len(other) == 1 and len(pairs) > _FEW and _is_between(other[0], found.pairs)


def _is_between(number: int, pairs: Pairs) -> bool:
    """Whether the lines above and below stand directly above and below in the file, too."""
    at = pairs[number]
    beside = [(one, pairs[one]) for one in (number - 1, number + 1) if 0 <= one < len(pairs)]
    return at is not None and all(there == at + one - number for one, there in beside)


def _is_elsewhere(best: _Aligned, rival: _Aligned) -> bool:
    return not ({*best.pairs} - {None} & {*rival.pairs} - {None})


def _offsets(bare: Sequence[str], file: Occurrences) -> list[int]:
    """Where the text would begin by the most of its telling lines."""
    votes: Counter[int] = Counter()
    for number, line in enumerate(bare):
        places = file.of([line]) if weight(line) else []
        if len(places) <= _MOST_PLACES:
            votes.update({at - number: weight(line) for at in places})
    return [offset for offset, _ in votes.most_common(_MOST_OFFSETS)]


def _spread(pairs: Pairs) -> int:
    known = [at for at in pairs if at is not None]
    return known[-1] - known[0] if known else 0


def _aligned(bare: Sequence[str], lines: Sequence[str], offset: int, slack: int, like: Likeness) -> _Aligned:
    """The old lines beside those around the offset: equal ones first, between them alike ones in order."""
    first = max(0, offset - slack)
    window = lines[first : max(first, offset + len(bare) + slack)]
    pairs: list[int | None] = [None] * len(bare)
    likeness = [0.0] * len(bare)
    for old, old_end, new, new_end in _unequal(bare, window, pairs, first):
        for number, at, ratio in _alike(bare, window, range(old, old_end), range(new, new_end), like):
            pairs[number], likeness[number] = first + at, ratio
    for number, pair in enumerate(pairs):
        likeness[number] = likeness[number] or float(pair is not None)
    weights = [weight(line) for line in bare]
    total = sum(weights)
    score = sum(weight * like for weight, like in zip(weights, likeness, strict=True)) / max(total, 1)
    return _Aligned(tuple(pairs), score)


def _unequal(
    bare: Sequence[str], window: Sequence[str], pairs: list[int | None], first: int
) -> list[tuple[int, int, int, int]]:
    """Notes the equal lines in `pairs`; returns the ranges between them."""
    gaps: list[tuple[int, int, int, int]] = []
    for tag, *bounds in SequenceMatcher(None, bare, window, autojunk=False).get_opcodes():
        old, old_end, new, new_end = bounds
        if tag == "equal":
            for number in range(old, old_end):
                pairs[number] = first + new + number - old
        elif tag == "replace":
            gaps.append((old, old_end, new, new_end))
    return gaps


def _alike(
    bare: Sequence[str], window: Sequence[str], olds: range, news: range, like: Likeness
) -> Iterator[tuple[int, int, float]]:
    """Old lines that are nearly as a line of the gap, in its order."""
    at = news.start
    for number in olds:
        for candidate in range(at, news.stop):
            if bare[number] and (ratio := like(bare[number], window[candidate])) >= _ALIKE:
                yield number, candidate, ratio
                at = candidate + 1
                break


def _placed(replacement: Replacement, file: FileLines, pairs: Pairs, how: How) -> list[Place]:
    """The place, if what changes stands there line for line, and the block is indented evenly."""
    shift = _shift(replacement, file, pairs)
    if shift is None:
        return []
    full = _with_blank_lines(replacement.before, file, pairs)
    splices = []
    for old, old_end, new, new_end in changed(replacement):
        if old == old_end:
            up = _slid(replacement, full, old, new_end)
            old, old_end, new, new_end = (at - up for at in (old, old_end, new, new_end))
        span = _gap(full, old) if old == old_end else _span(replacement, file, full[old:old_end], old)
        if span is None or (old < old_end and not _is_beside(replacement.before, full, (old, old_end))):
            return []
        splices.append(Splice(*span, tuple(map(shift, replacement.after[new:new_end]))))
    known = [at for at in pairs if at is not None]
    return [Place(known[0], known[-1] + 1, tuple(splices), how)] if splices else []


def _with_blank_lines(before: Sequence[str], file: FileLines, pairs: Pairs) -> Pairs:
    """Blank lines paired too, wherever as many stand there between the same two lines.

    Beside others nobody could tell on which side of a blank line the new text belongs.
    """
    full = list(pairs)
    above = -1
    for number, line in enumerate(before):
        if not line.strip():
            continue
        start, end = (full[above] if above >= 0 else None), full[number]
        if start is not None and end is not None and end - start == number - above:
            between = range(start + 1, end)
            if not any(file.bare.lines[at] for at in between):
                full[above + 1 : number] = between
        above = number
    return tuple(full)


def _shift(replacement: Replacement, file: FileLines, pairs: Pairs) -> Reindent | None:
    """How the lines that stand there are indented otherwise than the model wrote them."""
    equal = [
        (number, at)
        for number, at in enumerate(pairs)
        if at is not None and replacement.before[number].strip() == file.bare.lines[at]
    ]
    if not any(replacement.before[number].strip() for number, _ in equal):
        return None
    written = Replacement(tuple(replacement.before[number] for number, _ in equal), replacement.after)
    return reindentation(written, [file.lines[at] for _, at in equal])


def _span(replacement: Replacement, file: FileLines, places: Pairs, old: int) -> tuple[int, int] | None:
    """The file's lines that go away: those of the old lines from `old` on, all there and all equal."""
    known = [at for at in places if at is not None]
    if len(known) < len(places) or known != list(range(known[0], known[0] + len(known))):
        return None
    written = [replacement.before[old + number].strip() for number in range(len(known))]
    there = [file.bare.lines[at] for at in known]
    return (known[0], known[-1] + 1) if written == there else None


def _is_beside(before: Sequence[str], places: Pairs, gone: tuple[int, int]) -> bool:
    """Whether lines that go aren't blank, or stand right beside what is above and below them."""
    start, end = gone
    beside = places[max(0, start - 1) : end + 1]
    known = [at for at in beside if at is not None]
    together = len(known) == len(beside) and known == list(range(known[0], known[0] + len(known)))
    return together or any(line.strip() for line in before[start:end])


def _slid(replacement: Replacement, places: Pairs, at: int, new_end: int) -> int:
    """How many lines further up the same insertion can be read to be, where both neighbours stand together.

    What is above the new lines often is their own end, too, as a closing brace is.
    """
    before, after = replacement.before, replacement.after
    up = 0
    while up < at and _gap(places, at - up) is None and before[at - up - 1] == after[new_end - up - 1]:
        up += 1
    return up if _gap(places, at - up) is not None else 0


def _gap(places: Pairs, at: int) -> tuple[int, int] | None:
    """Between the line above and the line below, if these stand there side by side."""
    above = places[at - 1] if at else None
    below = places[at] if at < len(places) else None
    if above is None and below is None:
        return None
    if above is None:
        return (below, below) if below is not None and at == 0 else None
    if below is None and at < len(places):
        return None
    return (above + 1, above + 1) if below in (None, above + 1) else None
