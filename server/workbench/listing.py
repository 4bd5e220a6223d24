"""What belongs to the user's present state: asked of git, which is only ever read from.

Names are file-system names decoded with surrogateescape, so that any bytes survive.
"""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from ..errors import SetupError

REBUILT = frozenset(
    (
        *("__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".cache", ".git"),
        *("target", "build", "obj", "out", ".gradle", ".next", ".nuxt", ".turbo", ".parcel-cache"),
        *("coverage", "htmlcov", ".coverage", ".idea", ".vscode"),
    )
)
"""Ignored folders that tools write anew: bound read-only they would break the tools, so they stay out."""

GENERATED_SUFFIXES = (".so", ".pyd", ".dylib", ".node")
GENERATED_NAMES = frozenset(("_version.py", "version.py", "__version__.py", "_version.pyi"))
"""Ignored single files which imports need (compiled extensions, setuptools-scm's version): copied as well."""


@dataclass(frozen=True)
class Listing:
    """Paths relative to `top`: files (regular or symlinks) to copy, and ignored folders to make reachable."""

    top: Path
    files: tuple[str, ...]
    ignored: tuple[str, ...]


async def list_repository(repository: Path) -> Listing:
    """Lists tracked, uncommitted and untracked files, submodules' too. Raises SetupError with the fix."""
    top = await _top(repository)
    own, ignored = await asyncio.gather(_own_files(top, ""), _ignored(top))
    files = dict.fromkeys(own)
    for path in ignored:
        if _is_generated(path):
            files[path] = None
    folders = [path.rstrip("/") for path in ignored if path.endswith("/")]
    named = await _named(top, [folder for folder in folders if os.path.basename(folder) not in REBUILT])
    return Listing(top, tuple(files), tuple(named))


def _is_generated(path: str) -> bool:
    return path.endswith(GENERATED_SUFFIXES) or os.path.basename(path) in GENERATED_NAMES


async def _top(repository: Path) -> Path:
    if not _is_folder(repository):
        raise SetupError(f"There is no folder {repository}: name the folder of a git repository.")
    kind = (await _git(repository, "rev-parse", "--is-inside-work-tree", "--is-bare-repository")).split()
    if kind[0] != b"true":
        raise SetupError(
            f"{repository} has no work tree (it is a bare repository or lies inside .git): "
            "clone it with `git clone` and name the clone."
        )
    return Path(os.fsdecode((await _git(repository, "rev-parse", "--show-toplevel")).rstrip(b"\n")))


def _is_folder(path: Path) -> bool:
    return path.is_dir()


async def _own_files(top: Path, prefix: str) -> list[str]:
    output = await _git(top / prefix, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    files: list[str] = []
    for name in dict.fromkeys(os.fsdecode(output).split("\0")):
        path = os.path.join(prefix, name.rstrip("/"))
        if not name:
            continue
        full = top / path
        if full.is_dir() and not full.is_symlink():
            if (full / ".git").exists():
                files += await _own_files(top, path)
        else:
            files.append(path)
    return files


async def _ignored(top: Path) -> list[str]:
    output = await _git(top, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory")
    return [name for name in os.fsdecode(output).split("\0") if name]


async def _named(top: Path, folders: list[str]) -> list[str]:
    """Those that a rule ignores themselves; git also lists folders that merely hold nothing else."""
    if not folders:
        return []
    names = b"".join(os.fsencode(folder) + b"/\0" for folder in folders)
    output = await _git(top, "check-ignore", "-z", "--stdin", given=names)
    return [name.rstrip("/") for name in os.fsdecode(output).split("\0") if name]


def git_environment() -> dict[str, str]:
    """Our environment without what would lead git to another repository, and without its optional writes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    for name in os.environ:
        if name.startswith(("GIT_CONFIG", "GIT_EXEC_PATH", "GIT_TRACE")):
            kept[name] = os.environ[name]
    return kept | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}


async def _git(folder: Path, *arguments: str, given: bytes | None = None) -> bytes:
    """git's output for the input `given`, with file-system monitors off: a repository could name any."""
    try:
        process = await asyncio.create_subprocess_exec(
            *("git", "-c", "core.fsmonitor=false", *arguments),
            cwd=folder,
            env=git_environment(),
            stdin=asyncio.subprocess.DEVNULL if given is None else asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except FileNotFoundError as error:
        raise SetupError("git is not installed: install it (Debian: `apt install git`).") from error
    output, words = await process.communicate(given)
    if process.returncode == 0 or (process.returncode == 1 and not words):
        return output
    reason = words.decode("utf-8", "replace").strip()
    if "not a git repository" in reason:
        raise SetupError(f"{folder} is not a git repository: run `git init` there, or name another folder.")
    raise SetupError(f"git can't read {folder}: {reason}")
