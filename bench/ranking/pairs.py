"""Examples → what the embedding model learns from: tasks with the chunks that words alone rank first.

    python bench/ranking/pairs.py --examples FILE [FILE …] --repos DIR --out DIR [--jobs N] [--most N]

An example has the fields of a benchmark's task. For each repository DIR gets a file of JSON lines, packed:
`id`, `task` (its text) and `chunks`: `text` as it is embedded, `score` by words, and `hits`, how many of the
lines that the fix changed are in it. Examples of which no chunk is hit are left out.
"""

import argparse
import gzip
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from repositories import Example, at_each, each_repository, files_in, git_dir_of, options

from genie_engineer.index.index import Index, open_index
from genie_engineer.index.rank import once, rank
from genie_engineer.index.rerank import document_of
from genie_engineer.index.task import parse
from genie_engineer.index.text import Texts

FIRST = 60
LARGEST = 2500


def main() -> int:
    """One process for each of `--jobs` repositories at a time."""
    parser = options(__doc__)
    parser.add_argument("--most", type=int, default=28, help="of one repository, spread over its examples")
    return each_repository(parser.parse_args(), collect)


def collect(wish: argparse.Namespace, repository: str, examples: list[Example]) -> str:
    """Writes one repository's file; what is there already isn't made again."""
    name = repository.replace("/", "+")
    target = wish.out / f"{name}.jsonl.gz"
    git_dir = git_dir_of(wish.repos, name)
    if target.exists():
        return f"{name}: already there"
    if files_in(git_dir) > LARGEST:
        return f"{name}: too large"
    chosen = examples[:: max(1, len(examples) // wish.most)][: wish.most]
    with tempfile.TemporaryDirectory() as folder, open_index(Path(folder, "index.db")) as index:
        lines = [json.dumps(row) for row in rows(index, git_dir, chosen)]
    with gzip.open(target, "wt") as file:
        file.writelines(f"{line}\n" for line in lines)
    return f"{name}: {len(lines)} of {len(chosen)}"


def rows(index: Index, git_dir: Path, examples: list[Example]) -> Iterator[dict[str, Any]]:
    """What is kept of each example of which a changed chunk is found."""
    for example in at_each(index, git_dir, examples):
        chunks = list(ranked(index, example))
        if any(chunk["hits"] for chunk in chunks):
            yield {"id": example["instance_id"], "task": example["problem_statement"], "chunks": chunks}


def ranked(index: Index, example: Example) -> Iterator[dict[str, Any]]:
    """The first chunks, and all others that the fix changed."""
    gold = {each["file"]: each["score_lines"] for each in example["gold"] if not each["is_test"]}
    with index._store.reading() as connection:
        view, history = index._store.view(connection), index._store.history(connection)
        texts = Texts(connection)
        for place, each in enumerate(once(rank(view, history, parse(example["problem_statement"])))):
            hits = sum(each.start <= line <= each.end for line in gold.get(each.path, ()))
            if place < FIRST or hits:
                yield {"text": document_of(each, texts), "score": round(each.score, 4), "hits": hits}


if __name__ == "__main__":
    sys.exit(main())
