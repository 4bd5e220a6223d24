"""What tests of whole runs share: small real repositories, the `genie` command as a process, hashes."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.tiny_bert import write_tiny_model

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # As in the background of a script: then no process that a test starts could be interrupted either.
    signal.signal(signal.SIGINT, signal.default_int_handler)

CALC = "def add(a, b):\n    return a - b\n\n\ndef mul(a, b):\n    return a * b\n"
TESTS = """from calc import add, mul


def test_add():
    assert add(2, 3) == 5


def test_mul():
    assert mul(2, 3) == 6
"""

PATCH = (
    "--- a/calc.py\n+++ b/calc.py\n@@ -1,2 +1,2 @@\n def add(a, b):\n-    return a - b\n+    return a + b\n"
)

SCRIPT = [
    {"text": "A plan.", "calls": [{"name": "set_plan", "arguments": {"steps": [{"text": "Mend add"}]}}]},
    {"text": "I run the tests.", "calls": [{"name": "run_tests", "arguments": {}}]},
    {
        "text": "I mend.",
        "calls": [{"name": "propose_patch", "arguments": {"patch": PATCH, "reason": "sign"}}],
    },
    {
        "text": "Done.",
        "calls": [{"name": "finish", "arguments": {"outcome": "solved", "summary": "add subtracted."}}],
    },
]
"""A model that mends calc.py in four turns."""


@dataclass(frozen=True)
class Result:
    """What `genie` did. `events` are those of `--json`."""

    status: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    def kinds(self) -> list[str]:
        return [event["kind"] for event in self.events]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["kind"] == kind]

    @property
    def end(self) -> dict[str, Any]:
        (finished,) = self.of("Finished")
        return finished


@dataclass(frozen=True)
class Genie:
    """The command, run as a process with a data folder of its own."""

    home: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "GENIE_"))
        }
        quick = {
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"
        }  # Our tools' plug-ins cost a run of two tests seconds.
        return kept | quick | {"GENIE_HOME": str(self.home), "PYTHONWARNINGS": "default"}

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "genie_engineer", *words]

    def __call__(self, *words: str, stdin: str = "", **environment: str) -> Result:
        done = subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env=self.environment | environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def script(self, turns: list[dict[str, Any]]) -> str:
        """The name of a model that plays `turns`."""
        self.home.mkdir(exist_ok=True)
        path = self.home / "script.json"
        path.write_text(json.dumps(turns))
        return f"scripted:{path}"


def git(folder: Path, *words: str) -> str:
    """Runs git with an identity of its own and nothing of the machine's settings."""
    fixed = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    identity = ["-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *identity, *words],
        cwd=folder,
        env=os.environ | fixed,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with a bug in calc.py and a test that fails for it."""
    folder = tmp_path / "a repo ☂"
    (folder / "tests").mkdir(parents=True)
    (folder / "calc.py").write_text(CALC)
    (folder / "conftest.py").write_text("")
    (folder / "tests" / "test_calc.py").write_text(TESTS)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


@pytest.fixture
def genie(tmp_path: Path, repository: Path) -> Genie:
    """The command in that repository."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "settings.toml").write_text('model.probe = false\nindex.vectors = "off"\n')
    return Genie(tmp_path / "home", repository)


@pytest.fixture
def no_bubblewrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bubblewrap that can't run comes first on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "bwrap").write_text("#!/bin/sh\necho 'bwrap: No permissions' >&2\nexit 1\n")
    (folder / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an embedding model that loads at once and knows nothing."""
    return write_tiny_model(tmp_path_factory.mktemp("tiny bert ☂"))


@pytest.fixture
def fingerprint() -> Callable[[Path], dict[str, str]]:
    """Path → kind, mode and content of everything below a folder, `.git` included."""

    def of(folder: Path) -> dict[str, str]:
        seen: dict[str, str] = {}
        for path in sorted(folder.rglob("*")):
            status = path.lstat()
            if path.is_symlink():
                content = str(path.readlink())
            elif path.is_file():
                content = hashlib.sha256(path.read_bytes()).hexdigest()
            else:
                content = "folder"
            seen[str(path.relative_to(folder))] = f"{status.st_mode:o} {content}"
        return seen

    return of
