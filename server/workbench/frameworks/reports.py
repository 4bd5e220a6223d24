"""Finds what a run left in files, within bounds and without following what a test may have laid there."""

import os
import stat
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

MOST_BYTES = 50_000_000
_MOST_FILES = 5_000
_PASSED_OVER = frozenset(("node_modules", ".git", "src"))


def report_files(scratch: Path, token: str, root: Path, globs: tuple[str, ...]) -> tuple[bytes, ...]:
    """The report files of one run: in `scratch` those named `token`…report…, below `root` those of `globs`.

    A glob is matched against a path's end. Together they are at most MOST_BYTES long; the rest is left out.
    """
    found = [path for path in _entries(scratch) if path.name.startswith(f"{token}.report")]
    if globs:
        found += [path for path in _below(root) if any(fnmatch(str(path), f"*/{glob}") for glob in globs)]
    documents: list[bytes] = []
    left = MOST_BYTES
    for path in found[:_MOST_FILES]:
        data = regular_file(path, left)
        left -= len(data)
        documents.append(data)
    return tuple(document for document in documents if document)


def regular_file(path: Path, most: int) -> bytes:
    """The first `most` bytes of a regular file; b"" for a symlink, a pipe, or what isn't there."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return b""
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return b""
    with os.fdopen(handle, "rb") as stream:
        return stream.read(most)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(Path(entry.path) for entry in os.scandir(folder))
    except OSError:
        return []


def _below(root: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if name not in _PASSED_OVER]
        yield from (Path(folder, name) for name in sorted(files) if name.endswith(".xml"))
