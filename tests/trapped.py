"""Repositories in which every program that git could be made to run leaves a mark, and a stale index."""

import os
from collections.abc import Callable
from pathlib import Path

from tests.conftest import git

Fingerprint = Callable[[Path], dict[str, str]]

HOOKS = (
    *("pre-commit", "post-checkout", "post-index-change", "post-commit", "pre-auto-gc", "post-merge"),
    *("reference-transaction", "post-rewrite", "prepare-commit-msg", "fsmonitor-watchman"),
)


def trap(repository: Path, mark: Path) -> None:
    """From now on git would leave `mark` if it ran a hook, a monitor, a filter, a pager or a differ."""
    program = repository.parent / "trap.sh"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> "{mark}"\ncat\n')
    program.chmod(0o755)
    hooks = Path(git(repository, "rev-parse", "--path-format=absolute", "--git-path", "hooks").strip())
    hooks.mkdir(parents=True, exist_ok=True)
    for name in HOOKS:
        (hooks / name).write_text(program.read_text())
        (hooks / name).chmod(0o755)
    info = Path(git(repository, "rev-parse", "--path-format=absolute", "--git-path", "info").strip())
    info.mkdir(parents=True, exist_ok=True)
    (info / "attributes").write_text("*.py filter=trap diff=trap\n")
    settings = {
        **dict.fromkeys(("core.fsmonitor", "core.pager", "core.editor", "core.sshCommand"), str(program)),
        **dict.fromkeys(("filter.trap.clean", "filter.trap.smudge", "filter.trap.process"), str(program)),
        **dict.fromkeys(("diff.trap.textconv", "diff.trap.command", "diff.external"), str(program)),
        "core.untrackedCache": "true",
        "gc.auto": "1",
    }
    with Path(git(repository, "rev-parse", "--path-format=absolute", "--git-path", "config").strip()).open(
        "a"
    ) as file:
        for name, value in settings.items():
            *section, key = name.split(".")
            heading = f'{section[0]} "{section[1]}"' if len(section) > 1 else section[0]
            file.write(f"[{heading}]\n\t{key} = {value}\n")


def staled(repository: Path) -> None:
    """What the index has of the files' times is out of date: `git status` would write it anew."""
    for path in repository.rglob("*.py"):
        os.utime(path, ns=(1, 1))


def plain(repository: Path) -> Path:
    return repository


def with_submodule(repository: Path) -> Path:
    inner = repository.parent / "inner"
    inner.mkdir()
    (inner / "lib.py").write_text("x = 1\n")
    git(inner, "init", "-q")
    git(inner, "add", ".")
    git(inner, "commit", "-qm", "inner")
    git(repository, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "deps/inner")
    git(repository, "commit", "-qm", "with a submodule")
    return repository


def worktree(repository: Path) -> Path:
    other = repository.parent / "worktree ☂"
    git(repository, "worktree", "add", "-q", "-b", "other", str(other))
    return other


def sparse(repository: Path) -> Path:
    (repository / "far").mkdir()
    (repository / "far" / "away.py").write_text("y = 1\n")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "far")
    git(repository, "sparse-checkout", "set", "tests")
    assert not (repository / "far").exists()
    return repository


KINDS: dict[str, Callable[[Path], Path]] = {
    "plain": plain,
    "submodule": with_submodule,
    "worktree": worktree,
    "sparse": sparse,
}


def of_git(repository: Path, fingerprint: Fingerprint) -> dict[str, str]:
    """Path → kind, mode, content and time of all that git keeps, of the repository and its work trees."""
    seen = {}
    for home in (*repository.parent.glob("*/.git"), *repository.parent.glob("*/deps/*/.git")):
        below = fingerprint(home) if home.is_dir() else {"": home.read_text()}
        times = {path: (home / path).lstat().st_mtime_ns for path in below}
        seen |= {f"{home} {path}": f"{content} {times[path]}" for path, content in below.items()}
    return seen
