"""A change as data: what a patch does to a file, hunk by hunk, so that each can be accepted or refused."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..errors import EditError
from .alignment import differences, differs_at
from .occurrences import Occurrences
from .text import Encoding, Text, contents, decode, decode_as, encode

ChangeKind = Literal["modified", "created", "deleted"]

EXECUTABLE, PLAIN = 0o755, 0o644
"""The two modes that git knows of a file."""

GONE = "The file is no longer there: it was deleted or has another name. Bring it back, and this fits again."

_CONTEXTS = (3, 6, 12, 24)


@dataclass(frozen=True)
class Hunk:
    """Replaces the lines `before`, which start at 1-based line `start` of the pre-image, by `after`.

    Lines keep their endings, so a missing final newline is data. Nothing in `before` is a pure insertion
    in front of line `start`. `id` is derived from path, texts and place: the same proposal has the same id.

    `above` and `below` are unchanged lines right beside it, as far as the next hunk: three, or as many more
    (up to 24) as tell its place from others that look alike. `twins` counts the places that even so look the
    same, `rank` those of them that come first; `alone` tells that `before` stands nowhere else, whatever is
    beside it.

    `mode` is what the file's mode becomes (EXECUTABLE or PLAIN; None: it stays). Of a file that stays, a new
    mode is a hunk of its own: without lines, with `start` 0.
    """

    id: str
    start: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    twins: int = 0
    alone: bool = False
    mode: int | None = None
    rank: int = -1

    @property
    def is_mode(self) -> bool:
        """Whether it changes the file's mode and no line."""
        return self.start == 0


@dataclass(frozen=True)
class FileChange:
    """All hunks of one file. `pre_image` is the sha256 (hex) of the bytes they were computed against.

    A created or deleted file has exactly one hunk, even an empty one. `encoding` is that of the lines; a
    byte order mark is no part of them where it is "utf-8-sig" or "utf-16-…". A new mode stands first.
    """

    path: str
    kind: ChangeKind
    hunks: tuple[Hunk, ...]
    pre_image: str = ""
    encoding: Encoding = "utf-8"

    @property
    def mode(self) -> int | None:
        """What the file's mode becomes by all hunks; None: it stays, or is the usual one."""
        return mode_by(self, {hunk.id for hunk in self.hunks})

    @property
    def text_hunks(self) -> tuple[Hunk, ...]:
        """The hunks that have a place among the lines."""
        return tuple(hunk for hunk in self.hunks if not hunk.is_mode)


def mode_by(change: FileChange, keep: Collection[str]) -> int | None:
    """What the file's mode becomes by the hunks `keep` alone."""
    return next((hunk.mode for hunk in change.hunks if hunk.id in keep and hunk.mode is not None), None)


def diff(path: str, old: bytes | None, new: bytes | None, mode: int | None = None) -> FileChange | None:
    """The change from `old` to `new` (None: no such file) and to `mode`, or None if there is none.

    Raises EditError for a binary file whose bytes change.
    """
    modes = (mode_hunk(path, mode),) if mode is not None and old is not None and new is not None else ()
    if old == new:
        return FileChange(path, "modified", modes, sha(old)) if modes else None
    before, after = _same_encoding(old, new)
    whole = [(0, len(before.lines), 0, len(after.lines))]
    ranges = whole if old is None or new is None else differences(before.lines, after.lines)
    hunks = _hunks(path, before.lines, after.lines, ranges)
    kind: ChangeKind = "created" if old is None else "deleted" if new is None else "modified"
    if kind == "created":
        hunks = (replace(hunks[0], mode=mode),)
    return FileChange(path, kind, (*modes, *hunks), sha(old), after.encoding)


def mode_words(hunk: Hunk) -> str:
    """What the hunk does to the file's mode, in words; "" when nothing."""
    if hunk.mode is None:
        return ""
    if hunk.is_mode:
        return "becomes executable" if hunk.mode == EXECUTABLE else "is executable no longer"
    return "executable" if hunk.mode == EXECUTABLE else ""


def mode_hunk(path: str, mode: int) -> Hunk:
    """A change of the mode alone."""
    return Hunk(_id(path, 0, (), (oct(mode),)), 0, (), (), mode=mode)


def patched(old: bytes | None, change: FileChange, keep: Collection[str]) -> bytes | None:
    """The file with exactly those hunks of the change whose ids are in `keep`; other ids mean nothing.

    Raises EditError if `old` isn't the change's pre-image.
    """
    if sha(old) != change.pre_image:
        raise EditError(f"{change.path} has changed since the change was made: it can't be applied as it is.")
    kept = [hunk for hunk in change.text_hunks if hunk.id in keep]
    if not kept:
        return old
    if change.kind == "deleted":
        return None
    lines = decode_as(old or b"", change.encoding).lines
    new: list[str] = []
    at = 0
    for hunk in kept:
        new += [*lines[at : hunk.start - 1], *hunk.after]
        at = hunk.start - 1 + len(hunk.before)
    return encode(Text((*new, *lines[at:]), change.encoding))


def place(hunk: Hunk, lines: Sequence[str]) -> int:
    """Where `hunk.before`, or its point of insertion, now stands in `lines`: a 0-based index.

    `lines` are the file's present ones, with or without endings, which don't count. The context must stand
    there too; only of a hunk that was `alone`, and still is, one half of lines and context is enough.
    Raises EditError when the place is gone or can't be told from others.
    """
    now = Occurrences(contents(lines))
    above, before, below = (contents(part) for part in (hunk.above, hunk.before, hunk.below))
    spots = [at + len(above) for at in now.of((*above, *before, *below))]
    if hunk.twins and len(spots) == hunk.twins + 1 and spots[hunk.rank] == hunk.start - 1 and hunk.rank >= 0:
        return hunk.start - 1
    if len(spots) == 1 and not hunk.twins:
        return spots[0]
    if spots:
        raise EditError("The place of this change can't be told from others that look the same.")
    if before and hunk.alone:
        alike = now.of(before)
        if len(alike) == 1 and _half_stands(hunk, now.lines, alike[0]):
            return alike[0]
    raise EditError("The lines of this change, or those beside it, were changed since.")


def _half_stands(hunk: Hunk, now: Sequence[str], at: int) -> bool:
    """Whether of the hunk's own lines and those beside it, outward to the first that differs, half stand."""
    end = at + len(hunk.before)
    above = differs_at(contents(hunk.above)[::-1], now[max(0, at - len(hunk.above)) : at][::-1])
    below = differs_at(contents(hunk.below), now[end : end + len(hunk.below)])
    size = len(hunk.before)
    return 2 * (above + size + below) >= len(hunk.above) + size + len(hunk.below)


def _hunks(
    path: str, old: Sequence[str], new: Sequence[str], ranges: Sequence[tuple[int, int, int, int]]
) -> tuple[Hunk, ...]:
    now = Occurrences(contents(old))
    hunks = []
    for number, (start, end, new_start, new_end) in enumerate(ranges):
        floor = ranges[number - 1][1] if number else 0
        ceiling = ranges[number + 1][0] if number + 1 < len(ranges) else len(old)
        top, bottom, twins, rank = context(now, (floor, start, end, ceiling))
        before, after = tuple(old[start:end]), tuple(new[new_start:new_end])
        alone = start < end and len(now.of(now.lines[start:end])) == 1
        beside = tuple(old[top:start]), tuple(old[end:bottom])
        hunks.append(
            Hunk(
                _id(path, start + 1, before, after),
                start + 1,
                before,
                after,
                *beside,
                twins,
                alone,
                rank=rank,
            )
        )
    return tuple(hunks)


def context(now: Occurrences, bounds: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """How far up and down the context of a range reaches, how many other places look the same, and its rank.

    `bounds`: floor of the context, start and end of the range, ceiling (0-based, half-open).
    """
    floor, start, end, ceiling = bounds
    top, bottom, alike = start, end, [start]
    for size in _CONTEXTS:
        top, bottom = max(floor, start - size), min(ceiling, end + size)
        alike = now.of(now.lines[top:bottom]) or [top]
        if len(alike) == 1:
            break
    return top, bottom, len(alike) - 1, alike.index(top)


def _same_encoding(old: bytes | None, new: bytes | None) -> tuple[Text, Text]:
    """Both texts in one encoding, in which every mixture of their lines can be written."""
    texts = [decode(data) for data in (old, new) if data is not None]
    encodings = {text.encoding for text in texts}
    encoding: Encoding = texts[0].encoding
    if encodings == {"utf-8", "utf-8-sig"} or (
        encodings == {"utf-8-sig"} and not all(t.lines for t in texts)
    ):
        encoding = "utf-8"
    elif len(encodings) > 1:
        encoding = "latin-1"
    nothing = Text((), encoding)
    before, after = (nothing if data is None else decode_as(data, encoding) for data in (old, new))
    return before, after


def _id(path: str, start: int, before: Sequence[str], after: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps([path, start, before, after]).encode()).hexdigest()[:10]


def sha(data: bytes | None) -> str:
    """What tells a file's bytes from others, in hex; "" where there is no file."""
    return "" if data is None else hashlib.sha256(data).hexdigest()
