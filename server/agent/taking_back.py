"""Taking accepted hunks out of a file again, the last one first, whatever has become of the rest of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ..edits.changes import FileChange, place
from ..edits.merging import merged
from ..edits.text import decode
from ..errors import EditError
from ..workbench.files import mode_with
from .state import RunState, Taken


@dataclass(frozen=True)
class TakenBack:
    """A file without hunks that were accepted: its bytes (None: no file) and permission bits.

    `done` are the hunks that are out of it now, `problems` says of each other one why not.
    """

    data: bytes | None
    mode: int
    done: tuple[str, ...]
    problems: dict[str, str]


def by_path(state: RunState, hunks: Collection[str]) -> dict[str, list[str]]:
    """The accepted hunks among `hunks` by their file, the last accepted first."""
    found: dict[str, list[str]] = {}
    for hunk, one in reversed(state.taken.items()):
        if hunk in hunks:
            found.setdefault(one.path, []).append(hunk)
    return found


def taken_back(data: bytes | None, mode: int, hunks: Sequence[Taken]) -> TakenBack:
    """The file (`data`, `mode`) without `hunks`, in this order. Nothing that the user wrote since is lost."""
    done: list[str] = []
    problems: dict[str, str] = {}
    for one in hunks:
        try:
            if not _is_out(data, one):
                data, mode = _without(data, mode, one.back)
            done.append(one.hunk.id)
        except EditError as error:
            problems[one.hunk.id] = str(error)
    return TakenBack(data, mode, tuple(done), problems)


def _without(data: bytes | None, mode: int, back: FileChange) -> tuple[bytes | None, int]:
    (hunk,) = back.hunks
    made = merged(data, back, {hunk.id}, mode)
    if hunk.mode is None:
        return made.data, mode
    if back.kind == "created" or mode == mode_with(hunk.mode, mode):
        return made.data, hunk.mode
    return made.data, mode_with(mode, hunk.mode)


def _is_out(data: bytes | None, one: Taken) -> bool:
    """Whether the user has taken it out already, by hand or by the editor's undo."""
    (back,) = one.back.hunks
    if one.back.kind == "deleted":
        return data is None
    if one.back.kind == "created" or back.is_mode or data is None:
        return False
    lines = decode(data).lines
    try:
        place(back, lines)
    except EditError:
        return _stands(one, lines)
    return False


def _stands(one: Taken, lines: Sequence[str]) -> bool:
    """Whether what was there before is there again, with all that was beside it."""
    try:
        place(replace(one.hunk, alone=False), lines)
    except EditError:
        return False
    return True
