"""A real bug in a real library, solved without a key or a model: what `make try` runs.

boltons 25.0.0 shows 1024 bytes as "1024B"; its release 26.0.0 mended that. The library comes as its authors
released it, pinned by hash. The task and its tests are in scripts/try, in our words.
"""

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from system import apt_install

from genie_engineer.workbench.sandbox import detect

ROOT = Path(__file__).resolve().parent.parent
MATERIAL = ROOT / "scripts" / "try"
FOLDER = ROOT / "build" / "try"

LIBRARY = "boltons"
VERSION = "25.0.0"
SHA256 = "e110fbdc30b7b9868cb604e3f71d4722dd8f4dcb4a5ddd06028ba8f1ab0b5ace"

UNUSABLE = "tests/conftest.py"
"""Chooses between tests for Python 2 and 3, through a hook that pytest 9 no longer has."""


def main() -> int:
    """Prepares the repository and hands on the exit status of `genie solve`."""
    print(f"{LIBRARY} {VERSION}: a released library with a bug that its next release mended.\n")
    repository = unpacked(fetched())
    commit(repository)
    shutil.copy(MATERIAL / "test_bytes2human.py", repository / "tests")
    task = str(MATERIAL / "TASK.md")
    options = sandbox_options()
    solve = [sys.executable, "-I", "-m", "genie_engineer", "solve", "--issue", task, *options]
    print(f"$ cd {os.path.relpath(repository)}")
    print(" ".join(["$ genie solve --issue", os.path.relpath(task, repository), *options]) + "\n", flush=True)
    try:
        status = subprocess.run(solve, cwd=repository, env=environment(), check=False).returncode
    except KeyboardInterrupt:
        return 130
    activate = os.path.relpath(Path(sys.prefix, "bin", "activate"))
    print(f"\nTo give such commands yourself: . {activate} && cd {os.path.relpath(repository)}")
    return status


def fetched() -> Path:
    """The library's archive, downloaded by the first run. pip checks the hash too, before it reads a file."""
    archive = FOLDER / f"{LIBRARY}-{VERSION}.tar.gz"
    if not genuine(archive):
        FOLDER.mkdir(parents=True, exist_ok=True)
        archive.unlink(missing_ok=True)
        wanted = FOLDER / "requirements.txt"
        wanted.write_text(f"{LIBRARY}=={VERSION} --hash=sha256:{SHA256}\n", "utf-8")
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        pip += ["--no-deps", "--no-build-isolation", "--no-binary", LIBRARY, "--require-hashes"]
        subprocess.run([*pip, "--dest", str(FOLDER), "-r", str(wanted)], env=environment(), check=False)
    if not genuine(archive):
        sys.exit(f"{LIBRARY} {VERSION} could not be fetched: pip's words are above. Is the network there?")
    return archive


def genuine(archive: Path) -> bool:
    """Whether the archive is there and is the one that the hash stands for."""
    return archive.exists() and hashlib.sha256(archive.read_bytes()).hexdigest() == SHA256


def unpacked(archive: Path) -> Path:
    """A fresh copy of the library: what an earlier run changed there is gone."""
    repository = FOLDER / f"{LIBRARY}-{VERSION}"
    shutil.rmtree(repository, ignore_errors=True)
    with tarfile.open(archive) as tar:
        # Debian 12's Python has no filters; the hash vouches for the content there.
        tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        tar.extractall(FOLDER)
    (repository / UNUSABLE).unlink()
    return repository


def commit(repository: Path) -> None:
    """One commit, the same one each time, so that an earlier run can still be applied or resumed."""
    identity = ["-c", "user.name=Genie", "-c", "user.email=genie@localhost"]
    for words in (["init", "--quiet", "--initial-branch=main"], ["add", "--all", "--force"]):
        git(repository, *words)
    git(repository, *identity, "commit", "--quiet", "--message", f"{LIBRARY} {VERSION} as released")


def git(repository: Path, *words: str) -> None:
    """Runs git without the user's or the machine's settings."""
    fixed = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    fixed |= {f"GIT_{who}_DATE": "2025-02-02T12:00:00+0000" for who in ("AUTHOR", "COMMITTER")}
    subprocess.run(["git", *words], cwd=repository, env=environment() | fixed, check=True)


def sandbox_options() -> list[str]:
    """Installs bubblewrap if it isn't there and we may; does without it if it can't be had."""
    if asyncio.run(detect("auto")).program:
        return []
    if not shutil.which("bwrap") and apt_install(["bubblewrap"]) and asyncio.run(detect("auto")).program:
        return []
    print(
        "bubblewrap, which keeps commands in, is missing or can't run here (`genie doctor` says more).\n"
        "The tests run with your own rights this time. They are the release's, whose hash was compared.\n"
    )
    return ["--sandbox", "off"]


def environment() -> dict[str, str]:
    """As in the activated virtual environment, with no word of the repository that this one lies in."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), inherited.get("PATH", os.defpath)])
    return inherited | {"PATH": path, "VIRTUAL_ENV": sys.prefix}


if __name__ == "__main__":
    sys.exit(main())
