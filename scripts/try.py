"""A real bug in a real library, solved without a key or a model: what `make try` runs.

boltons 25.0.0 shows 1024 bytes as "1024B"; its release 26.0.0 mended that. The library comes as its authors
released it, pinned by hash. The task and its tests are in scripts/try, in our words.
"""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

from sdist import Sdist, commit, environment, fetched, unpacked
from system import apt_install

from genie_engineer.workbench.sandbox import detect

ROOT = Path(__file__).resolve().parent.parent
MATERIAL = ROOT / "scripts" / "try"
FOLDER = ROOT / "build" / "try"

LIBRARY = Sdist("boltons", "25.0.0", "e110fbdc30b7b9868cb604e3f71d4722dd8f4dcb4a5ddd06028ba8f1ab0b5ace")
RELEASED = f"{LIBRARY.name} {LIBRARY.version}"

UNUSABLE = "tests/conftest.py"
"""Chooses between tests for Python 2 and 3, through a hook that pytest 9 no longer has."""


def main() -> int:
    """Prepares the repository and hands on the exit status of `genie solve`."""
    print(f"{RELEASED}: a released library with a bug that its next release mended.\n")
    repository = laid_out(fetched(LIBRARY, FOLDER))
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


def laid_out(archive: Path) -> Path:
    """The library as a repository of one commit, the same one each time."""
    repository = unpacked(archive, LIBRARY, FOLDER)
    (repository / UNUSABLE).unlink()
    commit(repository, f"{RELEASED} as released")
    return repository


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


if __name__ == "__main__":
    sys.exit(main())
