"""A file in an editor whose lines know where they are from: what must be, without looking for any text."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from genie_engineer.edits.changes import Hunk


@dataclass(frozen=True)
class Line:
    """`text` ends in "\\n", but perhaps the last line's. `number` is where it stands in the pre-image.

    Of a hunk's lines it is the number (0-based) of the first line that the hunk replaces, `end` that of the
    first one behind, and `size` says how many lines it brought. The user's own lines have none (-1), nor have
    copies, which know what they are copies `of`.
    """

    text: str
    origin: Literal["base", "hunk", "user", "copy"]
    number: int = -1
    hunk: str = ""
    end: int = -1
    size: int = -1
    of: "Line | None" = field(default=None, compare=False)


Lines = tuple[Line, ...]


def base(texts: Sequence[str], first: int = 0) -> Lines:
    """Lines of the file as Genie found it, from this one on."""
    return tuple(Line(text, "base", number) for number, text in enumerate(texts, first))


def text_of(lines: Lines) -> str:
    """What the editor holds."""
    return "".join(line.text for line in lines)


def users(lines: Lines) -> list[str]:
    """What the user typed, in its order."""
    return [line.text for line in lines if line.origin == "user"]


def has(lines: Lines, hunk: str) -> bool:
    """Whether a line of the hunk is in the file."""
    return any(line.hunk == hunk for line in lines)


def copied(piece: Sequence[Line]) -> Lines:
    """The piece as it comes from the clipboard."""
    return tuple(Line(line.text, "copy", of=line.of or line) for line in piece)


def moved(lines: Lines, last: bool, *origins: str) -> Lines:
    """The file where a copy of a line of these origins counts as that line, if it is gone: it was moved.

    Of several copies it is the first, or the last.
    """
    there = {line for line in lines if line.origin in ("base", "hunk")}
    copies = [at for at, line in enumerate(lines) if line.of and line.of.origin in origins]
    chosen = {lines[at].of: at for at in (copies if last else reversed(copies))}
    now = list(lines)
    for original, at in chosen.items():
        if original and original not in there:
            now[at] = original
    return tuple(now)


def is_taken(lines: Lines, hunk: Hunk) -> bool:
    """Whether another hunk is in the file that is about the same lines of the pre-image, or the next ones."""
    return any(_is_beside(line, hunk) for line in lines)


def _is_beside(line: Line, hunk: Hunk) -> bool:
    first, end = hunk.start - 1, hunk.start - 1 + len(hunk.before)
    return line.hunk not in ("", hunk.id) and line.number <= end and first <= line.end


def with_hunk(lines: Lines, hunk: Hunk, result: str, gone: Collection[int] = ()) -> Lines | None:
    """The file with the hunk where it belongs, if that reads like `result`; else None.

    `gone` are the numbers of lines that were taken out by hunks which brought none.
    """
    region = place_of(lines, hunk, result, gone)
    if region is None:
        return None
    first, end, size = hunk.start - 1, hunk.start - 1 + len(hunk.before), len(hunk.after)
    new = tuple(Line(text, "hunk", first, hunk.id, end, size) for text in hunk.after)
    return (*lines[: region.start], *new, *lines[region.stop :])


def place_of(lines: Lines, hunk: Hunk, result: str, gone: Collection[int] = ()) -> range | None:
    """The lines whose place the hunk takes, if the file with it there reads like `result`; else None."""
    regions = (_place_in(one, hunk, result, gone) for one in _readings(lines))
    return next((region for region in regions if region is not None), None)


def _readings(lines: Lines) -> Iterator[Lines]:
    """The file as it is, and with what may have been moved in it."""
    yield lines
    for last in (False, True):
        # A copy of a hunk's line is no moved one where that hunk was taken back, which isn't known here.
        yield moved(lines, last, "base")
        yield moved(lines, last, "base", "hunk")


def _place_in(lines: Lines, hunk: Hunk, result: str, gone: Collection[int]) -> range | None:
    over = over_others(lines, hunk, gone)
    if over is not None:
        return over if _reads(lines, over, hunk.after, result) else None
    if is_taken(lines, hunk):
        return None
    own = set(range(hunk.start - 1, hunk.start - 1 + len(hunk.before)))
    if own and own <= set(gone) and not has(lines, hunk.id) and not any(one.number in own for one in lines):
        at = next(
            (at for at in _splits(lines, 0, hunk.after, result) if _in_order(lines, at, at, hunk)), None
        )
        return None if at is None else range(at, at)
    spots = _splits(lines, len(hunk.before), hunk.after, result)
    at = next((at for at in spots if _belongs(lines, at, hunk)), None)
    return None if at is None else range(at, at + len(hunk.before))


def over_others(lines: Lines, hunk: Hunk, gone: Collection[int] = ()) -> range | None:
    """The lines whose place the hunk takes, if some are of other hunks and all that it is about is there."""
    first, end = hunk.start - 1, hunk.start - 1 + len(hunk.before)
    present = {line.number for line in lines if line.origin == "base"}
    wanted = set(range(first, end))
    others = {line.hunk: line for line in lines if _is_beside(line, hunk)}
    if any(one.number < first or end < one.end for one in others.values()):
        return None
    for one in others.values():
        wanted -= set(range(one.number, one.end))
    missing = (wanted - present) & set(gone)
    if has(lines, hunk.id) or not (others or missing):
        return None
    spots = [
        at
        for at, line in enumerate(lines)
        if line.hunk in others or (line.number in wanted and not line.hunk)
    ]
    whole = all(sum(line.hunk == name for line in lines) == one.size for name, one in others.items())
    numbers = [lines[at].number for at in spots]
    if not spots or not whole or numbers != sorted(numbers) or wanted - missing - present:
        return None
    return range(spots[0], spots[-1] + 1) if len(spots) == spots[-1] - spots[0] + 1 else None


def replaced_by(lines: Lines, hunk: Hunk, result: str, gone: Collection[int] = ()) -> Lines:
    """The lines that the hunk takes the place of, where it belongs."""
    region = place_of(lines, hunk, result, gone) or range(0)
    return lines[region.start : region.stop]


def without_hunk(lines: Lines, hunk: Hunk, old: Lines, result: str) -> Lines | None:
    """The file with the lines `old` in the place of the hunk's own, if that reads like `result`."""
    size = len(hunk.after)
    for at in _splits(lines, size, [line.text for line in old], result):
        region = lines[at : at + size]
        if size:
            moved = not has(lines, hunk.id) and all(line.origin == "copy" for line in region)
            own = moved or all(line.hunk == hunk.id for line in region)
        else:
            own = _in_order(lines, at, at, hunk)
        if own:
            return (*lines[:at], *old, *lines[at + size :])
    return None


def must_land(lines: Lines, hunk: Hunk, gone: Collection[int] = ()) -> bool:
    """Whether nothing stands in the way: the hunk's lines and their context, untouched and nowhere else."""
    over = over_others(lines, hunk, gone)
    if over is not None:
        return _stands_alone(
            lines, range(over.start - len(hunk.above), over.stop + len(hunk.below)), over, hunk
        )
    wanted = [*hunk.above, *hunk.before, *hunk.below]
    first = hunk.start - 1 - len(hunk.above)
    texts = [line.text for line in lines]
    spots = [at for at in range(len(lines)) if texts[at : at + len(wanted)] == wanted]
    if hunk.twins or len(spots) != 1 or not wanted or has(lines, hunk.id) or is_taken(lines, hunk):
        return False
    region = lines[spots[0] : spots[0] + len(wanted)]
    return all(line.origin == "base" and line.number == first + i for i, line in enumerate(region))


def _stands_alone(lines: Lines, region: range, own: range, hunk: Hunk) -> bool:
    """Whether the context around the hunk's `own` lines is untouched, and nowhere else it all reads so."""
    first, end = hunk.start - 1, hunk.start - 1 + len(hunk.before)
    beside = [*range(region.start, own.start), *range(own.stop, region.stop)]
    if not beside or region.start < 0 or region.stop > len(lines):
        return False
    numbers = [*range(first - len(hunk.above), first), *range(end, end + len(hunk.below))]
    texts = [line.text for line in lines]
    wanted = texts[region.start : region.stop]
    alike = [at for at in range(len(texts)) if texts[at : at + len(wanted)] == wanted]
    return alike == [region.start] and [lines[at].number for at in beside if not lines[at].hunk] == numbers


def may_slide(lines: Lines, at: int, piece: Sequence[Line], end: int) -> bool:
    """Whether the text doesn't tell that it was this piece that came before line `at` or went up to `end`."""
    below = lines[end].text if end < len(lines) else None
    above = lines[at - 1].text if at else None
    return bool(piece) and (piece[0].text == below or piece[-1].text == above)


def _reads(lines: Lines, region: range, new: Sequence[str], result: str) -> bool:
    """Whether the file reads like `result` with these lines there."""
    return "".join((text_of(lines[: region.start]), *new, text_of(lines[region.stop :]))) == result


def _splits(lines: Lines, size: int, new: Sequence[str], result: str) -> Iterator[int]:
    """Every place at which `size` lines may have become `new` so that the file reads like `result`."""
    middle = "".join(new)
    total = text_of(lines)
    head = 0
    for at in range(len(lines) - size + 1):
        gone = sum(len(line.text) for line in lines[at : at + size])
        if (
            len(total) - gone + len(middle) == len(result)
            and result.startswith(middle, head)
            and result[:head] == total[:head]
            and result[head + len(middle) :] == total[head + gone :]
        ):
            yield at
        head += len(lines[at].text) if at < len(lines) else 0


def _belongs(lines: Lines, at: int, hunk: Hunk) -> bool:
    """Whether the hunk's own lines stand here, or, where the user took those out, what they put instead."""
    end = at + len(hunk.before)
    region = lines[at:end]
    numbers = range(hunk.start - 1, hunk.start - 1 + len(hunk.before))
    if any(line.origin == "user" or line.hunk for line in region):
        return False
    if not region and _in_order(lines, at, end, hunk):
        return True
    if region and all(line.origin == "base" for line in region):
        return [line.number for line in region] == list(numbers)
    about = range(numbers.start - len(hunk.above), numbers.stop + len(hunk.below))
    left = {line.number for line in (*lines[:at], *lines[end:]) if line.origin == "base"}
    if left & set(numbers):
        return False
    inside = {line.number for line in region if line.origin == "base"} <= set(numbers)
    return inside and (_in_order(lines, at, end, hunk) or not left & set(about))


def _in_order(lines: Lines, at: int, end: int, hunk: Hunk) -> bool:
    """Whether what is left of the pre-image stands on the side where it stood, or the next line of it."""
    first, last = hunk.start - 1, hunk.start - 1 + len(hunk.before)
    above = [line.number for line in lines[:at] if line.origin == "base"]
    below = [line.number for line in lines[end:] if line.origin == "base"]
    if above[-1:] == [first - 1] or below[:1] == [last]:
        return True
    return all(number < first for number in above) and all(number >= last for number in below)


def typed_over(line: Line, text: str) -> Line:
    """The line with the user's own words in it."""
    return replace(line, text=text, origin="user", number=-1, hunk="", end=-1, size=-1)
