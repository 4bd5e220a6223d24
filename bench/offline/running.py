"""Runs `genie solve` as a user would, on a small repository of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TASK = "The tests of this program fail. Find the bug and repair it."
TEST = f"{sys.executable} -m pytest -q -p no:cacheprovider"
TEST_SECONDS = 5
ROOT = Path(__file__).parents[2]


def make_home(folder: Path) -> None:
    """Genie's own folder for the runs, with the one setting that differs: the limit of a test."""
    (folder / "settings.toml").write_text(f"[command]\ntest_seconds = {TEST_SECONDS}\n", "utf-8")


def repository(folder: Path) -> None:
    """Makes a git repository of what lies in the folder."""
    git = ["git", "-C", str(folder), "-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "The program"]):
        subprocess.run([*git, *words], check=True, capture_output=True)


def solve(
    folder: Path, home: Path, task: str = TASK, test: str = TEST, options: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """The events of `genie solve --apply` in the repository."""
    command = [sys.executable, "-m", "genie_engineer", "solve", "--json", "--apply", "--test", test]
    path = os.pathsep.join([str(ROOT / "build/dev"), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"GENIE_HOME": str(home), "PYTHONPATH": path.strip(os.pathsep)}
    done = subprocess.run(
        [*command, *options, task], cwd=folder, capture_output=True, text=True, env=environment
    )
    if done.returncode not in (0, 1):
        sys.exit(f"genie solve ended with {done.returncode}: {done.stderr.strip() or done.stdout[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def changed(folder: Path) -> str:
    """The lines that were taken out and put in."""
    diff = subprocess.run(["git", "-C", str(folder), "diff", "-U0"], capture_output=True, text=True).stdout
    rows = [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return " ".join(f"{row[0]} {row[1:].strip()}" for row in rows)


def outcome(events: list[dict[str, Any]]) -> tuple[bool, int]:
    """Whether the run ended solved, and how many repairs were tried."""
    solved = any(event["kind"] == "Finished" and event["outcome"] == "solved" for event in events)
    return solved, sum(event["tried"] for event in events if event["kind"] == "CandidatesTried")
