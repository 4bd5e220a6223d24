"""Trees of bare repositories under every name they may have, whole or with parts missing."""

import os
from pathlib import Path

import pytest

from genie_engineer.evaluate.repositories import Unreadable, find, tree
from tests.conftest import git


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    (folder / "lib").mkdir(parents=True)
    (folder / "lib" / "größe x.py").write_bytes(b"one\r\ntwo")
    (folder / "empty").write_bytes(b"")
    (folder / "link").symlink_to("empty")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.py")).write_bytes(b"not UTF-8")
    (folder / "run.sh").write_bytes(b"\0\n\n")
    (folder / "run.sh").chmod(0o755)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


@pytest.mark.parametrize(
    "place", ["acme+shop", "acme+shop/repo", "acme+shop.git", "acme/shop", "acme/shop.git"]
)
def test_a_repository_is_found_under_any_of_its_names(tmp_path: Path, checkout: Path, place: str) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(checkout), f"repos/{place}")
    assert find(tmp_path / "repos", "acme/shop") == tmp_path / "repos" / place


@pytest.mark.parametrize("name", ["acme/other", "acme/shop"])
def test_a_folder_that_is_no_repository_is_not_taken_for_one(tmp_path: Path, name: str) -> None:
    (tmp_path / "acme+shop").mkdir()
    with pytest.raises(Unreadable, match=f"has no bare repository .* or {name}"):
        find(tmp_path, name)


def test_a_tree_has_the_regular_files_of_its_commit(checkout: Path) -> None:
    first = git(checkout, "rev-parse", "HEAD").strip()
    (checkout / "later.py").write_text("x\n")
    git(checkout, "rm", "-qrf", "lib")
    git(checkout, "add", ".")
    git(checkout, "commit", "-qm", "second")
    found = tree(checkout / ".git", first)
    assert sorted(found.files) == ["empty", "lib/größe x.py", "run.sh"]
    assert found.read(["run.sh", "nowhere", "lib/größe x.py", "empty", "run.sh"]) == {
        "run.sh": b"\0\n\n",
        "lib/größe x.py": b"one\r\ntwo",
        "empty": b"",
    }
    assert found.read([]) == {}
    assert sorted(tree(checkout / ".git", "HEAD").files) == ["empty", "later.py", "run.sh"]


def test_a_commit_that_is_not_there_is_said(checkout: Path) -> None:
    with pytest.raises(Unreadable, match="git can't read"):
        tree(checkout / ".git", "0" * 40)


def lose(checkout: Path, name: str) -> None:
    """Removes an object as a partial copy lacks it."""
    found = git(checkout, "rev-parse", name).strip()
    (checkout / ".git" / "objects" / found[:2] / found[2:]).unlink()


def test_a_folder_that_is_missing_makes_the_commit_unreadable(checkout: Path) -> None:
    lose(checkout, "HEAD:lib")
    with pytest.raises(Unreadable, match="git can't read"):
        tree(checkout / ".git", "HEAD")


def test_a_content_that_is_missing_is_known_and_the_others_can_be_read(checkout: Path) -> None:
    lose(checkout, "HEAD:run.sh")
    found = tree(checkout / ".git", "HEAD")
    assert found.absent == {"run.sh"}
    assert found.read(["run.sh", "lib/größe x.py"]) == {"lib/größe x.py": b"one\r\ntwo"}
