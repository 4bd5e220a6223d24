"""The private copy: made from the user's present state, forked for parallel work, put back after tests.

On disk a workbench is `folder/base` (the user's state, never run in), `folder/tree` (where patches are
written and commands run) and `folder/scratch` (results of tests). Forks share the base.
"""

import asyncio
import errno
import os
import shutil
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import WorkbenchError
from .clone import Signature, copy_files, shares_blocks, signature
from .listing import list_repository

BASE = "base"
"""The folder of a workbench in which the user's state lies as it was."""


@dataclass(frozen=True)
class Workbench:
    """A private copy at `root` of the user's repository at `repository`.

    `files` were copied in `seconds`; `ignored` are the ignored folders of the user's repository (relative)
    that commands reach read-only. `written` holds the patches (None: deleted), `manifest` the signature that
    each file of the tree has while no test has touched it; both are kept by this room alone.
    """

    root: Path
    repository: Path
    files: int
    seconds: float
    ignored: tuple[str, ...]
    base: Path
    scratch: Path
    written: dict[str, bytes | None] = field(repr=False, compare=False)
    manifest: dict[str, Signature] = field(repr=False, compare=False)


async def make(repository: Path, folder: Path, fits: Callable[[int], None] | None = None) -> Workbench:
    """Copies the user's present state into `folder`, which must be new or empty.

    `fits` is called before with the bytes of disk that the copy will take, and raises what it likes. Raises
    SetupError if `repository` can't be copied, WorkbenchError if `folder` can't be filled.
    """
    began = time.monotonic()
    listing = await list_repository(repository)
    if fits:
        await asyncio.to_thread(lambda: fits(_needed(listing.top, listing.files, folder)))
    base, tree = folder / BASE, folder / "tree"
    manifest = await _fill(folder, lambda stop: _copy(listing.top, listing.files, (base, tree), stop))
    seconds = time.monotonic() - began
    return Workbench(
        tree, listing.top, len(manifest), seconds, listing.ignored, base, folder / "scratch", {}, manifest
    )


async def fork(bench: Workbench, folder: Path) -> Workbench:
    """Another tree in `folder` with the same base and patches. Raises WorkbenchError."""
    began = time.monotonic()
    tree = folder / "tree"

    def fill(stop: threading.Event) -> dict[str, Signature]:
        paths = [path for path in bench.manifest if path not in bench.written]
        return _copy(bench.base, tuple(paths), (tree,), stop)

    manifest = await _fill(folder, fill)
    twin = Workbench(
        tree,
        bench.repository,
        len(manifest),
        time.monotonic() - began,
        bench.ignored,
        bench.base,
        folder / "scratch",
        dict(bench.written),
        manifest,
    )
    for path, data in bench.written.items():
        if data is not None:
            place(twin, path, data, bench.manifest[path].mode)
    return twin


async def restore(bench: Workbench) -> None:
    """Brings the tree back to base + written patches, whatever a command did to it. Raises WorkbenchError.

    No command may be running in it.
    """
    with disk_errors():
        await asyncio.to_thread(put_back, bench)


async def discard(bench: Workbench) -> None:
    """Removes the tree, and the base if it is this workbench's own."""
    await asyncio.to_thread(erase, bench.root.parent)


def put_back(bench: Workbench) -> None:
    """What `restore` does, for callers in a thread already. Raises OSError."""
    folders = {""}
    for path in bench.manifest:
        parent = os.path.dirname(path)
        while parent not in folders:
            folders.add(parent)
            parent = os.path.dirname(parent)
    intact: set[str] = set()
    _sweep(bench, "", folders, intact)
    for path in [path for path in bench.manifest if path not in intact]:
        data = bench.written.get(path)
        if data is not None:
            place(bench, path, data, bench.manifest[path].mode)
        else:
            bench.manifest.update(copy_files(bench.base, (path,), (bench.root,)))


def place(bench: Workbench, path: str, data: bytes, mode: int) -> None:
    """Puts `data` at `path` of the tree in one step and notes its signature. Raises OSError."""
    target = os.path.join(bench.root, path)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    beside = f"{target}.genie-{os.getpid()}"
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(handle, mode)
        os.replace(beside, target)
    except BaseException:
        erase(Path(beside))
        raise
    bench.manifest[path] = signature(os.lstat(target))


def _sweep(bench: Workbench, folder: str, folders: set[str], intact: set[str]) -> None:
    """Removes what doesn't belong below `folder` and collects what is untouched. Follows no symlink."""
    where = os.path.join(bench.root, folder)
    try:
        entries = list(os.scandir(where))
    except FileNotFoundError:
        os.makedirs(where, exist_ok=True)
        return
    except PermissionError:
        os.chmod(where, 0o700)
        entries = list(os.scandir(where))
    for entry in entries:
        path = f"{folder}/{entry.name}" if folder else entry.name
        if entry.is_dir(follow_symlinks=False):
            if path in folders:
                _sweep(bench, path, folders, intact)
            else:
                erase(Path(entry.path))
        elif bench.manifest.get(path) == signature(entry.stat(follow_symlinks=False)):
            intact.add(path)
        else:
            os.unlink(entry.path)


def erase(path: Path) -> None:
    """Removes a file, or a folder with all that is in it even where modes forbid it."""
    try:
        if path.is_symlink() or not path.is_dir():
            path.unlink(missing_ok=True)
        else:
            shutil.rmtree(path)
    except PermissionError:
        os.chmod(path, 0o700)
        for folder, names, _ in os.walk(path):
            for name in names:
                inner = os.path.join(folder, name)
                if stat.S_ISDIR(os.lstat(inner).st_mode):
                    os.chmod(inner, 0o700)
        shutil.rmtree(path)


@contextmanager
def disk_errors() -> Iterator[None]:
    """Within it an OSError becomes a WorkbenchError in a user's words."""
    try:
        yield
    except OSError as error:
        raise WorkbenchError(words_of(error)) from error


def words_of(error: OSError) -> str:
    """A sentence for the user: what failed and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk with Genie's private copy is full: free some space, or move it with GENIE_HOME."
    return f"Genie's private copy failed: {error.strerror or error} ({error.filename or 'no file named'})."


def _copy(
    source: Path, paths: tuple[str, ...], targets: tuple[Path, ...], stop: threading.Event
) -> dict[str, Signature]:
    for target in targets:
        target.mkdir(parents=True)
    (targets[-1].parent / "scratch").mkdir()
    return copy_files(source, paths, targets, stop)


FOLDER_BYTES = 4096
"""What a folder takes on usual file systems."""


def _needed(source: Path, paths: tuple[str, ...], folder: Path) -> int:
    """Bytes of disk that the base and the tree will take: next to none where they share blocks."""
    sizes = []
    for path in paths:
        with suppress(OSError):
            sizes.append((os.lstat(source / path).st_blocks * 512, path))
    if sizes and shares_blocks(source / max(sizes)[1], folder):
        return 0
    folders: set[str] = set()
    for path in paths:
        parent = os.path.dirname(path)
        while parent not in folders:
            folders.add(parent)
            parent = os.path.dirname(parent)
    return 2 * (sum(taken for taken, _ in sizes) + FOLDER_BYTES * len(folders))


def _is_used(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


async def _fill(
    folder: Path, fill: Callable[[threading.Event], dict[str, Signature]]
) -> dict[str, Signature]:
    """Runs `fill` in a thread; if it fails or is cancelled, nothing of `folder` stays."""
    if _is_used(folder):
        raise WorkbenchError(f"{folder} is in use already; a private copy needs a folder of its own.")
    stop = threading.Event()
    work = asyncio.ensure_future(asyncio.to_thread(fill, stop))
    try:
        with disk_errors():
            return await asyncio.shield(work)
    except BaseException:
        stop.set()
        await asyncio.gather(work, return_exceptions=True)
        await asyncio.to_thread(erase, folder)
        raise
