"""Turns repositories' commits into tasks that a ranking can learn from.

    python bench/ranking/examples.py --repos DIR --out FILE [--per-repo N] [--list FILE]

DIR holds bare repositories as `owner+name/repo`; those of `repositories.txt` are read. A commit that mends
something or adds a little is an example: its message stands for the report, its first parent for the
repository as it was, its changes for what was to be found. Each example is a line of JSON in the form of the
real tasks. The same repositories give the same examples.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from gold import FileChange, file_changes, gold, only_comments, score_lines
from messages import likeness, statement

from genie_engineer.index.paths import is_document, is_test

PER_REPOSITORY = 40
MOST_FILES = 4
MOST_LINES = 80
LEAST_LIKENESS = 3.0
TRIED_PER_PLACE = 10
EXTENSIONS = (
    *("py", "pyx", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte", "java", "kt", "go"),
    *("rs", "rb", "php", "c", "h", "cc", "cpp", "cxx", "hh", "hpp", "cs", "scala", "swift"),
)
OTHERS = (
    *("vendor/", "node_modules/", "third_party/", "dist/", ".min.", "_pb2.", ".pb.go", "generated"),
    "unittest",  # the product's rule for tests doesn't know this name
)
_COMMIT = re.compile(r"^\x02([0-9a-f]{40})$", re.MULTILINE)


@dataclass(frozen=True)
class Commit:
    """A commit with one parent whose message could be a report."""

    name: str
    parent: str
    date: str
    text: str

    @property
    def rank(self) -> tuple[float, str]:
        """The most report-like first; equal ones in an order that doesn't change."""
        return -likeness(self.text), self.name


def git(repository: Path, *words: str, given: str = "") -> bytes:
    """What git answers. Raises CalledProcessError, also where the repository lacks an object."""
    command = ["git", "-C", str(repository), *words]
    return subprocess.run(command, input=given.encode(), capture_output=True, check=True).stdout


def commits(repository: Path) -> list[Commit]:
    """Commits whose messages could be reports, oldest first, each text once."""
    written = git(repository, "log", "--no-merges", "--date-order", "--format=%H%x01%P%x01%cI%x01%B%x02")
    found: dict[str, Commit] = {}
    for record in written.decode("utf-8", "replace").split("\x02"):
        fields = record.strip("\n").split("\x01")
        if len(fields) != 4 or len(fields[1]) != 40:
            continue
        text = statement(fields[3])
        if likeness(text) >= LEAST_LIKENESS:
            found[text.partition("\n")[0].lower()] = Commit(fields[0], fields[1], fields[2], text)
    return sorted(found.values(), key=lambda commit: (commit.date, commit.name))


def candidates(found: list[Commit], places: int) -> list[list[Commit]]:
    """For each of `places` equal stretches of the history its most report-like commits, the best first."""
    places = min(places, len(found))
    cuts = [len(found) * place // places for place in range(places + 1)] if places else []
    stretches = (found[start:end] for start, end in pairwise(cuts))
    return [sorted(stretch, key=lambda commit: commit.rank)[:TRIED_PER_PLACE] for stretch in stretches]


def changes(repository: Path, asked: list[Commit]) -> dict[str, list[FileChange]]:
    """The source and test files that each commit changed, read by one process."""
    options = ["--no-renames", "--full-index", "--no-ext-diff", "--no-textconv", "--format=%x02%H"]
    paths = [f"*.{extension}" for extension in EXTENSIONS]
    command = ["-c", "core.quotePath=false", "log", "--no-walk=unsorted", "--stdin", "-p", "-U0", *options]
    asked_for = "".join(f"{commit.name}\n" for commit in asked)
    written = git(repository, *command, "--", *paths, given=asked_for)
    parts = _COMMIT.split(written.decode("utf-8", "replace"))[1:]
    return {name: file_changes(diff) for name, diff in zip(parts[::2], parts[1::2], strict=True)}


def sources(changed: list[FileChange]) -> list[FileChange]:
    """The changed sources of a commit that is neither too large nor anything but edits; else none."""
    kept = [change for change in changed if not is_test(change.path) and not is_document(change.path)]
    edited = [change for change in kept if change.status == "M"]
    new = [change for change in kept if change.status == "A"]
    fits = (
        1 <= len(edited) <= MOST_FILES
        and len(new) <= 1
        and len(edited) + len(new) == len(kept)
        and sum(change.size for change in kept) <= MOST_LINES
        and not any(mark in change.path for change in kept for mark in OTHERS)
    )
    return kept if fits else []


def blobs(repository: Path, wanted: list[str]) -> dict[str, bytes]:
    """Contents by name, read by one process; those that the repository lacks are left out."""
    written = git(repository, "cat-file", "--batch", given="".join(f"{name}\n" for name in wanted))
    found: dict[str, bytes] = {}
    position = 0
    while position < len(written):
        end = written.index(b"\n", position)
        header = written[position:end].split()
        position = end + 1
        if header[-1] == b"missing":
            continue
        size = int(header[2])
        found[header[0].decode()] = written[position : position + size]
        position += size + 1
    return found


def examples(repository: Path, name: str, number: int) -> Iterator[dict[str, object]]:
    """At most `number` examples of one repository, spread over its history, oldest first."""
    places = candidates(commits(repository), number)
    changed = changes(repository, [commit for place in places for commit in place])
    fitting = {commit: kept for commit, files in changed.items() if (kept := sources(files))}
    wanted = sorted({change.before for kept in fitting.values() for change in kept if change.status == "M"})
    contents = blobs(repository, wanted)
    for place in places:
        made = (example(name, commit, fitting.get(commit.name, []), contents) for commit in place)
        first = next((one for one in made if one), None)
        if first:
            yield first


def example(
    name: str, commit: Commit, kept: list[FileChange], contents: dict[str, bytes]
) -> dict[str, object] | None:
    """One commit as a task; None without a file, without a line to be found, or with comments only."""
    edited = [change for change in kept if change.status == "M"]
    read = [(change, contents.get(change.before)) for change in edited]
    if not read or any(
        not content or not score_lines(change, content.split(b"\n")) for change, content in read
    ):
        return None
    if all(only_comments(change, content) for change, content in read if content):
        return None
    return {
        "instance_id": f"{name.replace('/', '__')}-{commit.name[:12]}",
        "repo": name,
        "base_commit": commit.parent,
        "problem_statement": commit.text,
        "created_at": commit.date,
        "gold": [gold(change, content) for change, content in read if content],
        "gold_new_files": [change.path for change in kept if change.status == "A"],
    }


def main() -> None:
    """Writes the examples of every listed repository that is there; names those that are not."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--repos", type=Path, required=True, help="folder of bare repositories, owner+name/repo"
    )
    parser.add_argument("--out", type=Path, required=True, help="file of examples, one line of JSON each")
    parser.add_argument(
        "--per-repo", type=int, default=PER_REPOSITORY, help="most examples of one repository"
    )
    parser.add_argument("--list", type=Path, default=Path(__file__).with_name("repositories.txt"))
    given = parser.parse_args()
    with given.out.open("w", encoding="utf-8") as out:
        for name in given.list.read_text("utf-8").split():
            repository = given.repos / name.replace("/", "+") / "repo"
            try:
                found = list(examples(repository, name, given.per_repo))
            except (subprocess.CalledProcessError, FileNotFoundError) as error:
                print(f"{name}: left out: {error}", file=sys.stderr)
                continue
            out.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in found)
            print(f"{name}: {len(found)}", file=sys.stderr)


if __name__ == "__main__":
    main()
