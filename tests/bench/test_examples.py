"""Commits of a real repository become tasks for the ranking, or are passed over."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RANKING = Path(__file__).parents[2] / "bench" / "ranking"
BEFORE = """import os

LIMIT = 3


class Reader:
    \"\"\"Reads.\"\"\"

    @property
    def size(self):
        return LIMIT

    def read(self, path):
        with open(path) as file:
            return file.read()

    def close(self):
        pass
"""
AFTER = (
    BEFORE.replace("return LIMIT", "return LIMIT + 1")
    .replace("import os\n", "import os\nimport sys\n")
    .replace("        pass\n", "        pass\n\n    def flush(self):\n        sys.exit(0)\n")
)
LATER = AFTER.replace("exit(0)", "exit(1)")
REPORT = """fix: Reader.size is one too small when the file ends without a line break (#12)

Reading such a file fails with `ValueError: short read`, although it should return the last line.

* add tests
Fixes #11
Signed-off-by: A Person <a@example.org>
"""
CHORE = "Bump version to 2.0 when something fails\n\nThis should be a ValueError instead of a crash."
SHORT = "Fix crash"


@pytest.fixture
def repositories(tmp_path: Path) -> Path:
    """A folder with one repository: of its commits one is a repair with a report for a message."""
    folder = tmp_path / "owner+name" / "repo"
    folder.mkdir(parents=True)
    _git(folder, "init", "-q")
    steps = [
        ("Begin", {"src/reader.py": BEFORE, "tests/test_reader.py": "import reader\n"}),
        (CHORE, {"src/reader.py": BEFORE.replace("3", "4")}),
        ("Go back to three", {"src/reader.py": BEFORE}),
        (REPORT, {"src/reader.py": AFTER, "tests/test_reader.py": "import reader, sys\n"}),
        (SHORT, {"src/reader.py": LATER}),
        (REPORT.replace("size", "text"), {"src/reader.py": LATER.replace("Reads.", "Reads it.")}),
        (REPORT.replace("size", "test"), {"tests/test_reader.py": "import reader, os\n"}),
    ]
    for message, files in steps:
        for path, text in files.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text)
        _git(folder, "add", ".")
        _git(folder, "commit", "-qm", message)
    return tmp_path


def _git(folder: Path, *words: str) -> str:
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.org", *words]
    return subprocess.run(git, check=True, capture_output=True, text=True).stdout.strip()


def _run(repositories: Path, *words: str) -> tuple[list[dict[str, object]], str]:
    names, out = repositories / "names.txt", repositories / "out.jsonl"
    names.write_text("owner/name\nowner/absent\n")
    script = [sys.executable, str(RANKING / "examples.py"), "--repos", str(repositories), "--out", str(out)]
    run = subprocess.run([*script, "--list", str(names), *words], check=True, capture_output=True, text=True)
    return [json.loads(line) for line in out.read_text().splitlines()], run.stderr


def test_a_repair_with_a_report_is_an_example(repositories: Path) -> None:
    found, said = _run(repositories)
    assert len(found) == 1
    one = found[0]
    folder = repositories / "owner+name" / "repo"
    assert one["repo"] == "owner/name"
    assert one["base_commit"] == _git(folder, "rev-parse", "HEAD~4")
    assert one["instance_id"] == f"owner__name-{_git(folder, 'rev-parse', 'HEAD~3')[:12]}"
    assert one["problem_statement"] == (
        "Reader.size is one too small when the file ends without a line break\n\n"
        "Reading such a file fails with `ValueError: short read`, although it should return the last line."
    )
    assert one["gold_new_files"] == []
    assert "owner/absent: left out" in said


def test_its_gold_is_what_the_repair_touched(repositories: Path) -> None:
    found, _ = _run(repositories)
    assert found[0]["gold"] == [
        {
            "file": "src/reader.py",
            "is_test": False,
            "deleted_lines": [11],
            "insert_after": [1, 18],
            "score_lines": [1, 11, 18],
            "functions": ["Reader.close", "Reader.size"],
            "classes": ["Reader"],
        }
    ]


def test_no_more_than_asked_and_always_the_same(repositories: Path) -> None:
    assert _run(repositories, "--per-repo", "0")[0] == []
    assert _run(repositories, "--per-repo", "1")[0] == _run(repositories, "--per-repo", "1")[0]
