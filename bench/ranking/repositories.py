"""Examples by repository, each repository's worked on in a process of its own."""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from genie_engineer.index.git import git

Example = dict[str, Any]
Work = Callable[[argparse.Namespace, str, list[Example]], str]


def options(description: str | None) -> argparse.ArgumentParser:
    """The options that `each_repository` reads."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--examples", type=Path, nargs="+", required=True)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    return parser


def each_repository(wish: argparse.Namespace, work: Work) -> int:
    """Calls `work` with the options, a repository's name and its examples; prints what it returns.

    An example's `set` is the name of the file that it comes from.
    """
    wish.out.mkdir(parents=True, exist_ok=True)
    by_repository: dict[str, list[Example]] = defaultdict(list)
    for file in wish.examples:
        for line in file.read_text("utf-8").splitlines():
            example = json.loads(line)
            by_repository[example["repo"]].append(example | {"set": file.stem})
    with ProcessPoolExecutor(wish.jobs) as pool:
        begun = [pool.submit(work, wish, *item) for item in sorted(by_repository.items())]
        for done, each in enumerate(as_completed(begun), 1):
            print(f"{done}/{len(begun)} {each.result()}", flush=True)
    return 0


def git_dir_of(repos: Path, name: str) -> Path:
    """Where `owner+name` is below a folder of bare repositories. Raises StopIteration."""
    return next(path for path in (repos / name / "repo", repos / name) if (path / "HEAD").exists())


def files_in(git_dir: Path) -> int:
    """How many files its HEAD has."""
    return git(git_dir, "ls-tree", "-r", "--name-only", "HEAD").count(b"\n")
