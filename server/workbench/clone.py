"""Copies files fast and never by hard link, since a test could write through one into the user's file."""

import errno
import fcntl
import os
import stat
import sys
import tempfile
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

FICLONE = 0x40049409
"""ioctl of Linux that lets two files share blocks until one is written (linux/fs.h)."""

BLOCK = 1 << 20


@dataclass(frozen=True)
class Signature:
    """What tells that a file is untouched. The change time can't be set back by whoever wrote the file."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    mode: int


class Stopped(Exception):
    """The copy was called off."""


def signature(status: os.stat_result) -> Signature:
    return Signature(
        status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, stat.S_IMODE(status.st_mode)
    )


def copy_files(
    source: Path, paths: Iterable[str], targets: Sequence[Path], stop: threading.Event | None = None
) -> dict[str, Signature]:
    """Copies `paths` from below `source` to below each of `targets` (last one's signatures are returned).

    What is gone, is no file or symlink, or lies behind a symlink in `source` is left out. Raises OSError,
    or Stopped once `stop` is set.
    """
    real_parents = {"": True}
    made: set[tuple[Path, str]] = set()
    reflink = sys.platform == "linux"
    signatures: dict[str, Signature] = {}
    for path in paths:
        if stop is not None and stop.is_set():
            raise Stopped
        parent = os.path.dirname(path)
        status = _status(source, path) if _is_real(source, parent, real_parents) else None
        if status is None:
            continue
        for target in targets:
            if (target, parent) not in made:
                os.makedirs(target / parent, exist_ok=True)
                made.add((target, parent))
        if stat.S_ISLNK(status.st_mode):
            signatures[path] = _copy_link(source, path, targets)
        else:
            signatures[path], reflink = _copy_regular(source, path, targets, reflink)
    return signatures


def _status(source: Path, path: str) -> os.stat_result | None:
    try:
        status = os.lstat(os.path.join(source, path))
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status if stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode) else None


def _is_real(source: Path, parent: str, known: dict[str, bool]) -> bool:
    """Whether every folder on the way is a folder: beyond a symlink we would write outside the target."""
    if parent not in known:
        known[parent] = _is_real(source, os.path.dirname(parent), known) and not os.path.islink(
            os.path.join(source, parent)
        )
    return known[parent]


def _copy_link(source: Path, path: str, targets: Sequence[Path]) -> Signature:
    words = os.readlink(os.path.join(source, path))
    for target in targets:
        os.symlink(words, os.path.join(target, path))
    return signature(os.lstat(os.path.join(targets[-1], path)))


def _copy_regular(source: Path, path: str, targets: Sequence[Path], reflink: bool) -> tuple[Signature, bool]:
    origin = os.open(os.path.join(source, path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        status = os.fstat(origin)
        for target in targets:
            copy = os.open(os.path.join(target, path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                reflink = reflink and _reflink(origin, copy)
                if not reflink:
                    _copy_bytes(origin, copy)
                os.fchmod(copy, stat.S_IMODE(status.st_mode) | stat.S_IRUSR | stat.S_IWUSR)
                os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns))
                last = os.fstat(copy)
            finally:
                os.close(copy)
    finally:
        os.close(origin)
    return signature(last), reflink


def shares_blocks(file: Path, folder: Path) -> bool:
    """Whether a copy of the file in `folder` (or where that would be made) would share its blocks."""
    there = next(parent for parent in (folder, *folder.parents) if parent.is_dir())
    try:
        with file.open("rb") as origin, tempfile.TemporaryFile(dir=there) as copy:
            return _reflink(origin.fileno(), copy.fileno())
    except OSError:
        return False


def _reflink(origin: int, copy: int) -> bool:
    try:
        fcntl.ioctl(copy, FICLONE, origin)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        return False
    return True


def _copy_bytes(origin: int, copy: int) -> None:
    offset = 0
    while block := os.pread(origin, BLOCK, offset):
        offset += len(block)
        view = memoryview(block)
        while view:
            view = view[os.write(copy, view) :]
