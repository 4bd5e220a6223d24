"""The files as they are proposed, beside the run's log, where the user may edit them: an edit of a hunk."""

from contextlib import suppress
from pathlib import Path

from ..edits.changes import PLAIN, FileChange, diff
from ..edits.merging import merged
from ..errors import EditError, WorkbenchError
from ..replacing import replace_file
from ..workbench.files import read, write
from .desk import Desk
from .events import Event, PatchProposed, Warned
from .log import Run
from .proposal import changes_of
from .state import RunState, accepted, hunk_ids, rejected
from .steering import FileEdited

PROPOSED = "proposed"
"""The folder in a run's folder; what Genie wrote there last lies in BASE, so that an edit of it is known."""

BASE = ".base"
LARGEST = 5_000_000


class ProposedFiles:
    """Keeps the folder and the proposal the same, as KeptFile does for a file."""

    kinds: tuple[type[Event], ...] = (PatchProposed,)

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._fresh: dict[str, tuple[int, int]] = {}
        self._same: dict[str, tuple[int, int]] = {}
        self.write()

    def look(self) -> bool:
        """Records what the user saved, once two looks find the same. True calls for another look.

        While nobody works on the copy, as when the model speaks or a question waits, it is in the proposal at
        once; else when the call under way is done.
        """
        again = False
        for path in sorted(_shown(self._desk.run)):
            stamp = _stamp(self._desk.run.folder / PROPOSED / path)
            if self._same.get(path) == stamp:
                continue
            if edit_of(self._desk.run, path) is None:
                self._same[path] = stamp
                continue
            if self._fresh.get(path) != stamp:
                self._fresh[path], again = stamp, True
                continue
            take_in(self._desk.run, path)
        if not self._desk.in_use.locked():
            carry_in(self._desk)
        return again

    def write(self) -> None:
        """Writes the files as they are proposed now, but for those that hold an edit which isn't taken in."""
        run = self._desk.run
        wanted = {change.path for change in run.state.changes if change.kind != "deleted"}
        for path in wanted | _shown(run):
            if edit_of(run, path) is None and not run.state.own_edits:
                data = None
                with suppress(WorkbenchError):
                    data = read(self._desk.bench, path) if path in wanted else None
                show(run, path, data)


def show(run: Run, path: str, data: bytes | None) -> None:
    """Writes one file as it is proposed (None: it isn't any more), and what to know an edit of it by."""
    with suppress(OSError):  # A full disk costs the view of the proposal, not the run.
        for place in (run.folder / PROPOSED / path, run.folder / PROPOSED / BASE / path):
            if _bytes(place) != data:
                replace_file(place, data, PLAIN)


def edit_of(run: Run, path: str) -> FileChange | None:
    """What the user has made of a proposed file and wasn't taken in yet."""
    base, now = (_bytes(run.folder / PROPOSED / part / path) for part in (BASE, ""))
    if base is None or now is None or base == now:
        return None
    with suppress(EditError):
        return diff(path, base, now)
    return None


def take_in(run: Run, path: str) -> None:
    """Records the user's edit of a proposed file, once, however often the run is killed meanwhile."""
    change = edit_of(run, path)
    if change is None:
        return
    if not any(isinstance(one.event, FileEdited) and one.event.change == change for one in run.records):
        run.record(FileEdited(change))
    with suppress(OSError):
        replace_file(run.folder / PROPOSED / BASE / path, _bytes(run.folder / PROPOSED / path), PLAIN)


def carry_in(desk: Desk) -> None:
    """Brings the user's edits into the copy and the proposal; what fits no more is said."""
    edits = desk.run.state.own_edits
    for edit in edits:
        path = edit.change.path
        try:
            now = read(desk.bench, path)
            write(desk.bench, path, merged(now, edit.change, hunk_ids([edit.change])).data)
        except (EditError, WorkbenchError) as error:
            _put_aside(desk.run, path, str(error))
    if edits:
        desk.run.record(PatchProposed(changes_of(desk.bench), desk.run.state.reason, by="user"))


def take_in_at_rest(run: Run) -> None:
    """The same for a run that nobody works on: its proposal is made anew against the user's present files."""
    for path in sorted(_shown(run)):
        take_in(run, path)
    state = run.state
    if not state.own_edits or state.task is None:
        return
    changes = {change.path: change for change in state.changes}
    for edit in state.own_edits:
        path = edit.change.path
        try:
            old = _bytes(Path(state.task.repository, path))
            before = _proposed(old, changes.get(path), state)
            new = merged(before, edit.change, hunk_ids([edit.change])).data
            change = diff(path, old, new)
        except EditError as error:
            _put_aside(run, path, str(error))
            continue
        if change:
            changes[path] = change
        else:
            changes.pop(path, None)
    ordered = tuple(changes[path] for path in sorted(changes))
    run.record(PatchProposed(ordered, state.reason, by="user"))


def refresh(run: Run, path: str, data: bytes) -> None:
    """Shows a file of a run that rests as it is proposed now, unless it holds an edit of the user's."""
    if edit_of(run, path) is None and not run.state.own_edits:
        show(run, path, data)


def _put_aside(run: Run, path: str, why: str) -> None:
    aside = run.folder / PROPOSED / f"{path}.yours"
    with suppress(OSError):
        replace_file(aside, _bytes(run.folder / PROPOSED / path), PLAIN)
    run.record(Warned(f"Your edit of the proposed {path} no longer fits: {why} It is kept as {aside}."))


def _proposed(old: bytes | None, change: FileChange | None, state: RunState) -> bytes | None:
    if change is None:
        return old
    return merged(old, change, hunk_ids([change]) - rejected(state) - accepted(state)).data


def _shown(run: Run) -> set[str]:
    base = run.folder / PROPOSED / BASE
    return {path.relative_to(base).as_posix() for path in base.rglob("*") if path.is_file()}


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.stat().st_size <= LARGEST else None
    except OSError:
        return None


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
