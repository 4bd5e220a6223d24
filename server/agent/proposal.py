"""The proposal: how the private copy differs from the user's files, and what the user says of it."""

from collections.abc import Mapping
from contextlib import suppress

from ..edits.changes import FileChange, diff, mode_by, patched
from ..edits.merging import merged
from ..errors import EditError, WorkbenchError
from ..workbench.copy import Workbench
from ..workbench.files import base_bytes, base_mode, changed, git_mode, new_mode, read, write
from .desk import Desk
from .events import PatchProposed, Warned
from .state import accepted, rejected


def propose(
    desk: Desk, contents: Mapping[str, bytes | None], reason: str, modes: Mapping[str, int] | None = None
) -> None:
    """Writes `contents` and `modes` into the copy and records the whole change against the user's files.

    Raises WorkbenchError for a path that leaves the copy, EditError for a binary file (which no reader could
    review); then nothing was written. A mode of a file that isn't there is left out.
    """
    modes = modes or {}
    for path, data in contents.items():
        read(desk.bench, path)
        diff(path, base_bytes(desk.bench, path), data)
    for path, data in contents.items():
        write(desk.bench, path, data, modes.get(path))
    for path in modes.keys() - contents.keys():
        present = read(desk.bench, path)
        if present is not None:
            write(desk.bench, path, present, modes[path])
    desk.run.record(PatchProposed(changes_of(desk.bench), reason))


def changes_of(bench: Workbench) -> tuple[FileChange, ...]:
    """The copy's difference to the user's files, in the order of paths."""
    pairs = sorted(changed(bench).items())
    return tuple(
        change for path, (old, new) in pairs if (change := diff(path, old, new, new_mode(bench, path)))
    )


def rejected_again(
    desk: Desk, contents: Mapping[str, bytes | None], modes: Mapping[str, int] | None = None
) -> str:
    """The path of a hunk which the user rejected and that would be brought back; "" when there is none.

    A binary file has no hunks.
    """
    bench, modes = desk.bench, modes or {}
    decisions = desk.run.state.decisions
    no = {hunk for hunk, event in decisions.items() if event.decision in ("rejected", "undone")}
    for path in {**contents, **modes}:
        mode = modes.get(path)
        if mode is not None and git_mode(mode) == base_mode(bench, path):
            mode = None
        data = contents[path] if path in contents else read(bench, path)
        with suppress(EditError):
            change = diff(path, base_bytes(bench, path), data, mode)
            if change and no & {hunk.id for hunk in change.hunks}:
                return path
    return ""


def take_back_rejected(desk: Desk) -> None:
    """Removes rejected hunks from the copy and records what is left of the proposal."""
    state = desk.run.state
    gone = rejected(state)
    if not gone:
        return
    for change in state.changes:
        if gone & {hunk.id for hunk in change.hunks}:
            keep = {hunk.id for hunk in change.hunks} - gone
            old = base_bytes(desk.bench, change.path)
            mode = mode_by(change, keep) or base_mode(desk.bench, change.path)
            write(desk.bench, change.path, patched(old, change, keep) if keep else old, mode)
    desk.run.record(PatchProposed(changes_of(desk.bench), state.reason))


def replay(desk: Desk) -> None:
    """Brings what is open of a resumed run's proposal into a fresh copy; what no longer fits is said.

    Accepted hunks are in the user's files, and so in the copy, already.
    """
    state = desk.run.state
    lost: list[str] = []
    for change in state.changes:
        keep = {hunk.id for hunk in change.hunks} - rejected(state) - accepted(state)
        try:
            if keep:
                data = merged(base_bytes(desk.bench, change.path), change, keep).data
                write(desk.bench, change.path, data, mode_by(change, keep))
        except (EditError, WorkbenchError):
            lost.append(change.path)
    if lost:
        desk.run.record(Warned(f"The patch no longer fits, since the file has changed: {', '.join(lost)}."))
    if state.changes:
        desk.run.record(PatchProposed(changes_of(desk.bench), state.reason))
