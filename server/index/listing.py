"""Which files of a folder are the project's own."""

import logging
import os
from collections.abc import Collection, Iterator
from pathlib import Path

from ..errors import SetupError
from .git import git

_log = logging.getLogger(__name__)
_JUNK_NAMES = """
.git .hg .svn .jj node_modules bower_components jspm_packages __pycache__ site-packages .venv venv .tox
.nox .mypy_cache .pytest_cache .ruff_cache .hypothesis .eggs .gradle .idea .vs .next .nuxt .cache
.terraform
"""
_JUNK = frozenset(_JUNK_NAMES.split())
_MARKS_OF_JUNK = ("pyvenv.cfg", "CACHEDIR.TAG")


def tracked_files(root: Path, among: Collection[str] = ()) -> list[str]:
    """Paths relative to `root`, with "/", sorted: regular files and links to such inside `root`; all, or
    those `among` a few.

    In a git work tree what git tracks, and what is new and not ignored; submodules are left out. Elsewhere
    everything but the usual dependency and cache folders. A name that isn't UTF-8 is left out.
    """
    listed = _by_git(root, among)
    if listed is None:
        listed = [path for path in _by_walking(root) if not among or path in among]
    inside = root.resolve()
    folders: dict[Path, bool] = {}
    return sorted(path for path in set(listed) if _is_ours(inside, path, folders))


def _by_git(root: Path, among: Collection[str]) -> list[str] | None:
    """None when `root` isn't in a work tree, is ignored there, or git can't be asked."""
    words = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *among)
    try:
        listed = git(root, *words)
        if not listed and (not among or not git(root, *words[: -len(among)])):
            return None
    except SetupError as error:
        _log.info("%s", error)
        return None
    return [os.fsdecode(name) for name in listed.split(b"\0") if name]


def _by_walking(root: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        if here != root and any(mark in names for mark in _MARKS_OF_JUNK):
            folders.clear()
            continue
        folders[:] = [name for name in folders if name not in _JUNK]
        for name in names:
            yield (here / name).relative_to(root).as_posix()


def _is_ours(inside: Path, path: str, folders: dict[Path, bool]) -> bool:
    """`folders` remembers which folders really lie inside: a linked one may lead elsewhere."""
    try:
        path.encode("utf-8")
        file = inside / path
        if file.parent not in folders:
            folders[file.parent] = file.parent.resolve().is_relative_to(inside)
        if not folders[file.parent]:
            return False
        return file.is_file() and (not file.is_symlink() or file.resolve().is_relative_to(inside))
    except (OSError, UnicodeEncodeError, RuntimeError):
        return False
