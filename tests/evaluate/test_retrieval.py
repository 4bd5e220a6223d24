"""A task's figures are its own: of its commit, whatever was measured before."""

from io import BytesIO
from pathlib import Path

import pytest

from genie_engineer.evaluate.record import Outcome, Record
from genie_engineer.evaluate.retrieval import measure
from genie_engineer.evaluate.tasks import Gold, Task
from tests.conftest import git

ALPHA = "def first(alpha):\n    result = alpha + 1\n    result *= alpha\n    return result - alpha\n"
BETA = "def second(beta):\n    result = beta + 1\n    return result\n"


@pytest.fixture
def tasks(tmp_path: Path) -> list[Task]:
    """The same question of a commit in which one of its words is common, and of one where it is rare."""
    work = tmp_path / "work"
    work.mkdir()
    git(work, "init", "-q")
    (work / "first.py").write_text(ALPHA)
    (work / "second.py").write_text(BETA)
    for number in range(8):
        (work / f"other{number}.py").write_text(f"def other{number}(x):\n    y = x\n    return y\n")
    for number in range(40):
        (work / f"gone{number}.py").write_text(f"def gone{number}(alpha):\n    x = alpha\n    return x\n")
    git(work, "add", ".")
    git(work, "commit", "-qm", "common")
    git(work, "rm", "-q", *(f"gone{number}.py" for number in range(40)))
    git(work, "commit", "-qm", "rare")
    git(tmp_path, "clone", "-q", "--bare", str(work), "repos/acme+shop")
    commits = git(work, "rev-list", "--reverse", "HEAD").split()
    gold = tuple(Gold(file, False, (1,), ()) for file in ("first.py", "second.py"))
    return [
        Task(f"task-{number}", "acme/shop", commit, "alpha and beta", str(number), gold)
        for number, commit in enumerate(commits)
    ]


def files(tasks: list[Task], repos: Path) -> list[dict[str, int | None]]:
    outcomes = measure(tasks, repos, Record(BytesIO(), {}))
    return [outcome.files for outcome in outcomes if isinstance(outcome, Outcome)]


def test_what_was_measured_before_changes_nothing(tasks: list[Task], tmp_path: Path) -> None:
    alone = [files([task], tmp_path / "repos")[0] for task in tasks]
    assert [ranks["first.py"] for ranks in alone] == [2, 1]
    assert files(tasks, tmp_path / "repos") == alone
