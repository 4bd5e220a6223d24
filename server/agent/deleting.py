"""Removing a run for good: what goes with it is told before, and nothing of the user's own files does."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError
from .log import LOG, is_held
from .proposed_files import PROPOSED
from .storage import removed, size, words, workbenches
from .store import find_run


@dataclass(frozen=True)
class Going:
    """All that is Genie's of a run: its folder, with those of its candidates, and private copies.

    `bytes` are those of the disk.
    """

    folder: Path
    candidates: tuple[Path, ...]
    copies: tuple[Path, ...]
    bytes: int


def going(name: str) -> Going:
    """What goes with the run. Raises UsageError for none, or one that is worked on."""
    folder = find_run(name)
    candidates = tuple(sorted(log.parent for log in folder.glob(f"candidates/*/{LOG}")))
    for one in (folder, *candidates):
        if is_held(one):
            raise UsageError(f"{one.name} is being worked on: stop it first.")
    copies = tuple(filter(Path.is_dir, (workbenches() / one.name for one in (folder, *candidates))))
    return Going(folder, candidates, copies, size(folder, *copies))


def told(gone: Going) -> str:
    """In words, e.g. "its log, plan and proposed files, 2 candidates, 1 private copy: 13.2 MB"."""
    own = ["log", "plan", *(["proposed files"] if (gone.folder / PROPOSED).is_dir() else [])]
    parts = [
        f"its {', '.join(own[:-1])} and {own[-1]}",
        *_counted(gone.candidates, "candidate", "candidates"),
        *_counted(gone.copies, "private copy", "private copies"),
    ]
    return f"{', '.join(parts)}: {words(gone.bytes)}"


def delete_run(gone: Going) -> None:
    """Removes it. Raises UsageError when somebody works on it by now."""
    if not removed(gone.folder / LOG, (*gone.copies, gone.folder)):
        raise UsageError(f"{gone.folder.name} is being worked on, or can't be removed.")


def _counted(what: Iterable[Path], one: str, more: str) -> list[str]:
    count = len(tuple(what))
    return [f"{count} {one if count == 1 else more}"] if count else []
