"""What Genie keeps on this disk, how much of it, and what may go: private copies and indexes are bounded.

A run's log is never removed but by the user. What another process uses is known by its lock.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..config import StoreSettings, cache_home
from ..errors import WorkbenchError
from ..workbench.copy import erase
from .log import LOG, is_held
from .store import info, run_folder, runs_home

Kind = Literal["copy", "index", "model", "other", "run"]

MB = 1_000_000
KINDS: dict[Kind, str] = {
    "copy": "private copy",
    "index": "index",
    "model": "model",
    "other": "other",
    "run": "run",
}
"""What the kinds are called in a list."""
_NOTE = ".repository"


@dataclass(frozen=True)
class Item:
    """Something on the disk. `about` is the repository that it belongs to, "" where that isn't known.

    `stale`: nobody will miss it, a leftover of a killed run or the index of a repository that is gone.
    """

    kind: Kind
    name: str
    paths: tuple[Path, ...]
    bytes: int
    used: float
    in_use: bool
    about: str
    stale: bool


def workbenches() -> Path:
    """The folder of private copies, each named as its run."""
    return cache_home() / "workbenches"


@contextmanager
def using_index(database: Path, repository: Path) -> Iterator[None]:
    """Within it nobody cleans the index away. A note beside it says whose it is."""
    with suppress(OSError):
        database.parent.mkdir(parents=True, exist_ok=True)
    note = database.with_suffix(_NOTE)
    try:
        file = note.open("a+")
    except OSError:
        yield
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_SH)
        if note.stat().st_size == 0:
            file.write(str(repository.resolve()))
            file.flush()
        os.utime(note)
        yield


def items() -> list[Item]:
    """All that is kept, largest first."""
    found = [*_copies(), *_indexes(), *_others(), *_runs()]
    return sorted(found, key=lambda item: item.bytes, reverse=True)


def size(*paths: Path) -> int:
    """The bytes of disk that files and folders take, hard links counted once. What is gone counts nothing."""
    seen: set[tuple[int, int]] = set()
    total = 0
    for path in paths:
        for status in _statuses(path):
            key = (status.st_dev, status.st_ino)
            if key not in seen:
                seen.add(key)
                total += status.st_blocks * 512
    return total


def sweep(own: str = "") -> None:
    """Removes what killed runs left behind: the copies of runs that no process holds, and that of `own`."""
    for folder in _folders(workbenches()):
        removed(run_folder(folder.name) / LOG, (folder,), folder.name == own)


def make_room(settings: StoreSettings, needed: int, own: str = "") -> None:
    """Removes what is idle, the oldest first, until `needed` more bytes fit. Raises WorkbenchError."""
    bound = settings.megabytes * MB
    if needed > bound:
        raise WorkbenchError(
            f"A private copy of this repository would take {words(needed)}, and Genie's store may have "
            f"{words(bound)}: set `megabytes` under [store] in the settings, or let git ignore what is large "
            "and not needed."
        )
    kept = [item for item in (*_copies(), *_indexes()) if item.name != own]
    taken = sum(item.bytes for item in kept)
    for item in sorted(kept, key=lambda item: (not item.stale, item.used)):
        if taken + needed <= bound:
            return
        if not item.in_use and _gone(item):
            taken -= item.bytes
    if taken + needed > bound:
        raise WorkbenchError(
            f"A private copy of this repository takes {words(needed)}, and what is in use by other runs "
            f"{words(taken)} of the {words(bound)} that Genie's store may have. Wait for them, or set "
            "`megabytes` under [store] in the settings."
        )


def clean(everything: bool = False) -> list[Item]:
    """Removes what is stale, or all copies and indexes that nobody uses; what was removed."""
    wanted = [item for item in (*_copies(), *_indexes()) if (item.stale or everything) and not item.in_use]
    return [item for item in wanted if _gone(item)]


def standing(item: Item) -> str:
    """What becomes of it, in words; "" where nothing does soon."""
    return "in use" if item.in_use else "can be cleaned" if item.stale else ""


def bounded(kept: Iterable[Item], settings: StoreSettings) -> str:
    """How much of what is bounded is taken, as a sentence."""
    taken = sum(item.bytes for item in kept if item.kind in ("copy", "index"))
    return f"Private copies and indexes take {words(taken)} of {words(settings.megabytes * MB)}."


def cleaned(gone: list[Item]) -> str:
    """What was removed, as a sentence."""
    return f"Removed {len(gone)}: {words(sum(item.bytes for item in gone))} are free again."


def words(count: int) -> str:
    """Bytes for a reader."""
    if count < 1e5:
        return f"{count / 1e3:.0f} kB"
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def _copies() -> list[Item]:
    found = []
    for folder in _folders(workbenches()):
        run = run_folder(folder.name)
        in_use = run.is_dir() and is_held(run)
        known = info(run)
        about = known.task.repository if known else ""
        found.append(_item("copy", folder.name, (folder,), in_use, about, not in_use))
    return found


def _indexes() -> list[Item]:
    found = []
    for stem, paths in _by_stem(cache_home() / "index").items():
        note = cache_home() / "index" / f"{stem}{_NOTE}"
        about = note.read_text("utf-8", "replace") if note.is_file() else ""
        stale = bool(about) and not Path(about).is_dir()
        found.append(_item("index", stem, tuple(paths), _is_locked(note), about, stale))
        aside = tuple(path for path in paths if path.name.endswith(".damaged"))
        if aside:
            found.append(_item("index", f"{stem} (damaged)", aside, False, about, True))
    return found


def _by_stem(folder: Path) -> dict[str, list[Path]]:
    """An index's files: the database, what SQLite has beside it, segments, vectors, and our note."""
    stems: dict[str, list[Path]] = {}
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            stems.setdefault(
                path.name.split(".sqlite")[0].split(".vectors")[0].removesuffix(_NOTE), []
            ).append(path)
    return stems


def _others() -> list[Item]:
    known = ("workbenches", "index")
    folders = [folder for folder in _folders(cache_home()) if folder.name not in known]
    return [
        _item("model" if folder.name == "models" else "other", folder.name, (folder,), False, "", False)
        for folder in folders
    ]


def _runs() -> list[Item]:
    found = []
    for folder in _folders(runs_home()):
        known = info(folder)
        about = known.task.repository if known else ""
        found.append(_item("run", folder.name, (folder,), is_held(folder), about, False))
    return found


def _item(kind: Kind, name: str, paths: tuple[Path, ...], in_use: bool, about: str, stale: bool) -> Item:
    return Item(kind, name, paths, size(*paths), _used(paths), in_use, about, stale)


def _used(paths: Iterable[Path]) -> float:
    times = [0.0]
    for path in paths:
        with suppress(OSError):
            times.append(path.lstat().st_mtime)
    return max(times)


def _folders(parent: Path) -> list[Path]:
    try:
        return sorted(path for path in parent.iterdir() if path.is_dir() and not path.is_symlink())
    except OSError:
        return []


def _statuses(path: Path) -> Iterator[os.stat_result]:
    try:
        yield path.lstat()
    except OSError:
        return
    if path.is_dir() and not path.is_symlink():
        for folder, folders, names in os.walk(path):
            for name in (*folders, *names):
                with suppress(OSError):
                    yield Path(folder, name).lstat()


def _is_locked(note: Path) -> bool:
    try:
        with note.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _gone(item: Item) -> bool:
    if item.kind == "copy":
        return removed(run_folder(item.name) / LOG, item.paths)
    return removed(cache_home() / "index" / f"{item.name}{_NOTE}", item.paths)


def removed(lock: Path, paths: Iterable[Path], ours: bool = False) -> bool:
    """Whether the paths are gone. While they are removed nobody can begin to use them: `lock` is held.

    `ours`: this process holds it already.
    """
    try:
        with nullcontext() if ours or not lock.is_file() else lock.open("rb") as file:
            if file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for path in paths:
                erase(path)
    except OSError:
        return False
    return True
