"""A proposal reaches the user's checkout from the terminal, hunk by hunk, and is taken back from it."""

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from ..edits.changes import FileChange, mode_by
from ..edits.merging import merged
from ..errors import EditError, UsageError, WorkbenchError
from ..replacing import replace_file
from ..workbench.files import mode_with
from .events import HunkDecided
from .log import Run
from .state import accepted, rejected
from .taking_back import by_path, taken_back


@dataclass(frozen=True)
class Reviewed:
    """The files that were written, and why others weren't, as sentences."""

    paths: tuple[str, ...]
    problems: tuple[str, ...]


def accept(run: Run, names: Collection[str] = (), path: str = "") -> Reviewed:
    """Writes hunks into the user's files and records it: those that are named, else all that are open.

    Each file is written whole and at once, or not at all. `names` are ids or unique beginnings of them,
    `path` chooses one file's. Raises UsageError when there is nothing to apply, and RunLogError before
    anything is written where it couldn't be recorded.
    """
    state = run.state
    if state.task is None or not state.changes:
        raise UsageError("This run proposes no change.")
    known = {hunk.id: change.path for change in state.changes for hunk in change.hunks}
    wanted = _chosen(known, names, path) - accepted(state)
    if not names:
        wanted -= rejected(state)
    if not wanted:
        raise UsageError("Every hunk that is meant is accepted or rejected already.")
    run.check_room()
    paths: list[str] = []
    problems: list[str] = []
    for change in state.changes:
        keep = [hunk.id for hunk in change.hunks if hunk.id in wanted]
        if not keep:
            continue
        problem = _accept_file(run, change, keep)
        if problem:
            problems.append(f"{change.path}: {problem}")
            for one in keep:
                run.record(HunkDecided(one, "conflict", problem))
        else:
            paths.append(change.path)
    return Reviewed(tuple(paths), tuple(problems))


def reject(run: Run, names: Collection[str] = (), path: str = "", reason: str = "") -> tuple[str, ...]:
    """Records that the user doesn't want hunks: those that are named, else all that are open; their ids.

    Raises UsageError when there is nothing to reject, and for one that is accepted: that is taken back.
    """
    state = run.state
    if not state.changes:
        raise UsageError("This run proposes no change.")
    known = {hunk.id: change.path for change in state.changes for hunk in change.hunks}
    wanted = _chosen(known, names, path)
    if names and wanted & accepted(state):
        raise UsageError("What is accepted can't be rejected: `genie runs undo` takes it back.")
    wanted -= accepted(state) | rejected(state)
    if not wanted:
        raise UsageError("Every hunk that is meant is accepted or rejected already.")
    ordered = tuple(hunk for hunk in known if hunk in wanted)
    for hunk in ordered:
        run.record(HunkDecided(hunk, "rejected", reason))
    return ordered


def undo(run: Run, names: Collection[str] = (), path: str = "") -> Reviewed:
    """Takes accepted hunks out of the user's files again, wherever they now stand, and records it.

    Without `names` and `path` all of the run. One whose lines the user has changed since stays, and the
    problem says so. Raises UsageError when none is accepted.
    """
    state = run.state
    if state.task is None or not state.taken:
        raise UsageError("Nothing of this run is accepted, so there is nothing to take back.")
    wanted = _chosen({hunk: one.path for hunk, one in state.taken.items()}, names, path)
    run.check_room()
    paths: list[str] = []
    problems: list[str] = []
    for name, hunks in by_path(state, wanted).items():
        done, found = _undo_file(run, Path(state.task.repository), name, hunks)
        problems += [f"{name}: {problem}" for problem in dict.fromkeys(found)]
        paths += [name] if done else []
    return Reviewed(tuple(paths), tuple(problems))


def _chosen(known: dict[str, str], names: Collection[str], path: str) -> set[str]:
    """The ids among `known` (id → path) that are meant. Raises UsageError for a name of none or of two."""
    if path and path not in known.values():
        raise UsageError(f"There is no such hunk of {path}; `genie runs show` lists them.")
    chosen = {hunk for hunk, own in known.items() if not path or own == path}
    if not names:
        return chosen
    hits = {name: [hunk for hunk in chosen if hunk.startswith(name)] for name in names}
    for name, found in hits.items():
        if len(found) != 1:
            reason = f"fits {len(found)} hunks" if found else "is no hunk that is meant here"
            raise UsageError(f"{name!r} {reason}; `genie runs show` lists them.")
    return {found[0] for found in hits.values()}


def _accept_file(run: Run, change: FileChange, keep: Collection[str]) -> str:
    """Writes one file; why not, in words, when it can't be."""
    assert run.state.task is not None
    try:
        path = _inside(Path(run.state.task.repository), change.path)
        old = path.read_bytes() if path.exists() else None
        mode = _mode(path)
        made = merged(old, change, keep, mode)
        _put(path, old, made.data, mode_with(mode, mode_by(change, keep)))
    except (EditError, WorkbenchError) as error:
        return str(error)
    except OSError as error:
        return f"can't be written: {error.strerror}"
    for one in keep:
        run.record(HunkDecided(one, "accepted", back=made.back[one]))
    return ""


def _undo_file(run: Run, root: Path, name: str, hunks: Iterable[str]) -> tuple[bool, list[str]]:
    """Whether something was taken back, and why not all."""
    try:
        path = _inside(root, name)
        old = path.read_bytes() if path.exists() else None
        mode = _mode(path)
        made = taken_back(old, mode, [run.state.taken[hunk] for hunk in hunks])
        _put(path, old, made.data, made.mode)
    except WorkbenchError as error:
        return False, [str(error)]
    except OSError as error:
        return False, [f"can't be written: {error.strerror}"]
    for one in made.done:
        run.record(HunkDecided(one, "undone"))
    return bool(made.done), list(made.problems.values())


def _inside(root: Path, name: str) -> Path:
    path = root / name
    if not path.resolve().is_relative_to(root.resolve()):
        raise WorkbenchError("leads out of the repository")
    return path


def _mode(path: Path) -> int:
    """The file's permission bits, or those that a new one gets."""
    return path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~_umask()


def _put(path: Path, old: bytes | None, data: bytes | None, mode: int) -> None:
    if data != old:
        replace_file(path, data, mode)
    elif data is not None and _mode(path) != mode:
        path.chmod(mode)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
