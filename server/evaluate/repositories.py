"""Trees of bare git repositories, read at a commit without a check-out and without any download."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import SetupError
from ..index.git import MODEST
from ..workbench.listing import git_environment

_PLACES = (
    "{owner}+{name}",
    "{owner}+{name}/repo",
    "{owner}+{name}.git",
    "{owner}/{name}",
    "{owner}/{name}.git",
)


class Unreadable(SetupError):
    """A repository, a commit or a content isn't there; the task that needs it can't be measured."""


@dataclass(frozen=True)
class Tree:
    """The regular files of a commit: path → the content's id.

    Links, submodules and names that aren't UTF-8 or lead out of the tree are left out.

    `absent` are the paths whose content the repository doesn't hold, as in a partial clone.
    """

    git_dir: Path
    commit: str
    files: dict[str, str]
    absent: frozenset[str]

    def read(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The contents of those `paths` that the tree has."""
        wanted = [path for path in dict.fromkeys(paths) if path in self.files and path not in self.absent]
        given = "".join(f"{self.files[path]}\n" for path in wanted).encode()
        output = memoryview(_git(self.git_dir, "cat-file", "--batch", given=given))
        contents: dict[str, bytes] = {}
        at = 0
        for path in wanted:
            head_end = at + bytes(output[at : at + 200]).index(b"\n")
            size = int(bytes(output[at:head_end]).split()[2])
            contents[path] = bytes(output[head_end + 1 : head_end + 1 + size])
            at = head_end + size + 2
        return contents


def find(repositories: Path, full_name: str) -> Path:
    """The git directory of `owner/name` below the folder `repositories`. Raises Unreadable."""
    owner, name = full_name.split("/")
    for place in _PLACES:
        folder = repositories / place.format(owner=owner, name=name)
        if (folder / "HEAD").is_file() and (folder / "objects").is_dir():
            return folder
    raise Unreadable(f"{repositories} has no bare repository {owner}+{name} or {full_name}")


def tree(git_dir: Path, commit: str) -> Tree:
    """The files at `commit`. Raises Unreadable where the commit or a folder of it is missing."""
    files: dict[str, str] = {}
    for row in _git(git_dir, "ls-tree", "-r", "-z", "--full-tree", f"{commit}^{{commit}}").split(b"\0"):
        about, _, name = row.partition(b"\t")
        path = name.decode("utf-8", "replace")
        if about.startswith(b"100") and path.encode() == name and ".." not in path.split("/"):
            files[path] = about.split()[2].decode()
    given = "".join(f"{blob}\n" for blob in files.values()).encode()
    told = _git(git_dir, "cat-file", "--batch-check", given=given).splitlines()
    absent = frozenset(path for path, line in zip(files, told, strict=True) if line.endswith(b" missing"))
    return Tree(git_dir, commit, files, absent)


def _git(git_dir: Path, *arguments: str, given: bytes = b"") -> bytes:
    command = ("git", f"--git-dir={git_dir}", *MODEST, "-c", "core.fsmonitor=false", *arguments)
    environment = git_environment() | {"GIT_NO_LAZY_FETCH": "1"}
    try:
        done = subprocess.run(command, env=environment, input=given, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise SetupError("git is not installed: install it (Debian: `apt install git`).") from error
    if done.returncode != 0:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Unreadable(f"git can't read {git_dir}: {reason[0] if reason else 'it gave no reason'}")
    return done.stdout
