"""Every check and test, each a stage; all run, whatever an earlier one said. `make test` and `make check`.

python3 scripts/test.py               everything
python3 scripts/test.py check         the stages of one kind: install, check, test, extension

Ends in a table and in one line with the numbers of stages that passed and failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTENSION = ROOT / "extension"
BIN = ROOT / ".venv" / "bin"
PYTHON = str(BIN / "python")


@dataclass(frozen=True)
class Stage:
    """A command whose exit status 0 means passed."""

    kind: str
    name: str
    command: tuple[str, ...]
    folder: Path = ROOT


PARALLEL = ("-n", "2", "--dist", "worksteal")

STAGES = (
    Stage("install", "system packages", (sys.executable, "scripts/system.py")),
    Stage("install", "virtual environment", (sys.executable, "scripts/install.py", "--dev")),
    Stage("install", "a small real model", (PYTHON, "scripts/real_model.py", "fetch")),
    Stage("check", "format", (PYTHON, "-m", "ruff", "format", "--check", ".")),
    Stage("check", "lint", (PYTHON, "-m", "ruff", "check", ".")),
    Stage("check", "types", (PYTHON, "-m", "mypy", "-p", "genie_engineer")),
    Stage("check", "layers", (str(BIN / "lint-imports"),)),
    Stage("check", "protocol.ts is current", (PYTHON, "scripts/generate_protocol.py", "--check")),
    Stage("test", "tests", (PYTHON, "-m", "pytest", "--ignore=tests/e2e", *PARALLEL)),
    Stage("extension", "npm packages", ("npm", "ci", "--no-audit", "--no-fund"), EXTENSION),
    Stage("extension", "extension: types", ("npm", "run", "--silent", "check"), EXTENSION),
    Stage("extension", "extension: package", (PYTHON, "scripts/package.py")),
    Stage("extension", "VS Code for the tests", (PYTHON, "scripts/vscode.py")),
    Stage("extension", "extension: in VS Code", (PYTHON, "-m", "pytest", "tests/e2e", *PARALLEL)),
)


def main(kinds: Sequence[str], stages: Sequence[Stage] = STAGES) -> int:
    """Returns the exit status: 1 if any stage failed, or if there was none."""
    results = [(stage, *run(stage)) for stage in stages if not kinds or stage.kind in kinds]
    print("\n" + "─" * 60)
    for stage, passed, seconds in results:
        print(f"{stage.name:<40}{'passed' if passed else 'FAILED':<8}{seconds:>8.1f} s")
    failed = sum(not passed for _, passed, _ in results)
    print(f"\n{len(results) - failed} passed, {failed} failed", flush=True)
    return 1 if failed or not results else 0


def run(stage: Stage) -> tuple[bool, float]:
    """Whether it passed, and how many seconds it took; its output goes where ours goes."""
    print(f"\n── {stage.name} " + "─" * (56 - len(stage.name)), flush=True)
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)])
    environment = {**os.environ, "PATH": path, "VIRTUAL_ENV": str(BIN.parent)}
    started = time.monotonic()
    try:
        status = subprocess.run(stage.command, cwd=stage.folder, env=environment, check=False).returncode
    except OSError as error:
        print(f"{stage.command[0]} could not be started: {error}")
        status = 127
    return status == 0, time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
