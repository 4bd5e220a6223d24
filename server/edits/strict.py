"""Places where the old text stands line for line, but for white space."""

from collections.abc import Sequence, Set
from dataclasses import replace

from .edit import Replacement
from .indentation import indent_of, reindentation
from .occurrences import FileLines
from .place import Place, Splice, changed, kept, place_at


def exact(replacement: Replacement, file: FileLines) -> list[Place]:
    return [place_at(replacement, at, "exact") for at in file.exact.of(replacement.before)]


def trailing(replacement: Replacement, file: FileLines) -> list[Place]:
    before = _stripped(replacement.before)
    if not any(before):
        return []
    places = []
    for at in file.trimmed.of(before):
        seen = _trimmed(replacement, at, file)
        place = place_at(seen, at, "trailing whitespace")
        places.append(replace(place, splices=_without_blanks(place, seen, file)))
    return places


def _trimmed(replacement: Replacement, at: int, file: FileLines) -> Replacement:
    """The replacement without the blanks that the model puts behind lines which have none in the file.

    Blanks that it puts behind old lines are behind its new ones, too.
    """
    pairs = list(zip(replacement.before, file.lines[at:], strict=False))
    added = {line[len(line.rstrip()) :] for line, there in pairs if there == there.rstrip()}
    before = tuple(line if line == there else _without(line, added) for line, there in pairs)
    after = [_without(line, added) for line in replacement.after]
    for old, new in kept(replacement, changed(replacement)):
        after[new] = before[old]
    return replace(replacement, before=before, after=tuple(after))


def _without(line: str, ends: Set[str]) -> str:
    return line.rstrip() if line[len(line.rstrip()) :] in ends else line


def _without_blanks(place: Place, seen: Replacement, file: FileLines) -> tuple[Splice, ...]:
    """The splices without lines at their ends that would change in blanks which the model didn't see."""

    def stays(at: int, line: str) -> bool:
        alike = file.trimmed.lines[at] == line.rstrip()
        return alike and seen.before[at - place.start] != file.lines[at]

    splices = []
    for splice in place.splices:
        start, end, after = splice.start, splice.end, list(splice.after)
        while start < end and after and stays(start, after[0]):
            start, after = start + 1, after[1:]
        while start < end and after and stays(end - 1, after[-1]):
            end, after = end - 1, after[:-1]
        splices.append(Splice(start, end, tuple(after)))
    return tuple(one for one in splices if one.start < one.end or one.after)


def unmarked(replacement: Replacement, file: FileLines) -> list[Place]:
    """Where unchanged lines of a diff have lost their mark: their own first space was taken for it."""
    mended = _unmarked(replacement)
    return [place_at(mended, at, "re-indented") for at in file.exact.of(mended.before)] if mended else []


def _unmarked(replacement: Replacement) -> Replacement | None:
    if not replacement.marked:
        return None
    before, after = list(replacement.before), list(replacement.after)
    for old, new in kept(replacement, replacement.changes or changed(replacement)):
        if before[old].startswith(" "):
            before[old] = after[new] = " " + before[old]
    return replace(replacement, before=tuple(before), after=tuple(after))


def first_line(replacement: Replacement, file: FileLines) -> list[Place]:
    """Where only the first line has lost its indentation, as in text copied from its first letter on."""
    before, after = replacement.before, replacement.after
    if not before[0].strip() or indent_of(before[0]):
        return []
    places = []
    for at in file.bare.of([line.strip() for line in before]):
        indent = indent_of(file.lines[at])
        new = (indent + after[0], *after[1:]) if after and not indent_of(after[0]) else after
        alone = not any(map(str.strip, before[1:])) and indent + before[0] not in after
        # What follows must be indented as the file is: else the whole block has moved.
        moved = any(line.strip() and not line.startswith(indent) for line in after[1:])
        if indent and not (alone and moved):
            mended = replace(replacement, before=(indent + before[0], *before[1:]), after=new)
            places_of = exact(mended, file) or trailing(mended, file)
            found = [place for place in places_of if place.start == at]
            places += [replace(place, how="re-indented") for place in found]
            # By a single line nobody can tell whether it alone has moved or all that is below it.
            other = _shifted(replacement, at, file) if alone else None
            if other and found and other.splices != places[-1].splices:
                places.append(other)
    return places


def reindented(replacement: Replacement, file: FileLines) -> list[Place]:
    before = [line.strip() for line in replacement.before]
    if not any(before):
        return []
    places = []
    for at in file.bare.of(before):
        readings = [_shifted(one, at, file) for one in (replacement, _unmarked(replacement)) if one]
        # Where context lost its marks, new lines that kept theirs would stand one column beside it.
        within = (place for place in readings if place and _columns(place) <= file.columns)
        place = next(within, readings[0])
        places += [place] if place else []
    return places


def _shifted(replacement: Replacement, at: int, file: FileLines) -> Place | None:
    shift = reindentation(replacement, file.lines[at : at + len(replacement.before)])
    return place_at(_trimmed(replacement, at, file), at, "re-indented", shift) if shift else None


def _columns(place: Place) -> set[str]:
    return {indent_of(line) for splice in place.splices for line in splice.after}


def _stripped(lines: Sequence[str]) -> list[str]:
    return [line.rstrip() for line in lines]


_RUNGS = (exact, trailing, unmarked, first_line, reindented)
"""From the strictest on; the first that finds the text decides."""


def standing(replacement: Replacement, file: FileLines) -> list[Place]:
    """Every place of the first rung that finds the text."""
    return next((places for rung in _RUNGS if (places := rung(replacement, file))), [])
