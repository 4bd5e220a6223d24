"""The extension's side of the wire is what the protocol says."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "generate_protocol.py"


def run(script: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, script, *options], capture_output=True, text=True, check=False)


def test_there_is_no_drift() -> None:
    checked = run(SCRIPT, "--check")
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A script whose protocol.ts may be spoilt."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "extension" / "src").mkdir(parents=True)
    script = tmp_path / "scripts" / SCRIPT.name
    script.write_bytes(SCRIPT.read_bytes())
    return script


def test_drift_is_found_and_writing_ends_it(copied: Path, tmp_path: Path) -> None:
    assert run(copied, "--check").returncode == 1
    assert run(copied).returncode == 0
    assert run(copied, "--check").returncode == 0
    target = tmp_path / "extension" / "src" / "protocol.ts"
    target.write_text(target.read_text().replace("readonly run: string;", ""))
    drifted = run(copied, "--check")
    assert drifted.returncode == 1
    assert "run scripts/generate_protocol.py" in drifted.stderr


def test_types_names_and_words_cross_over(copied: Path, tmp_path: Path) -> None:
    run(copied)
    text = (tmp_path / "extension" / "src" / "protocol.ts").read_text()
    for line in (
        'export type RunPhase = "working" | "asking" | "finished" | "stopped";',
        "  readonly outcome: Outcome | null;",
        "  readonly plan: readonly Step[];",
        "  readonly messages: readonly Message[];",
        "  readonly data: unknown;",
        "  readonly parameters: Readonly<Record<string, unknown>>;",
        "  readonly tokens: number;",
        "/** Newest first. */",
        'export const solveRequest: Request<Solve, RunRef> = { method: "genie/solve" };',
        'export const viewNotification: Notification<RunNews> = { method: "genie/view" };',
        '  acceptHunk: "genie.acceptHunk",',
    ):
        assert line + "\n" in text
