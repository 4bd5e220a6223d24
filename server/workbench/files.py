"""Reading and writing in the private copy, and nowhere else."""

import os
import stat
from pathlib import Path

from ..errors import WorkbenchError
from .copy import Workbench, disk_errors, place

EXECUTABLE, PLAIN = 0o755, 0o644
"""The two modes that git knows of a file."""


def read(bench: Workbench, path: str) -> bytes | None:
    """The present bytes of `path` ("/"-separated, relative), None if there is none. Raises WorkbenchError."""
    return read_below(bench.root, path)


def read_below(root: Path, path: str, most_bytes: int | None = None) -> bytes | None:
    """The same for any folder `root`, of files that aren't larger than `most_bytes`."""
    own = root / within(root, path)
    try:
        status = own.stat()
        if not stat.S_ISREG(status.st_mode):
            raise WorkbenchError(f"{path} is a folder or a device, not a file.")
        if most_bytes is not None and status.st_size > most_bytes:
            raise WorkbenchError(f"{path} has {status.st_size:,} bytes; at most {most_bytes:,} are read.")
        return own.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise WorkbenchError(f"{path} can't be read: {error.strerror}.") from error


def write(bench: Workbench, path: str, data: bytes | None, mode: int | None = None) -> None:
    """Replaces, creates or (None) deletes a file in one step. Raises WorkbenchError.

    `mode` tells whether it shall be executable; without one the file keeps its mode.
    """
    if any(path.startswith(f"{folder}/") for folder in bench.ignored):
        raise WorkbenchError(f"{path} lies in a folder that git ignores; Genie changes nothing there.")
    own = within(bench.root, path)
    if (bench.root / own).is_dir():
        raise WorkbenchError(f"{path} is a folder, not a file.")
    with disk_errors():
        if data is None:
            (bench.root / own).unlink(missing_ok=True)
            bench.manifest.pop(own, None)
        else:
            place(bench, own, data, mode_with(_mode(bench, own), mode))
    if data == base_bytes(bench, own) and new_mode(bench, own) is None:
        bench.written.pop(own, None)
    else:
        bench.written[own] = data


def changed(bench: Workbench) -> dict[str, tuple[bytes | None, bytes | None]]:
    """What was written: path → (the user's bytes, the bytes now); None stands for no file.

    Where only the mode is another, which `new_mode` tells, both are the same.
    """
    return {path: (base_bytes(bench, path), data) for path, data in sorted(bench.written.items())}


def new_mode(bench: Workbench, path: str) -> int | None:
    """What git calls the mode of `path` now, if it isn't what it was, or, of a new file, the usual one."""
    if path not in bench.manifest:
        return None
    now = git_mode(bench.manifest[path].mode)
    return None if now == (base_mode(bench, path) or PLAIN) else now


def present_mode(bench: Workbench, path: str) -> int | None:
    """What git calls the mode of `path` in the copy; None where there is no such file."""
    return git_mode(bench.manifest[path].mode) if path in bench.manifest else None


def base_mode(bench: Workbench, path: str) -> int | None:
    """What git called the mode of `path` when the copy was made; None where there was no such file."""
    try:
        return git_mode(os.lstat(bench.base / path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return None


def git_mode(mode: int) -> int:
    """One of the two modes that git knows of a file."""
    return EXECUTABLE if mode & stat.S_IXUSR else PLAIN


def mode_with(mode: int, wanted: int | None) -> int:
    """`mode`, made executable for whoever may read the file, or for nobody, as `wanted` has it."""
    if wanted is None or git_mode(wanted) == git_mode(mode):
        return mode
    return mode | (mode & 0o444) >> 2 if wanted & stat.S_IXUSR else mode & ~0o111


def base_bytes(bench: Workbench, path: str) -> bytes | None:
    """The user's bytes of `path` when the copy was made."""
    try:
        return (bench.base / path).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _mode(bench: Workbench, path: str) -> int:
    for folder in (bench.root, bench.base):
        try:
            return stat.S_IMODE(os.lstat(folder / path).st_mode)
        except OSError:
            continue
    return 0o644


def within(folder: Path, path: str) -> str:
    """The path that `path` leads to, symlinks below `folder` resolved. Raises WorkbenchError if outside."""
    if not path or path.startswith("/") or "\0" in path:
        raise WorkbenchError(f"{path!r} is no path inside the repository: name it relative to its root.")
    root = folder.resolve()
    try:
        real = (root / path).resolve()
        own = real.relative_to(root)
    except (OSError, RuntimeError, ValueError) as error:
        raise WorkbenchError(
            f"{path} leads out of the repository; Genie reads and writes inside it only."
        ) from error
    if not own.parts or real.is_symlink():
        raise WorkbenchError(f"{path} is no file of the repository.")
    if any(part.casefold() == ".git" for part in own.parts):
        raise WorkbenchError(f"{path} belongs to git; Genie doesn't touch it.")
    return own.as_posix()


def paths(bench: Workbench) -> list[str]:
    """Every file of the copy as it now stands, sorted."""
    return sorted(bench.manifest)
