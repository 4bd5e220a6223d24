"""Real changes: small commits out of bare repositories, chosen by a fixed seed, kept in memory."""

import random
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from genie_engineer.edits.text import decode
from genie_engineer.errors import EditError

REPOSITORIES = (
    "pydicom+pydicom",
    "sqlfluff+sqlfluff",
    "marshmallow-code+marshmallow",
    "mkdocs+mkdocs",
    "mesonbuild+meson",
    "caddyserver+caddy",
    "gin-gonic+gin",
    "spf13+cobra",
    "expressjs+express",
    "TanStack+query",
    "vitejs+vite",
    "fmtlib+fmt",
    "curl+curl",
    "jekyll+jekyll",
    "rubocop+rubocop",
    "clap-rs+clap",
    "sharkdp+bat",
    "jhy+jsoup",
    "square+okhttp",
    "composer+composer",
)
"""Folders of `--repos` that are taken if they are there: eleven languages and their documents."""
LEAST = 12
_NEWEST = 4000
_MOST_FILES = 4
_MOST_CHANGED = 120
_MOST_BYTES = 150_000
_OFFLINE = {"GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}


@dataclass(frozen=True)
class Change:
    """One file of a commit: its bytes before and after (None where there is no file) and git's modes.

    `path` is the file before, or the new one; `new_path` is set where the commit moves it.
    """

    path: str
    before: bytes | None
    after: bytes | None
    new_path: str = ""
    old_mode: int = 0o100644
    new_mode: int = 0o100644


@dataclass(frozen=True)
class Commit:
    """All that one commit changes. `source` names repository and commit."""

    source: str
    changes: tuple[Change, ...]


def bare_folder(folder: Path) -> Path:
    """The git directory itself, whether `folder` is one or holds one as `repo` or `.git`."""
    inside = (folder / name for name in (".", "repo", ".git"))
    return next((one for one in inside if (one / "objects").is_dir()), folder)


def repositories(root: Path) -> list[Path]:
    """The wanted folders of `root`; all of them, sorted, where too few of those are there."""
    wanted = [root / name for name in REPOSITORIES if (root / name).is_dir()]
    found = wanted if len(wanted) >= LEAST else sorted(path for path in root.iterdir() if path.is_dir())
    if len(found) < LEAST:
        raise SystemExit(f"{root} has {len(found)} repositories: at least {LEAST} are needed.")
    return found


def commits(folder: Path, number: int, seed: int) -> Iterator[Commit]:
    """Up to `number` commits, spread over the newest 4,000, without those whose contents are missing."""
    git_dir = bare_folder(folder)
    listed = git(git_dir, "log", "--no-merges", "--format=%H", f"-n{_NEWEST}")
    hashes = listed.decode("ascii", "replace").split()
    random.Random(f"{seed} {folder.name}").shuffle(hashes)
    found = 0
    for sha in hashes:
        if found == number:
            return
        if changes := _changes(git_dir, sha):
            found += 1
            yield Commit(f"{folder.name}@{sha[:10]}", changes)


def git(folder: Path, *arguments: str) -> bytes:
    """What git prints; nothing where it fails."""
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=False, capture_output=True, env=_OFFLINE).stdout


def _changes(folder: Path, sha: str) -> tuple[Change, ...]:
    """What the commit changes, or nothing where it is too large, binary, or not wholly there."""
    raw = git(folder, "diff-tree", "-r", "-M", "-z", "--no-commit-id", "--no-abbrev", sha)
    fields = raw.decode("utf-8", "surrogateescape").split("\0")[:-1]
    changes: list[Change] = []
    while fields:
        old_mode, new_mode, old, new, status = fields.pop(0)[1:].split()
        path = fields.pop(0)
        new_path = fields.pop(0) if status[0] in "RC" else ""
        modes = (int(old_mode, 8), int(new_mode, 8))
        if len(changes) == _MOST_FILES or status[0] not in "AMDR" or not _plain(path + new_path, modes):
            return ()
        before, after = (_blob(folder, one) for one in (old, new))
        if (before is None and status[0] != "A") or (after is None and status[0] != "D"):
            return ()
        changes.append(Change(path, before, after, new_path, *modes))
    sound = all(is_text(change.before) and is_text(change.after) for change in changes)
    size = sum(changed_lines(change) for change in changes) if sound else 0
    moved = any(change.new_path or change.old_mode != change.new_mode for change in changes)
    return tuple(changes) if sound and (size > 0 or moved) and size < _MOST_CHANGED else ()


def _plain(path: str, modes: Sequence[int]) -> bool:
    """Whether this is a file as all are: no link, no submodule, no name that needs quotes."""
    return path.isascii() and path.isprintable() and all(mode in (0, 0o100644, 0o100755) for mode in modes)


def _blob(folder: Path, name: str) -> bytes | None:
    if not name.strip("0"):
        return None
    data = git(folder, "cat-file", "blob", name)
    empty = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    return data if data or name == empty else None


def is_text(data: bytes | None) -> bool:
    """Whether it can be edited as text, and is not huge."""
    if data is None:
        return True
    try:
        return len(data) <= _MOST_BYTES and bool(decode(data))
    except EditError:
        return False


def changed_lines(change: Change) -> int:
    """How many lines go and come, at least: those that the other side doesn't have as often."""
    old, new = (sorted((data or b"").split(b"\n")) for data in (change.before, change.after))
    return _missing(old, new) + _missing(new, old)


def _missing(some: Sequence[bytes], others: Sequence[bytes]) -> int:
    counts: dict[bytes, int] = {}
    for line in others:
        counts[line] = counts.get(line, 0) + 1
    lost = 0
    for line in some:
        counts[line] = counts.get(line, 0) - 1
        lost += counts[line] < 0
    return lost
