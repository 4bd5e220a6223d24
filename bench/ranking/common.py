"""Counts which words many tasks have, whatever they are about, for `genie_engineer.index.task`.

    python bench/ranking/common.py --issues FILE … --commits FILE … --out server/index/models/common.json

A word's share is the mean of its share of issues and its share of commit messages.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from genie_engineer.index.task import RAREST_COMMON
from genie_engineer.index.words import STOP_WORDS, stems, tokens

READ = 6000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--issues", type=Path, nargs="+", required=True)
    parser.add_argument("--commits", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    wish = parser.parse_args()
    issues, commits = shares(texts(wish.issues)), shares(texts(wish.commits))
    both = {word: (issues.get(word, 0.0) + commits.get(word, 0.0)) / 2 for word in {*issues, *commits}}
    kept = sorted(
        ((word, share) for word, share in both.items() if share >= RAREST_COMMON), key=lambda p: -p[1]
    )
    wish.out.write_text(json.dumps({word: round(share, 4) for word, share in kept}, ensure_ascii=False))
    print(f"{len(kept)} words, from {kept[0]} to {kept[-1]}")
    return 0


def texts(files: Iterable[Path]) -> list[str]:
    """The statements of all examples."""
    lines = (line for file in files for line in file.read_text("utf-8").splitlines())
    return [json.loads(line)["problem_statement"][:READ] for line in lines]


def shares(statements: list[str]) -> dict[str, float]:
    """The share of statements that have a stemmed part."""
    counts: Counter[str] = Counter()
    for statement in statements:
        said = {token for token in tokens(statement) if token.lower() not in STOP_WORDS}
        counts.update({stem for token in said for stem in stems(token)})
    return {stem: count / len(statements) for stem, count in counts.items()}


if __name__ == "__main__":
    sys.exit(main())
