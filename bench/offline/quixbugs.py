"""The QuixBugs programs, each as a small repository of its own with its tests and without its solution."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from running import repository

ORIGIN = "https://github.com/jkoppel/QuixBugs"
CONFTEST = """import pytest


def pytest_configure(config):
    pytest.use_correct = False
    pytest.run_slow = False
"""


@contextmanager
def checkout() -> Iterator[Path]:
    """The folder named by QUIXBUGS, else a clone that is removed at the end. Exits with a reason without."""
    given = os.environ.get("QUIXBUGS")
    if given:
        if not Path(given, "python_programs").is_dir():
            sys.exit(f"QUIXBUGS={given} is no checkout of QuixBugs: it has no folder python_programs.")
        yield Path(given).resolve()
        return
    with TemporaryDirectory(prefix="quixbugs-") as folder:
        clone = ["git", "clone", "--quiet", "--depth", "1", ORIGIN, folder]
        done = subprocess.run(
            clone, capture_output=True, text=True, env=os.environ | {"GIT_TERMINAL_PROMPT": "0"}
        )
        if done.returncode:
            sys.exit(
                f"QuixBugs can't be cloned from {ORIGIN}: {done.stderr.strip()}\n"
                "Get a checkout of it by other means and name its folder: QUIXBUGS=DIR make bench-offline"
            )
        yield Path(folder)


def programs(quixbugs: Path) -> list[str]:
    """The names of the programs: those that have a reference and tests."""
    names = [path.stem for path in (quixbugs / "correct_python_programs").glob("*.py")]
    return sorted(name for name in names if (quixbugs / f"python_testcases/test_{name}.py").exists())


def lay_out(quixbugs: Path, name: str, folder: Path) -> Path:
    """Makes the repository in `folder`; gives the path of the buggy program in it."""
    kept = (
        f"python_programs/{name}.py",
        "python_programs/node.py",
        f"python_testcases/test_{name}.py",
        "python_testcases/node.py",
        "python_testcases/load_testdata.py",
        f"json_testcases/{name}.json",
    )
    for path in kept:
        if (quixbugs / path).exists() and (not path.endswith("node.py") or _uses_node(quixbugs, name)):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(quixbugs / path, folder / path)
    (folder / "conftest.py").write_text(CONFTEST, "utf-8")
    repository(folder)
    return folder / kept[0]


def _uses_node(quixbugs: Path, name: str) -> bool:
    return "import Node" in (quixbugs / f"python_testcases/test_{name}.py").read_text("utf-8")


def test_inputs(quixbugs: Path, name: str) -> list[list[object]]:
    """The arguments of the program's JSON tests; none for the programs on graphs and lists."""
    file = quixbugs / f"json_testcases/{name}.json"
    if not file.exists():
        return []
    rows = [json.loads(line)[0] for line in file.read_text("utf-8").splitlines() if line.strip()]
    return [row if isinstance(row, list) else [row] for row in rows]
