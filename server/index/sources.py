"""Where indexed files come from: a folder on the disk, or a commit of a repository without a check-out."""

import hashlib
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal, Protocol

from .chunks import is_binary
from .contents import look
from .git import MODEST, environment, git
from .languages import language_of
from .listing import tracked_files

LARGEST_SOURCE = 8_000_000
LARGEST_OTHER = 512_000
_REGULAR = (b"100644", b"100755")


@dataclass(frozen=True)
class Entry:
    """A file. Without `raw` it can be listed by its path only; `note` may say why.

    `stamp` tells a changed file without reading it; it is "" when the file must be read again next time.
    """

    path: str
    state: Literal["read", "unchanged", "gone"] = "read"
    stamp: str = ""
    language: str = ""
    hash: bytes = b""
    raw: bytes | None = field(default=None, repr=False)
    note: str = ""


class Source(Protocol):
    """`place` names what a stamp is valid for: stamps of another place prove nothing."""

    @property
    def place(self) -> str: ...

    @property
    def history(self) -> tuple[Path, str]:
        """A repository's folder, and the commit that the files go back to."""

    def paths(self) -> list[str]:
        """Of all files, relative, with "/"."""

    def entries(self, paths: list[str], stamps: Mapping[str, str]) -> Iterator[Entry]:
        """The files in this order, read where the stamp isn't the known one. Raises SetupError."""


@dataclass(frozen=True)
class Folder:
    """What lies below `root` now: `files`, or by default all that are the project's own."""

    root: Path
    files: tuple[str, ...] | None = None

    @property
    def place(self) -> str:
        return str(self.root.resolve())

    @property
    def history(self) -> tuple[Path, str]:
        return self.root, "HEAD"

    def paths(self) -> list[str]:
        return tracked_files(self.root) if self.files is None else list(self.files)

    def among(self, paths: tuple[str, ...]) -> list[str]:
        """Those of a few paths that are there and the project's own."""
        return tracked_files(self.root, paths)

    def entries(self, paths: list[str], stamps: Mapping[str, str]) -> Iterator[Entry]:
        for path in paths:
            seen = look(self.root, path, stamps.get(path, ""), LARGEST_SOURCE)
            if seen.raw is None:
                yield Entry(path, seen.state, seen.stamp, note=seen.note)
            else:
                yield entry_of(path, seen.stamp, seen.raw)


@dataclass(frozen=True)
class Commit:
    """The tree of a commit; a stamp is the id of git's blob."""

    git_dir: Path
    commit: str
    _ids: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def place(self) -> str:
        return f"git:{self.git_dir.resolve()}"

    @property
    def history(self) -> tuple[Path, str]:
        return self.git_dir, self.commit

    def paths(self) -> list[str]:
        """Raises SetupError when there is no such commit."""
        listed = git(self.git_dir, "ls-tree", "-r", "-z", "--full-tree", self.commit)
        for line in filter(None, listed.split(b"\0")):
            head, _, name = line.partition(b"\t")
            mode, _, oid = head.split(b" ")
            if mode in _REGULAR and (path := _decoded(name)) is not None:
                self._ids[path] = oid.decode()
        return list(self._ids)

    def entries(self, paths: list[str], stamps: Mapping[str, str]) -> Iterator[Entry]:
        with _blobs(self.git_dir) as ask:
            for path in paths:
                oid = self._ids.get(path)
                if oid is None:
                    yield Entry(path, "gone")
                elif stamps.get(path) == oid:
                    yield Entry(path, "unchanged", oid)
                else:
                    yield self._read(path, oid, ask)

    def _read(self, path: str, oid: str, ask: tuple[IO[bytes], IO[bytes]]) -> Entry:
        questions, answers = ask
        questions.write(oid.encode() + b"\n")
        questions.flush()
        head = answers.readline().split()
        if len(head) != 3:
            return Entry(path, note=f"{path}: its content isn't in the repository")
        raw = answers.read(int(head[2]))
        answers.read(1)
        if len(raw) > LARGEST_SOURCE:
            return Entry(path, stamp=oid, note=f"{path}: too large to be searched ({len(raw):,} bytes)")
        return entry_of(path, oid, raw)


def entry_of(path: str, stamp: str, raw: bytes) -> Entry:
    """A file of known content: kept when it is text, and code or not too large."""
    if is_binary(raw):
        return Entry(path, stamp=stamp)
    language = language_of(path, raw)
    if language in ("", "prose") and len(raw) > LARGEST_OTHER:
        note = f"{path}: too large for a file that isn't code ({len(raw):,} bytes)"
        return Entry(path, stamp=stamp, note=note)
    return Entry(path, "read", stamp, language, hashlib.sha256(raw).digest(), raw)


@contextmanager
def _blobs(git_dir: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """A running `git cat-file --batch`: where to write ids, and where contents come from."""
    command = ["git", "-C", str(git_dir), *MODEST, "cat-file", "--batch"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment()) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdin, process.stdout
        finally:
            process.stdin.close()
            process.kill()


def _decoded(name: bytes) -> str | None:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return None
