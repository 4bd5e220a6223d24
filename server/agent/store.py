"""Where runs lie: one folder a run under the user's data folder, named by time and task."""

import re
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from mmap import ACCESS_READ, mmap
from pathlib import Path

from ..config import data_home
from ..errors import RunLogError, UsageError
from .events import Event, Finished, Resumed, TaskGiven
from .log import LOG, from_json
from .steering import Branched, TaskEdited


@dataclass(frozen=True)
class RunInfo:
    """A run as a list shows it. `at` is its start (RFC 3339, UTC); `finished` is None while it isn't.

    The text in `task` is as last edited. `branched` says of which run it is a branch, and of which of its
    events.
    """

    id: str
    folder: Path
    at: str
    task: TaskGiven
    finished: Finished | None
    branched: Branched | None = None


def runs_home() -> Path:
    """The folder of all runs."""
    return data_home() / "runs"


def candidate_folder(name: str) -> Path:
    """The folder of a run's candidate, which is called as the run with a number after a dot."""
    return runs_home() / name.rpartition(".")[0] / "candidates" / name


def run_folder(name: str) -> Path:
    """The folder of the run, or of the candidate of one, that is called `name`."""
    return candidate_folder(name) if "." in name else runs_home() / name


def new_folder(task: str) -> Path:
    """A name that no run has, for a run of `task`: sortable by time, and telling."""
    words = re.findall(r"[a-z0-9]+", task.lower())[:5]
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    while True:
        folder = runs_home() / "-".join([stamp, *words, secrets.token_hex(2)])
        if not folder.exists():
            return folder


def title(task: str, width: int = 72) -> str:
    """The first line of the task that says something, shortened to `width` characters."""
    lines = (line.strip().lstrip("#").strip() for line in task.splitlines())
    first = next((line for line in lines if line), "")
    return first if len(first) <= width else first[: width - 1].rstrip() + "…"


def list_runs(repository: Path | None = None) -> list[RunInfo]:
    """All runs, newest first; only those of `repository` when it is given. Unreadable ones are left out."""
    folders = sorted(runs_home().glob("*/" + LOG), reverse=True)
    infos = (info(log.parent) for log in folders)
    wanted = str(repository.resolve()) if repository else None
    return [one for one in infos if one and (wanted is None or one.task.repository == wanted)]


def info(folder: Path) -> RunInfo | None:
    """What a list shows of the run in `folder`; None when its log can't be read that far."""
    try:
        with (folder / LOG).open("rb") as file:
            first = from_json(file.readline().decode("utf-8", "replace"))
            with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
                edited = _last(data, TaskEdited)
                end = _last(data, Finished, Resumed, Branched)
                branched = _last(data, Branched)
    except (OSError, RunLogError):
        return None
    task = first.event
    if not isinstance(task, TaskGiven):
        return None
    return RunInfo(
        folder.name,
        folder,
        first.at,
        replace(task, text=edited.text) if isinstance(edited, TaskEdited) else task,
        end if isinstance(end, Finished) else None,
        branched if isinstance(branched, Branched) else None,
    )


def find_run(name: str) -> Path:
    """The folder of the run that `name` names, wholly, by a unique part, or as "last". Raises UsageError.

    With ".2" after it, it is the run's second candidate.
    """
    whole, dot, number = name.rpartition(".")
    if dot:
        folder = candidate_folder(f"{find_run(whole).name}.{number}")
        if not (folder / LOG).is_file():
            raise UsageError(f"The run {whole!r} has no candidate {number}.")
        return folder
    folders = sorted(log.parent for log in runs_home().glob("*/" + LOG))
    if name == "last" and folders:
        return folders[-1]
    hits = [folder for folder in folders if folder.name == name] or [f for f in folders if name in f.name]
    if len(hits) == 1:
        return hits[0]
    if not hits:
        raise UsageError(f"There is no run {name!r}; `genie runs` lists them.")
    raise UsageError(f"{name!r} fits {len(hits)} runs; give more of the name.")


def last_event(folder: Path, kind: type[Event]) -> Event | None:
    """The last event of a kind in the log of the run in `folder`. Raises OSError, RunLogError."""
    with (folder / LOG).open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        return _last(data, kind)


def _last(data: mmap, *kinds: type[Event]) -> Event | None:
    """The last event of these kinds in a log, without reading all of it. A torn last line doesn't count.

    No text in a record can look like the mark of a kind, since its quotes are escaped.
    """
    end = data.rfind(b"\n") + 1
    mark = max(data.rfind(f'"kind": "{kind.__name__}"'.encode(), 0, end) for kind in kinds)
    if mark < 0:
        return None
    line = data[data.rfind(b"\n", 0, mark) + 1 : data.find(b"\n", mark)]
    return from_json(line.decode("utf-8", "replace")).event
