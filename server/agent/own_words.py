"""The user's own edits of proposed files, held against later patches that would undo them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from ..edits.alignment import differences, differs_at
from ..edits.changes import FileChange, Hunk
from ..edits.occurrences import Occurrences
from ..edits.text import contents, decode
from ..edits.unified import unified
from ..errors import EditError
from ..workbench.files import read
from .desk import Desk


def overwritten(desk: Desk, contents: Mapping[str, bytes | None]) -> dict[str, str]:
    """The user's own lines, or deletions of lines, which `contents` would undo: by path, as a diff.

    They count as long as they stand in the copy as the user left them.
    """
    lost: dict[str, str] = {}
    for edit in desk.run.state.own_words:
        if edit.path not in contents:
            continue
        with suppress(EditError):
            hunks = undone(edit, read(desk.bench, edit.path), contents[edit.path])
            if hunks:
                lost[edit.path] = unified(replace(edit, hunks=hunks))
    return lost


def undone(edit: FileChange, now: bytes | None, new: bytes | None) -> tuple[Hunk, ...]:
    """The hunks of the user's edit that stand in `now` and would not in `new`. Raises EditError."""
    before, after = _lines(now), _lines(new)
    return tuple(hunk for hunk in edit.text_hunks if _is_undone(hunk, before, after))


def _is_undone(hunk: Hunk, now: Occurrences, new: Occurrences) -> bool:
    """Lines are undone when there are fewer of them, and those that change are the user's: a brace alone is
    like any other.
    """
    above, before, after, below = map(contents, (hunk.above, hunk.before, hunk.after, hunk.below))
    if any(line.strip() for line in after):
        spots = now.of(after)
        if len(new.of(after)) >= len(spots):
            return False
        likeness = {at: _likeness(now.lines, at, at + len(after), above, below) for at in spots}
        own = [at for at in spots if likeness[at] == max(likeness.values())]
        changed = [(start, end) for start, end, _, _ in differences(now.lines, new.lines)]
        return any(_touches(one, at, at + len(after)) for one in changed for at in own)
    around = (*above, *before, *below)
    return not after and len(new.of(around)) > len(now.of(around))


def _likeness(lines: Sequence[str], start: int, end: int, above: Sequence[str], below: Sequence[str]) -> int:
    """How many lines right beside a place are those that were beside the hunk."""
    return differs_at(lines[:start][::-1], above[::-1]) + differs_at(lines[end:], below)


def _touches(changed: tuple[int, int], start: int, end: int) -> bool:
    """Whether the changed lines, or what comes in before one of them, are among those from `start` on."""
    first, last = changed
    return start < first < end if first == last else first < end and start < last


def _lines(data: bytes | None) -> Occurrences:
    return Occurrences([] if data is None else contents(decode(data).lines))
