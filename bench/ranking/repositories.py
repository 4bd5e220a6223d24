"""Examples by repository, each repository's worked on in a process of its own."""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from genie_engineer.errors import GenieError
from genie_engineer.index.git import git
from genie_engineer.index.index import Index

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


def at_each(index: Index, git_dir: Path, examples: list[Example]) -> Iterator[Example]:
    """The examples, each when the index is at its commit: in the order of time, so that only new content is
    read. One whose commit can't be read is passed over, and said.
    """
    for example in sorted(examples, key=lambda each: str(each["created_at"])):
        try:
            index.update_commit(git_dir, example["base_commit"])
        except GenieError as error:
            print(f"{example['instance_id']}: {error}", file=sys.stderr)
            continue
        yield example


def git_dir_of(repos: Path, name: str) -> Path:
    """Where `owner+name` is below a folder of bare repositories. Raises StopIteration."""
    return next(path for path in (repos / name / "repo", repos / name) if (path / "HEAD").exists())


def files_in(git_dir: Path) -> int:
    """How many files its HEAD has."""
    return git(git_dir, "ls-tree", "-r", "--name-only", "HEAD").count(b"\n")
