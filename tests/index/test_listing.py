"""What belongs to a project, asked of real git or found by walking."""

import subprocess
from pathlib import Path

import pytest

from genie_engineer.index.listing import tracked_files


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


def put(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x\n")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.fixture
def repository(root: Path) -> Path:
    git(root, "init", "-q")
    return root


def test_tracked_and_new_files_are_listed_and_ignored_ones_are_not(repository: Path) -> None:
    put(repository, "a.py", "b/with space.py", "b/größe.py", "out/x.o", "new.py", "gone.py")
    (repository / ".gitignore").write_text("out/\n")
    git(repository, "add", "a.py", "b", "gone.py")
    (repository / "gone.py").unlink()
    assert tracked_files(repository) == [".gitignore", "a.py", "b/größe.py", "b/with space.py", "new.py"]


def test_a_tracked_file_in_an_ignored_folder_is_listed(repository: Path) -> None:
    put(repository, "out/kept.py")
    (repository / ".gitignore").write_text("out/\n")
    git(repository, "add", "-f", "out/kept.py")
    assert "out/kept.py" in tracked_files(repository)


def test_a_folder_of_a_repository_is_listed_from_there(repository: Path) -> None:
    put(repository, "a.py", "sub/b.py")
    assert tracked_files(repository / "sub") == ["b.py"]


def test_submodules_and_nested_repositories_are_left_out(repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for folder in (other, repository / "nested"):
        folder.mkdir(exist_ok=True)
        git(folder, "init", "-q")
        put(folder, "inner.py")
        git(folder, "add", ".")
        git(folder, "commit", "-qm", "x")
    git(repository, "submodule", "add", "-q", str(other), "module")
    put(repository, "a.py")
    assert tracked_files(repository) == [".gitmodules", "a.py"]


def test_links_are_followed_only_to_files_inside(root: Path, tmp_path: Path) -> None:
    put(root, "a.py")
    put(tmp_path, "secret.py")
    (root / "inside.py").symlink_to(root / "a.py")
    (root / "outside.py").symlink_to(tmp_path / "secret.py")
    (root / "loop.py").symlink_to(root / "loop.py")
    (root / "folder").symlink_to(tmp_path, target_is_directory=True)
    assert tracked_files(root) == ["a.py", "inside.py"]
    git(root, "init", "-q")
    assert tracked_files(root) == ["a.py", "inside.py"]


def test_a_file_below_a_linked_folder_does_not_leave_the_root(root: Path, tmp_path: Path) -> None:
    put(root, "lib/deep/a.py", "b.py")
    git(root, "init", "-q")
    git(root, "add", ".")
    put(tmp_path, "elsewhere/deep/a.py")
    (root / "lib/deep/a.py").unlink()
    (root / "lib/deep").rmdir()
    (root / "lib").rmdir()
    (root / "lib").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert tracked_files(root) == ["b.py"]


def test_without_git_everything_but_junk_is_listed(root: Path) -> None:
    put(root, "a.py", "build/b.py", "node_modules/x.js", ".venv/x.py", "env/pyvenv.cfg", "env/x.py")
    put(root, "target/CACHEDIR.TAG", "target/x.rs", "pkg/__pycache__/x.pyc", ".github/ci.yml")
    assert tracked_files(root) == [".github/ci.yml", "a.py", "build/b.py"]


def test_a_folder_that_its_repository_ignores_is_walked(repository: Path) -> None:
    put(repository, "copy/a.py")
    (repository / ".gitignore").write_text("copy/\n")
    assert tracked_files(repository / "copy") == ["a.py"]


def test_an_unmerged_file_is_listed_once(repository: Path) -> None:
    put(repository, "a.py")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "base")
    git(repository, "checkout", "-qb", "other")
    (repository / "a.py").write_text("y\n")
    git(repository, "commit", "-qam", "other")
    git(repository, "checkout", "-q", "-")
    (repository / "a.py").write_text("z\n")
    git(repository, "commit", "-qam", "ours")
    subprocess.run(["git", "merge", "other"], cwd=repository, check=False, capture_output=True)
    assert tracked_files(repository) == ["a.py"]


def test_a_name_that_is_not_utf8_is_left_out(root: Path) -> None:
    put(root, "a.py")
    (root / b"\xff.py".decode("utf-8", "surrogateescape")).write_text("x")
    assert tracked_files(root) == ["a.py"]
