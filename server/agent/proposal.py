"""The proposal: how the private copy differs from the user's files, and what the user says of it."""

from collections.abc import Mapping

from ..edits.changes import FileChange, diff, patched
from ..errors import EditError, WorkbenchError
from ..workbench.copy import Workbench
from ..workbench.files import base_bytes, changed, read, write
from .desk import Desk
from .events import PatchProposed, Warned
from .state import rejected


def propose(desk: Desk, contents: Mapping[str, bytes | None], reason: str) -> None:
    """Writes `contents` into the copy and records the whole change against the user's files.

    Raises WorkbenchError for a path that leaves the copy; then nothing was written.
    """
    for path in contents:
        read(desk.bench, path)
    for path, data in contents.items():
        write(desk.bench, path, data)
    desk.run.record(PatchProposed(changes_of(desk.bench), reason))


def changes_of(bench: Workbench) -> tuple[FileChange, ...]:
    """The copy's difference to the user's files, in the order of paths."""
    pairs = sorted(changed(bench).items())
    return tuple(change for path, (old, new) in pairs if (change := diff(path, old, new)))


def rejected_again(desk: Desk, contents: Mapping[str, bytes | None]) -> str:
    """The path of a hunk which the user rejected and `contents` would bring back; "" when there is none."""
    decisions = desk.run.state.decisions
    no = {hunk for hunk, event in decisions.items() if event.decision == "rejected"}
    for path, data in contents.items():
        change = diff(path, base_bytes(desk.bench, path), data)
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
            write(desk.bench, change.path, patched(old, change, keep) if keep else old)
    desk.run.record(PatchProposed(changes_of(desk.bench), state.reason))


def replay(desk: Desk) -> None:
    """Brings a resumed run's proposal into a fresh copy. What no longer fits the user's files is said."""
    state = desk.run.state
    lost: list[str] = []
    for change in state.changes:
        keep = {hunk.id for hunk in change.hunks} - rejected(state)
        try:
            write(desk.bench, change.path, patched(base_bytes(desk.bench, change.path), change, keep))
        except (EditError, WorkbenchError):
            lost.append(change.path)
    if lost:
        desk.run.record(
            Warned(f"Changed since the run was interrupted, so its patch no longer fits: {', '.join(lost)}.")
        )
    if state.changes:
        desk.run.record(PatchProposed(changes_of(desk.bench), state.reason))
