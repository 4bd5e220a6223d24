"""Hunks brought into a file that may have moved on, with what takes each of them back again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ..errors import EditError
from .changes import GONE, PLAIN, FileChange, Hunk, context, diff, mode_hunk, patched, place, sha
from .occurrences import Occurrences
from .text import Text, content, contents, decode, decode_as, encode, ending


@dataclass(frozen=True)
class Merged:
    """The new bytes (None: no such file), and by hunk the change of one hunk that takes it back.

    Such a change is merged as any other is. Its mode, unlike a proposed one, has all permission bits.
    """

    data: bytes | None
    back: dict[str, FileChange]


@dataclass(frozen=True)
class _Landed:
    """`hunk` stands at the 0-based index `at` of the new lines: `came` in the place of `went`."""

    hunk: Hunk
    at: int
    went: tuple[str, ...]
    came: tuple[str, ...]


def merged(old: bytes | None, change: FileChange, keep: Collection[str], mode: int = PLAIN) -> Merged:
    """The user's present file with the hunks `keep`: exactly where it is untouched, re-anchored where not.

    `mode` are its permission bits. Raises EditError when a hunk has no single place any more.
    """
    _check_presence(old, change)
    kept = [hunk for hunk in change.hunks if hunk.id in keep]
    back = {hunk.id: _of_mode(change.path, mode) for hunk in kept if hunk.is_mode}
    if change.kind == "modified" and len(back) < len(kept):
        text, by_hunk = _merged_text(old or b"", change, [hunk for hunk in kept if not hunk.is_mode])
        return Merged(text, back | by_hunk)
    if change.kind == "modified" or not kept:
        return Merged(old, back)
    data = patched(old, change, keep)
    whole = diff(change.path, data, old, mode if data is None else None)
    return Merged(data, {kept[0].id: whole} if whole else {})


def turned(change: FileChange, hunk: Hunk) -> FileChange:
    """What takes the hunk back, as far as it tells by itself: for logs that don't have it from the file."""
    kinds = {"created": "deleted", "deleted": "created", "modified": "modified"}
    swapped = replace(hunk, before=hunk.after, after=hunk.before, twins=0, alone=False, mode=None)
    after = encode(Text(hunk.after, change.encoding)) if change.kind == "created" else None
    return FileChange(change.path, kinds[change.kind], (swapped,), sha(after), change.encoding)  # type: ignore[arg-type]


def _check_presence(old: bytes | None, change: FileChange) -> None:
    if change.kind == "created" and old is not None:
        raise EditError("There is a file of this name already.")
    if change.kind != "created" and old is None:
        raise EditError(GONE)
    if change.kind == "deleted" and sha(old) != change.pre_image:
        raise EditError("The file has been changed meanwhile.")


def _of_mode(path: str, mode: int) -> FileChange:
    return FileChange(path, "modified", (mode_hunk(path, mode),))


def _merged_text(old: bytes, change: FileChange, kept: Sequence[Hunk]) -> tuple[bytes, dict[str, FileChange]]:
    exact = sha(old) == change.pre_image
    text = decode_as(old, change.encoding) if exact else _as_now(old, change, kept)
    new: list[str] = []
    landed: list[_Landed] = []
    at = 0
    for hunk in kept:
        start = hunk.start - 1 if exact else place(hunk, text.lines)
        if start < at:
            raise EditError("It would overlap another change in the file as it now is.")
        end = start + len(hunk.before)
        came = hunk.after if exact else _fitted(hunk, text.lines, start)
        new += text.lines[at:start]
        landed.append(_Landed(hunk, len(new), text.lines[start:end], came))
        new += came
        at = end
    now = Text((*new, *text.lines[at:]), text.encoding)
    data = encode(now)
    lines = Occurrences(contents(now.lines))
    back = {one.hunk.id: _inverse(change, one, now, lines) for one in landed}
    return data, {hunk: replace(one, pre_image=sha(data)) for hunk, one in back.items()}


def _as_now(old: bytes, change: FileChange, kept: Sequence[Hunk]) -> Text:
    text = decode(old)
    if text.encoding != change.encoding and not all(
        line.isascii() for hunk in kept for line in (*hunk.before, *hunk.after)
    ):
        raise EditError("The file's encoding is another than it was.")
    return text


def _fitted(hunk: Hunk, lines: Sequence[str], start: int) -> tuple[str, ...]:
    """The hunk's new lines with the line ending that the file now has.

    Raises EditError where a line without an end would come before another.
    """
    end = start + len(hunk.before)
    same = all(
        bool(ending(one)) == bool(ending(other))
        for one, other in zip(lines[start:end], hunk.before, strict=True)
    )
    joins_next = end < len(lines) and any(not ending(line) for line in hunk.after)
    joins_last = 0 < start == len(lines) and hunk.after and not ending(lines[-1])
    if not same or joins_next or joins_last:
        raise EditError("The end of the file was changed since.")
    own = _endings((*hunk.above, *hunk.before, *hunk.below))
    present = _endings(lines)
    if len(own) == len(present) == 1 and own != present and _endings(hunk.after) <= own:
        (now,) = present
        return tuple(content(line) + now if ending(line) else line for line in hunk.after)
    return hunk.after


def _endings(lines: Sequence[str]) -> set[str]:
    return {ending(line) for line in lines} - {""}


def _inverse(change: FileChange, one: _Landed, now: Text, lines: Occurrences) -> FileChange:
    """The hunk turned round as it stands in the new file, with context as far as the next proposed hunk."""
    hunks = change.text_hunks
    number = hunks.index(one.hunk)
    end = one.at + len(one.came)
    above = one.hunk.start - 1 - (_end(hunks[number - 1]) if number else 0)
    below = hunks[number + 1].start - 1 - _end(one.hunk) if number + 1 < len(hunks) else len(now.lines)
    floor, ceiling = max(0, one.at - above), min(len(now.lines), end + below)
    top, bottom, twins, rank = context(lines, (floor if number else 0, one.at, end, ceiling))
    alone = bool(one.came) and len(lines.of(lines.lines[one.at : end])) == 1
    hunk = Hunk(
        one.hunk.id,
        one.at + 1,
        one.came,
        one.went,
        now.lines[top : one.at],
        now.lines[end:bottom],
        twins,
        alone,
        rank=rank,
    )
    return FileChange(change.path, "modified", (hunk,), encoding=now.encoding)


def _end(hunk: Hunk) -> int:
    return hunk.start - 1 + len(hunk.before)
