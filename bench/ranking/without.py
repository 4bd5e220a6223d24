"""What each signal of a search is worth: all tasks' figures with one of them switched off in turn.

    python bench/ranking/without.py --tasks FILE --repos DIR [--every N]

The models aren't trained again: it is the search as it ships, without a model of meaning, that loses a
signal. Prints a table of file recall, function accuracy and line recall, in per cent, over every N-th task.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import groupby
from pathlib import Path
from statistics import fmean
from typing import Any
from unittest.mock import patch

import numpy as np

from genie_engineer.evaluate import scores
from genie_engineer.evaluate.repositories import find, tree
from genie_engineer.evaluate.tasks import Task, chosen, read
from genie_engineer.index import evidence, search
from genie_engineer.index.history import History
from genie_engineer.index.index import Index, open_index
from genie_engineer.index.match import CHANNELS, Matches

RANKED = 400
BUDGETS = (8000, 16000)

Off = Callable[[ExitStack], None]


def zero(place: Any, *names: str) -> Off:
    """Functions whose answers become all zeros."""

    def switch(stack: ExitStack) -> None:
        for name in names:
            stack.enter_context(patch.object(place, name, zeros_of(getattr(place, name))))

    return switch


def zeros_of(function: Callable[..., Any]) -> Callable[..., Any]:
    def answer(*given: Any, **named: Any) -> Any:
        found = function(*given, **named)
        return tuple(map(np.zeros_like, found)) if isinstance(found, tuple) else np.zeros_like(found)

    return answer


def channels(*names: str) -> Off:
    """Ways of weighing the task's words that find nothing."""
    rows = [CHANNELS.index(name) for name in names]

    def switch(stack: ExitStack) -> None:
        original = evidence.match

        def match(*given: Any) -> Matches:
            found = original(*given)
            found.chunks[rows], found.files[rows] = 0, 0
            return found

        stack.enter_context(patch.object(evidence, "match", match))

    return switch


SIGNALS: dict[str, Off] = {
    "nothing": lambda _: None,
    "whole identifiers": channels("whole", "named"),
    "title, prose and code apart": channels("title", "prose", "code"),
    "names and docs apart": channels("names", "docs"),
    "paths": zero(evidence, "_path_scores"),
    "definitions of what is named": zero(evidence, "chunk_column"),
    "files and frames that are named": zero(evidence, "_file_columns"),
    "what the first chunks use": zero(evidence, "used"),
    "who uses the first chunks": zero(evidence, "users"),
    "names kindred to the first chunks'": zero(evidence, "kindred"),
    "all three: one step along references": zero(evidence, "used", "users", "kindred"),
    "tests as a bridge": zero(evidence, "_of_tests"),
    "history": zero(History, "alike", "churn", "together"),
    "short spans first": lambda stack: stack.enter_context(patch.object(search, "_COST", 0.0)),
}


@contextmanager
def without(signal: str) -> Iterator[None]:
    """The search without that signal."""
    with ExitStack() as stack:
        SIGNALS[signal](stack)
        yield


def figures(index: Index, task: Task, git_dir: Path) -> dict[str, float]:
    """What one search finds; figures that the task's gold has nothing for are left out."""
    sources = [gold for gold in task.gold if not gold.is_test]
    ranked = index.search(task.statement, limit=RANKED)
    files = scores.files_of(ranked)
    row = {
        f"files @{k}": scores.recall_at(k, scores.ranks((one.file for one in sources), files)) for k in (1, 5)
    }
    functions = [f"{gold.file}::{name}" for gold in sources for name in gold.functions]
    if functions:
        symbols = {path: index.symbols(path) for path in files}
        found = scores.ranks(functions, scores.functions_of(ranked, symbols))
        row["functions @5"] = scores.accuracy_at(5, found)
    lines = {gold.file: gold.lines for gold in sources if gold.lines and not scores.is_document(gold.file)}
    for budget in BUDGETS if lines else ():
        spans = index.search(task.statement, budget_tokens=budget)
        texts = tree(git_dir, task.commit).read({span.path for span in spans})
        row[f"lines {budget // 1000}k"] = scores.line_recall(lines, scores.within(spans, budget, texts))
    return row


def main() -> None:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tasks", type=Path, required=True)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1)
    wish = parser.parse_args()
    rows: dict[str, list[dict[str, float]]] = {signal: [] for signal in SIGNALS}
    tasks = [task for task in chosen(read(wish.tasks).tasks)[:: wish.every] if _has_gold(task)]
    for name, group in groupby(tasks, key=lambda task: task.repository):
        git_dir = find(wish.repos, name)
        with tempfile.TemporaryDirectory() as folder, open_index(Path(folder, "index")) as index:
            for task in group:
                index.update_commit(git_dir, task.commit)
                for signal, found in rows.items():
                    with without(signal):
                        found.append(figures(index, task, git_dir))
                print(len(rows["nothing"]), task.id, flush=True)
    show(rows)


def _has_gold(task: Task) -> bool:
    return any(not gold.is_test for gold in task.gold)


def show(rows: dict[str, list[dict[str, float]]]) -> None:
    """The table: the search as it is, then what is left without each signal."""
    names: Sequence[str] = list(dict.fromkeys(name for row in rows["nothing"] for name in row))
    print("| without | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    for signal, found in rows.items():
        means = [100 * fmean(row[name] for row in found if name in row) for name in names]
        print(f"| {signal} | " + " | ".join(f"{mean:.1f}" for mean in means) + " |")


if __name__ == "__main__":
    main()
