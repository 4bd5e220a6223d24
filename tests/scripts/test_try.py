import os
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Load = Callable[[str], ModuleType]


@pytest.fixture
def attempt(script: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """scripts/try.py with a folder of its own, and a user whose git settings must not matter."""
    module = script("try")
    monkeypatch.setattr(module, "FOLDER", tmp_path / "try")
    (tmp_path / "try").mkdir()
    (tmp_path / ".gitconfig").write_text(
        "[user]\nname = Ann\n[core]\nautocrlf = true\nexcludesFile = ~/ignore\n"
    )
    (tmp_path / "ignore").write_text("*.py\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    return module


def archive(module: ModuleType, folder: Path) -> Path:
    """A library like the real one, as an archive."""
    root = folder / module.LIBRARY.stem
    (root / "tests").mkdir(parents=True)
    (root / "tests" / "conftest.py").write_text("raise SystemExit\n")
    (root / "code.py").write_bytes(b"x = 1\r\n")
    target = folder / "library.tar.gz"
    with tarfile.open(target, "w:gz") as tar:
        tar.add(root, root.name)
    return target


def git(repository: Path, *words: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if name != "GIT_DIR"}
    clean = inherited | {"GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(["git", *words], cwd=repository, env=clean, check=True, capture_output=True)
    return done.stdout.decode()


def test_the_repository_has_one_commit_with_everything(attempt: ModuleType, tmp_path: Path) -> None:
    repository = attempt.laid_out(archive(attempt, tmp_path))
    assert git(repository, "ls-files") == "code.py\n"
    assert git(repository, "show", "HEAD:code.py") == "x = 1\r\n"
    assert git(repository, "log", "--format=%an %s") == "Genie boltons 25.0.0 as released\n"
    assert git(repository, "status", "--porcelain") == ""


def test_a_second_time_gives_the_same_commit_and_forgets_changes(attempt: ModuleType, tmp_path: Path) -> None:
    packed = archive(attempt, tmp_path)
    repository = attempt.laid_out(packed)
    first = git(repository, "rev-parse", "HEAD")
    (repository / "code.py").write_text("x = 2\n")
    (repository / "more.py").write_text("")
    attempt.laid_out(packed)
    assert git(repository, "rev-parse", "HEAD") == first
    assert sorted(path.name for path in repository.iterdir()) == [".git", "code.py", "tests"]


def test_an_archive_with_other_content_is_not_taken(
    script: Load, attempt: ModuleType, tmp_path: Path
) -> None:
    genuine = script("sdist").genuine
    assert not genuine(tmp_path / "absent.tar.gz", attempt.LIBRARY)
    assert not genuine(archive(attempt, tmp_path), attempt.LIBRARY)


def test_the_run_sees_the_virtual_environment_first(attempt: ModuleType) -> None:
    environment = attempt.environment()
    assert "GIT_DIR" not in environment
    assert Path(environment["PATH"].split(":")[0], "python").exists()
