"""Real repositories, real copies, the real sandbox."""

import hashlib
import os
import secrets
import shlex
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from genie_engineer.config import CommandLimits
from genie_engineer.workbench.copy import Workbench, discard, make
from genie_engineer.workbench.sandbox import Sandbox, detect
from genie_engineer.workbench.testing import Suite

PYTEST = f"PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 {shlex.quote(sys.executable)} -m pytest"
"""Without the plugins of Genie's own environment, which a user's has not."""

Contents = dict[str, str | bytes]


def git(folder: Path, *arguments: str) -> None:
    identity = (
        "-c",
        "user.name=Test",
        "-c",
        "user.email=test@example.org",
        "-c",
        "protocol.file.allow=always",
    )
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def write_files(folder: Path, files: Contents) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def make_repository(folder: Path, files: Contents) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    write_files(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "first")
    return folder


def fingerprint(folder: Path) -> str:
    """A digest of every name, kind, mode, time and byte below `folder`, .git included."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*"), key=os.fsencode):
        status = path.lstat()
        digest.update(os.fsencode(path) + f"{status.st_mode} {status.st_mtime_ns}".encode())
        if path.is_symlink():
            digest.update(os.fsencode(path.readlink()))
        elif stat.S_ISREG(status.st_mode):
            digest.update(path.read_bytes())
    return digest.hexdigest()


@pytest.fixture(params=["bubblewrap", "none"])
async def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    return await detect("require" if request.param == "bubblewrap" else "off")


@pytest.fixture
async def bubblewrap() -> Sandbox:
    return await detect("require")


@pytest.fixture
async def bench_of(tmp_path: Path) -> AsyncIterator[Callable[[Contents], Awaitable[Workbench]]]:
    """Makes a repository with some files and a workbench of it."""
    made: list[Workbench] = []

    async def build(files: Contents, name: str = "repo") -> Workbench:
        repository = make_repository(tmp_path / name, files)
        made.append(await make(repository, tmp_path / f"bench-{len(made)}"))
        return made[-1]

    yield build
    for bench in made:
        await discard(bench)


def suite(sandbox: Sandbox, command: str = PYTEST, **limits: float) -> Suite:
    bounds = CommandLimits(**{"seconds": 120.0, "test_seconds": 20.0} | limits)  # type: ignore[arg-type]
    return Suite(command, bounds, sandbox)


class Sleeper:
    """A `sleep` that can be found among all processes of the machine."""

    def __init__(self) -> None:
        self.number = f"9{secrets.randbelow(10**12):012d}"
        self.command = f"sleep {self.number}"

    def alive(self) -> list[str]:
        """The sleepers themselves."""
        return [line for line in self.traces() if line == self.command]

    def traces(self) -> list[str]:
        """Every process that was given its command, the shells and sandboxes around it too."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    line = (
                        (entry / "cmdline").read_bytes().decode("utf-8", "replace").replace("\0", " ").strip()
                    )
                    state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                except OSError:
                    continue
                if self.number in line and state != "Z":
                    found.append(line)
        return found


@pytest.fixture
def sleeper() -> Sleeper:
    return Sleeper()
