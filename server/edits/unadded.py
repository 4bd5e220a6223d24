"""Places of a diff that has a new line without its `+`, which makes it look like one that is there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from .edit import Replacement
from .occurrences import FileLines
from .place import Place, changed
from .reasons import is_telling
from .strict import standing

_MOST = 3
_FAR = 12
_UNLIKE = 0.6
_CLOSE = 3
_ALIKE = 0.9


@dataclass(frozen=True)
class _Suspect:
    """`count` unchanged lines from `start` on, of the old text, that may be new ones.

    At an `edge` of the old text, they have added lines on both sides.
    """

    start: int
    count: int
    edge: bool


def unadded(replacement: Replacement, file: FileLines) -> list[Place]:
    """Where the old lines stand without a few unchanged ones that are written beside added lines.

    What is above and below such lines must stand side by side in the file, and they themselves not near it:
    otherwise they may be lines that are there, misremembered or with others left out beside them. The lines
    that come of it are those which the model wrote.
    """
    if not replacement.marked:
        return []
    for count in range(1, _MOST + 1):
        places = [
            replace(place, how="marks mended")
            for suspect in _suspects(replacement, count)
            for rest in [_without(replacement, suspect)]
            for place in standing(rest, file)
            if any(map(is_telling, rest.before)) and not _is_there(replacement, suspect, place, file)
        ]
        if places:
            return list({place.splices: place for place in places}.values())
    return []


def _without(replacement: Replacement, suspect: _Suspect) -> Replacement:
    before = replacement.before
    shorter = (*before[: suspect.start], *before[suspect.start + suspect.count :])
    return replace(replacement, before=shorter, changes=())


def _is_there(replacement: Replacement, suspect: _Suspect, place: Place, file: FileLines) -> bool:
    """Whether one of the lines stands near the place, or at its edge one like it."""
    end = suspect.start + suspect.count
    lines = [line.strip() for line in replacement.before[suspect.start : end]]
    around = {line for line in file.bare.lines[max(0, place.start - _FAR) : place.end + _FAR] if line}
    if any(line in around for line in lines if is_telling(line)):
        return True
    outside = (replacement.before[: suspect.start], replacement.before[end:])
    if not all(any(map(is_telling, some)) for some in outside):
        beside = file.bare.lines[max(0, place.start - _CLOSE) : place.end + _CLOSE]
        if any(_ratio(line, other) >= _ALIKE for line in lines if is_telling(line) for other in beside):
            return True
    next_to = place.start - 1 if suspect.start == 0 else place.end
    there = file.bare.lines[next_to] if 0 <= next_to < len(file.bare.lines) else ""
    nearest = lines[-1] if suspect.start == 0 else lines[0]
    return suspect.edge and _ratio(nearest, there) >= _UNLIKE


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _suspects(replacement: Replacement, count: int) -> Iterator[_Suspect]:
    before, changes = replacement.before, changed(replacement)
    gone = {at for start, end, _, _ in changes for at in range(start, end)}
    above = {end for _, end, new, new_end in changes if new < new_end}
    below = {start for start, _, new, new_end in changes if new < new_end}
    for start in range(len(before) - count + 1):
        lines = range(start, start + count)
        sides = (start in above) + (start + count in below)
        edge = start == 0 or start + count == len(before)
        if not sides or not gone.isdisjoint(lines) or not any(is_telling(before[at]) for at in lines):
            continue
        if count < len(before) and (sides == 2 or not edge):
            yield _Suspect(start, count, edge)
