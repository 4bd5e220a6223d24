"""Examples → what the ranking models learn from: features and labels of files and chunks.

    python bench/ranking/collect.py --examples FILE [FILE …] --repos DIR --out DIR [--jobs N] [--indexes DIR]

An example has the fields of a benchmark's task: repo, base_commit, problem_statement, gold. Each repository's
index goes from commit to commit in the order of time, so that only new content is read. A commit's message
must not be found in the past that the index remembers: the past ends at `base_commit`, its parent.
"""

import argparse
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from repositories import Example, at_each, each_repository, files_in, git_dir_of, options

from genie_engineer.index.evidence import Evidence, gather
from genie_engineer.index.features import file_features, table
from genie_engineer.index.index import open_index
from genie_engineer.index.rank import candidates, likely_files
from genie_engineer.index.task import parse

FILES_KEPT = 150
LARGEST = 5000
CHUNKS_FIRST, CHUNKS_OTHER = 200, 100

Rows = dict[str, list[Any]]


def main() -> int:
    parser = options(__doc__)
    parser.add_argument("--indexes", type=Path, help="keep the indexes there, for the next time")
    return each_repository(parser.parse_args(), collect)


def collect(wish: argparse.Namespace, repository: str, examples: list[Example]) -> str:
    """Writes one repository's rows; what is there already isn't made again."""
    name = repository.replace("/", "+")
    target = wish.out / f"{name}.npz"
    if target.exists():
        return f"{name}: already there"
    rows: Rows = defaultdict(list)
    git_dir = git_dir_of(wish.repos, name)
    if files_in(git_dir) > LARGEST:
        return f"{name}: too large"
    with (
        tempfile.TemporaryDirectory() as folder,
        open_index((wish.indexes or Path(folder)) / f"{name}.db") as index,
    ):
        for example in at_each(index, git_dir, examples):
            with index._store.reading() as connection:
                view, history = index._store.view(connection), index._store.history(connection)
                add(rows, gather(view, history, parse(example["problem_statement"])), example)
    if rows:
        arrays = {
            name: np.array(values)
            if name in ("ids", "sets", "files_names", "chunks_names")
            else np.concatenate(values)
            for name, values in rows.items()
        }
        np.savez_compressed(target, **arrays)
    return f"{name}: {len(rows['ids'])} of {len(examples)}"


def add(rows: Rows, known: Evidence, example: Example) -> None:
    """Adds an example, unless none of its gold is among the candidates."""
    view = known.view
    gold = {g["file"]: g["score_lines"] for g in example["gold"] if not g["is_test"]}
    wanted = np.array([view.numbers[path] for path in gold if path in view.numbers], np.int64)
    files = likely_files(known)
    if not np.isin(wanted, files).any():
        return
    order = files[np.argsort(-known.file_guess[files], kind="stable")]
    kept = order[(np.arange(len(order)) < FILES_KEPT) | np.isin(order, wanted)]
    columns = file_features(known, kept)
    number = len(rows["ids"])
    rows["ids"].append(example["instance_id"])
    rows["sets"].append(example["set"])
    rows["files_names"] = list(columns)
    rows["files_x"].append(table(columns))
    rows["files_y"].append(np.isin(kept, wanted))
    rows["files_of"].append(np.full(len(kept), number))
    rows["files_id"].append(kept)
    add_chunks(rows, known, kept, gold)


def add_chunks(rows: Rows, known: Evidence, files: np.ndarray, gold: dict[str, list[int]]) -> None:
    """The likeliest chunks, some of the others, and all that the fix changed.

    The scores of their files are filled in when the model of files is there.
    """
    view = known.view
    found = candidates(known, files, known.file_guess[files], FILES_KEPT)
    changed = np.zeros(len(found.chunks), np.float32)
    for path, lines in gold.items():
        if path in view.numbers:
            own = np.flatnonzero(found.files[found.file_of] == view.numbers[path])
            begins, ends = view.start[found.chunks[own]], view.end[found.chunks[own]]
            changed[own] = [
                np.sum((b <= np.array(lines)) & (np.array(lines) <= e))
                for b, e in zip(begins, ends, strict=True)
            ]
    order = np.argsort(-known.chunk_guess[found.chunks], kind="stable")
    position = np.empty(len(order), np.int64)
    position[order] = np.arange(len(order))
    others = np.random.default_rng(len(order)).random(len(order)) < CHUNKS_OTHER / max(1, len(order))
    kept = np.flatnonzero((position < CHUNKS_FIRST) | others | (changed > 0))
    columns = {name: column[kept] for name, column in found.columns().items()}
    rows["chunks_names"] = list(columns)
    rows["chunks_x"].append(table(columns))
    rows["chunks_y"].append(changed[kept])
    rows["chunks_of"].append(np.full(len(kept), len(rows["ids"]) - 1))
    rows["chunks_file"].append(found.files[found.file_of[kept]])
    rows["chunks_cost"].append(view.cost[found.chunks[kept]])


if __name__ == "__main__":
    sys.exit(main())
