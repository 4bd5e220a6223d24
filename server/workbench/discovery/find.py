"""Chooses among what was found: the project nearest to the files that a task is about."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..frameworks.table import started_by
from .ecosystems import ECOSYSTEMS, Ecosystem
from .files import first_there, folders
from .python import python_command

_DEEPEST = 3


@dataclass(frozen=True)
class TestsFound:
    """How the tests are run. `reason` says in a sentence's words why; `framework` is "" where none is known,
    and results are then told by the exit status. `folder` is relative to the repository, "" for its root."""

    command: str
    reason: str
    framework: str = ""
    folder: str = ""


@dataclass(frozen=True)
class _Project:
    """An ecosystem's tests in a folder."""

    folder: str
    ecosystem: Ecosystem
    command: str
    why: str


async def find_tests(root: Path, near: Sequence[str] = ()) -> TestsFound | None:
    """How the tests of the user's repository at `root` are run, or None.

    `near` are files that a task is about, likeliest first: in a repository of several projects they choose.
    A project that gathers others of its kind (a workspace) is taken whole.
    """
    votes: dict[tuple[str, str], float] = {}
    projects: dict[tuple[str, str], _Project] = {}
    for place, path in enumerate(near):
        project = _around(root, path)
        if project:
            key = (project.folder, project.ecosystem.name)
            projects[key] = project
            votes[key] = votes.get(key, 0.0) + 1 / (place + 1)
    chosen = projects[max(votes, key=lambda key: votes[key])] if votes else _first(root)
    return await _completed(root, chosen, bool(votes)) if chosen else None


def _around(root: Path, path: str) -> _Project | None:
    """The nearest project of the file's own language, or the one that gathers it."""
    suffix = PurePosixPath(path).suffix
    fit = [one for one in ECOSYSTEMS if suffix in one.suffixes]
    found: _Project | None = None
    for folder in map(str, PurePosixPath(path).parents):
        place = "" if folder == "." else folder
        for one in fit:
            if found and (found.ecosystem is not one or not _gathers(root, place, one)):
                continue
            found = _project(root, place, one) or found
    return found


def _gathers(root: Path, folder: str, ecosystem: Ecosystem) -> bool:
    """Whether the folder's command runs the projects below it too, and tells each test."""
    if ecosystem.name == "JavaScript":
        found = ecosystem.find(root, root / folder) if (root / folder / "package.json").is_file() else None
        return found is not None and started_by(found[0], root / folder) is not None
    return ecosystem.gathers(root / folder)


def _project(root: Path, folder: str, ecosystem: Ecosystem) -> _Project | None:
    """A folder below the root counts only with a mark: tests/ alone is no project."""
    if folder and not first_there(root / folder, ecosystem.marks):
        return None
    found = ecosystem.find(root, root / folder)
    return _Project(folder, ecosystem, *found) if found else None


def _first(root: Path) -> _Project | None:
    """The root's own tests, else those of the first project below."""
    return next(_projects(root, ""), None) or next(
        (one for folder in folders(root, _DEEPEST) for one in _projects(root, folder)), None
    )


def _projects(root: Path, folder: str) -> Iterator[_Project]:
    yield from (one for ecosystem in ECOSYSTEMS if (one := _project(root, folder, ecosystem)))


async def _completed(root: Path, project: _Project, nearest: bool) -> TestsFound:
    command, why = project.command, project.why
    if project.ecosystem.name == "Python":
        command, why = await python_command(root, root / project.folder, why)
    found = started_by(command, root / project.folder)
    framework = found[0].name if found else "pytest" if command.endswith("-m pytest") else ""
    if project.folder:
        command = f"cd {shlex.quote(project.folder)} && {command}"
        by = "the project nearest to what the task is about" if nearest else "the first project with tests"
        why = f"{why} in {project.folder}, {by}"
    return TestsFound(command, why, framework, project.folder)
