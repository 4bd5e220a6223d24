"""What past commits tell of a file, in a real repository; and trees that are read without a check-out."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from genie_engineer.errors import SetupError
from genie_engineer.index.history import History
from genie_engineer.index.index import Index, open_index
from genie_engineer.index.words import number, stems

Write = Callable[[dict[str, str | bytes]], None]


def git(root: Path, *words: str) -> str:
    command = ["git", "-C", str(root), "-c", "user.name=A", "-c", "user.email=a@b.c", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(root: Path, message: str) -> str:
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", message)
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def repository(project: Path, write: Write) -> Path:
    git(project, "init", "-q", "-b", "main")
    commit(project, "Everything")
    write({"src/shop/cart.py": "def rebate():\n    one = 1\n    return one\n", "notes.txt": "1"})
    commit(project, "Coupons are rounded to cents")
    write({"src/shop/prices.py": "def tax():\n    one = 1\n    return one\n", "notes.txt": "2"})
    commit(project, "Taxes depend on the country")
    return project


@pytest.fixture
def opened(tmp_path: Path, repository: Path) -> Iterator[Index]:
    with open_index(tmp_path / "history.db") as index:
        index.update(repository)
        yield index


def weights(text: str) -> dict[int, float]:
    return {number(stem): 1.0 for word in text.split() for stem in stems(word)}


def history(index: Index) -> tuple[History, dict[str, int]]:
    with index._store.reading() as connection:
        return index._store.history(connection), index._store.view(connection).numbers


def best(scores: np.ndarray, numbers: dict[str, int]) -> str:
    return max(numbers, key=lambda path: scores[numbers[path]])


def test_messages_like_the_task_lead_to_what_they_touched(opened: Index) -> None:
    past, numbers = history(opened)
    assert past.commits == 3
    alike = past.alike(weights("rounding of coupons"), len(numbers))
    assert alike[numbers["src/shop/cart.py"]] == alike[numbers["notes.txt"]] > 0
    assert alike[numbers["src/shop/prices.py"]] == 0
    assert past.alike(weights("nothing of that"), len(numbers)).max() == 0


def test_what_changes_often_and_together_is_known(opened: Index) -> None:
    past, numbers = history(opened)
    assert best(past.churn(len(numbers)), numbers) == "notes.txt"
    likely = np.zeros(len(numbers), np.float32)
    likely[numbers["src/shop/prices.py"]] = 1
    together = past.together(likely)
    assert best(together, numbers) == "notes.txt"
    assert together[numbers["src/shop/prices.py"]] == 0


def test_only_the_past_of_a_commit_is_remembered(tmp_path: Path, repository: Path) -> None:
    with open_index(tmp_path / "past.db") as index:
        index.update_commit(repository / ".git", "HEAD~1")
        past, numbers = history(index)
        assert past.commits == 2
        assert past.alike(weights("taxes country"), len(numbers)).max() == 0
        index.update_commit(repository / ".git", "HEAD")
        assert history(index)[0].commits == 3


def test_a_commits_tree_is_indexed_as_the_folder_would_be(
    tmp_path: Path, repository: Path, opened: Index
) -> None:
    with open_index(tmp_path / "commit.db") as index:
        counts = index.update_commit(repository / ".git", "HEAD")
        assert index.files() == opened.files()
        for query in ("total price", "rebate", "fetchWithRetry never stops"):
            assert index.search(query) == opened.search(query)
        assert counts.files == len(index.files())
        assert index.update_commit(repository / ".git", "HEAD").unchanged == counts.files
        back = index.update_commit(repository / ".git", "HEAD~1")
        assert (back.read, back.known) == (2, 0)
        assert index.update_commit(repository / ".git", "HEAD").known == 2


def test_links_and_binaries_of_a_commit_have_no_text(tmp_path: Path, repository: Path) -> None:
    (repository / "link.py").symlink_to("src/shop/cart.py")
    commit(repository, "A link")
    with open_index(tmp_path / "commit.db") as index:
        index.update_commit(repository / ".git", "HEAD")
        assert "link.py" not in index.files()
        assert "logo.png" in index.files()


def test_an_unknown_commit_is_said_and_loses_nothing(opened: Index, repository: Path) -> None:
    with pytest.raises(SetupError, match="nowhere"):
        opened.update_commit(repository / ".git", "nowhere")
    assert opened.definitions("rebate")


def test_without_git_there_is_no_past(index: Index) -> None:
    past, numbers = history(index)
    assert past.commits == 0
    assert past.churn(len(numbers)).max() == past.together(np.ones(len(numbers), np.float32)).max() == 0
