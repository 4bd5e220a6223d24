"""What discovery asks of folders. Whatever can't be read is not there."""

import os
from collections.abc import Iterator
from pathlib import Path

_SKIPPED = frozenset(("node_modules", "venv", "env", "site-packages", "build", "dist", "target", "vendor"))


def text(file: Path) -> str:
    """The file's text, "" when it can't be had."""
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""


def first_there(folder: Path, names: tuple[str, ...]) -> str:
    """The first of `names` that is a file in `folder`, or ""; a name may be a pattern such as "*.sln"."""
    for name in names:
        if "*" not in name and (folder / name).is_file():
            return name
        if "*" in name and (found := sorted(one.name for one in folder.glob(name) if one.is_file())):
            return found[0]
    return ""


def names(folder: Path, depth: int) -> Iterator[str]:
    """Relative paths of the files down to `depth` folders, without what tools fetched or built."""
    yield from _walk(folder, "", depth)


def folders(folder: Path, depth: int) -> Iterator[str]:
    """Relative paths of the folders down to `depth`, those above before those below."""
    layer = [""]
    for _ in range(depth):
        layer = [f"{one}/{name}".lstrip("/") for one in layer for name in _inner(folder / one)]
        yield from layer


def _walk(folder: Path, prefix: str, depth: int) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    yield from (prefix + entry.name for entry in entries if entry.is_file())
    if depth > 1:
        for name in _inner(folder):
            yield from _walk(folder / name, f"{prefix}{name}/", depth - 1)


def _inner(folder: Path) -> list[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []
    return [
        entry.name
        for entry in entries
        if not entry.name.startswith(".")
        and entry.name not in _SKIPPED
        and entry.is_dir(follow_symlinks=False)
    ]
