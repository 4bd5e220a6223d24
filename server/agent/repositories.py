"""Where a run begins: the git repository around a folder."""

from pathlib import Path

from git import InvalidGitRepositoryError, NoSuchPathError, Repo

from ..errors import SetupError


def locate(folder: Path) -> tuple[Path, str]:
    """The root of the repository around `folder`, and its commit ("" when it has none). Raises SetupError."""
    with _open(folder) as repo:
        return _root(repo), repo.head.commit.hexsha if repo.head.is_valid() else ""


def root_of(folder: Path) -> Path:
    """The root alone, for a folder that isn't trusted: git is not run. Raises SetupError."""
    with _open(folder) as repo:
        return _root(repo)


def _open(folder: Path) -> Repo:
    if not folder.exists():
        raise SetupError(f"There is no folder {folder} any more.")
    try:
        repo = Repo(folder.resolve(), search_parent_directories=True)
    except (InvalidGitRepositoryError, NoSuchPathError) as error:
        raise SetupError(
            f"{folder} is not in a git repository. Make it one: git init && git add ."
        ) from error
    if repo.working_tree_dir is None:
        repo.close()
        raise SetupError(f"{folder} is a bare repository: Genie needs one with files in it.")
    return repo


def _root(repo: Repo) -> Path:
    assert repo.working_tree_dir is not None
    return Path(repo.working_tree_dir).resolve()
