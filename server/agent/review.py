"""A proposal reaches the user's checkout from the terminal: all of its hunks, or none of a file's."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ..edits.changes import FileChange, mode_by
from ..errors import EditError, UsageError, WorkbenchError
from ..workbench.files import mode_with
from .events import Decision, HunkDecided
from .log import Run
from .proposal import merged
from .state import accepted, hunk_ids, rejected


@dataclass(frozen=True)
class Applied:
    """What reached the checkout, and why other files didn't, as sentences."""

    paths: tuple[str, ...]
    problems: tuple[str, ...]


def accept(run: Run) -> Applied:
    """Writes every hunk that is neither rejected nor accepted yet into the user's files, and records it.

    Each file is written whole and at once, or not at all. Raises UsageError when there is nothing to apply.
    """
    state = run.state
    if state.task is None or not state.changes:
        raise UsageError("This run proposes no change.")
    open_hunks = hunk_ids(state.changes) - rejected(state) - accepted(state)
    if not open_hunks:
        raise UsageError("Every hunk of this run is accepted or rejected already.")
    root = Path(state.task.repository)
    paths: list[str] = []
    problems: list[str] = []
    for change in state.changes:
        keep = {hunk.id for hunk in change.hunks} & open_hunks
        problem = _accept_file(root, change, keep) if keep else ""
        decision: Decision = "conflict" if problem else "accepted"
        for one in sorted(keep):
            run.record(HunkDecided(one, decision, problem))
        if problem:
            problems.append(f"{change.path}: {problem}")
        elif keep:
            paths.append(change.path)
    return Applied(tuple(paths), tuple(problems))


def _accept_file(root: Path, change: FileChange, keep: set[str]) -> str:
    """Writes one file; why not, in words, when it can't be."""
    path = root / change.path
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            return "leads out of the repository"
        old = path.read_bytes() if path.exists() else None
        mode = mode_by(change, keep)
        if old is None and mode is not None and change.kind == "modified":
            return "The file is no longer there."
        replace_file(path, merged(old, change, keep), mode)
    except (EditError, WorkbenchError) as error:
        return str(error)
    except OSError as error:
        return f"can't be written: {error.strerror}"
    return ""


def replace_file(path: Path, data: bytes | None, mode: int | None = None) -> None:
    """Puts `data` in the place of the file at once (None: deletes it). Raises OSError.

    `mode` tells whether it shall be executable; without one it keeps its mode.
    """
    if data is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".genie-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        present = path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~_umask()
        Path(name).chmod(mode_with(present, mode))
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
