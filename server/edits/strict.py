"""Places where the old text stands line for line, but for white space."""

from collections.abc import Sequence
from dataclasses import replace

from .alignment import shared_lines
from .edit import Replacement
from .indentation import indent_of, reindentation
from .occurrences import FileLines
from .place import Place, Splice, place_at


def exact(replacement: Replacement, file: FileLines) -> list[Place]:
    return [place_at(replacement, at, "exact") for at in file.exact.of(replacement.before)]


def trailing(replacement: Replacement, file: FileLines) -> list[Place]:
    before = _stripped(replacement.before)
    if not any(before):
        return []
    places = file.trimmed.of(before)
    found = [place_at(_trimmed(replacement, at, file), at, "trailing whitespace") for at in places]
    return [replace(place, splices=_kept(place.splices, file)) for place in found]


def _trimmed(replacement: Replacement, at: int, file: FileLines) -> Replacement:
    """The replacement without the blanks that the model puts behind lines which have none in the file.

    Blanks that it puts behind old lines are behind its new ones, too.
    """
    pairs = zip(replacement.before, file.lines[at:], strict=False)
    added = {line[len(line.rstrip()) :] for line, there in pairs if there == there.rstrip()}

    def trim(lines: Sequence[str]) -> tuple[str, ...]:
        return tuple(line.rstrip() if line[len(line.rstrip()) :] in added else line for line in lines)

    return replace(replacement, before=trim(replacement.before), after=trim(replacement.after))


def _kept(splices: Sequence[Splice], file: FileLines) -> tuple[Splice, ...]:
    """The splices without lines at their ends that would change in their last blanks only."""
    kept = []
    for splice in splices:
        start, end, after = splice.start, splice.end, list(splice.after)
        while start < end and after and file.trimmed.lines[start] == after[0].rstrip():
            start, after = start + 1, after[1:]
        while start < end and after and file.trimmed.lines[end - 1] == after[-1].rstrip():
            end, after = end - 1, after[:-1]
        kept.append(Splice(start, end, tuple(after)))
    return tuple(one for one in kept if one.start < one.end or one.after)


def unmarked(replacement: Replacement, file: FileLines) -> list[Place]:
    """Where unchanged lines of a diff have lost their mark: their own first space was taken for it."""
    if not replacement.marked:
        return []
    before, after = list(replacement.before), list(replacement.after)
    for old, new in shared_lines(before, after):
        if before[old].startswith(" "):
            before[old] = after[new] = " " + before[old]
    mended = replace(replacement, before=tuple(before), after=tuple(after))
    return [place_at(mended, at, "re-indented") for at in file.exact.of(before)]


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
    return places


def reindented(replacement: Replacement, file: FileLines) -> list[Place]:
    before = [line.strip() for line in replacement.before]
    if not any(before):
        return []
    places = []
    for at in file.bare.of(before):
        shift = reindentation(replacement, file.lines[at : at + len(before)])
        if shift is not None:
            places.append(place_at(_trimmed(replacement, at, file), at, "re-indented", shift))
    return places


def _stripped(lines: Sequence[str]) -> list[str]:
    return [line.rstrip() for line in lines]


_RUNGS = (exact, trailing, unmarked, first_line, reindented)
"""From the strictest on; the first that finds the text decides."""


def standing(replacement: Replacement, file: FileLines) -> list[Place]:
    """Every place of the first rung that finds the text."""
    return next((places for rung in _RUNGS if (places := rung(replacement, file))), [])
