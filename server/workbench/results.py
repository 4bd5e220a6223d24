"""Reads what our probes of pytest and unittest wrote.

The tests could write there too, so nothing in it is taken on trust.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .frameworks.reports import regular_file
from .report import Frame, TestOutcome, TestStatus

_LIMIT = 200_000_000
_STATUSES: dict[str, TestStatus] = {
    "passed": "passed",
    "failed": "failed",
    "error": "error",
    "skipped": "skipped",
}


@dataclass
class Results:
    """All lines of one run, folded.

    `failing` holds per failing test the executed lines by file, in order of first execution; `passing` how
    many passing tests executed a line. `exit_code` is pytest's own, None if it didn't come to its end.
    """

    outcomes: dict[str, TestOutcome] = field(default_factory=dict)
    running: dict[str, None] = field(default_factory=dict)
    sessions: int = 0
    runner: str = "pytest"
    exit_code: int | None = None
    failing: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    passing: dict[tuple[str, int], int] = field(default_factory=dict)


def read_results(file: Path, cut: str) -> Results:
    """Folds the lines of `file`; no file means no results. A test that began but didn't end gets "failed"
    with the message `cut`."""
    results = Results()
    for record in _records(file):
        try:
            _fold(results, record)
        except (KeyError, TypeError, ValueError):
            continue
    for test in results.running:
        results.outcomes[test] = TestOutcome(test, "failed", cut)
    return results


def _records(file: Path) -> Iterator[dict[str, Any]]:
    for line in regular_file(file, _LIMIT).splitlines():
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            yield record


def _fold(results: Results, record: dict[str, Any]) -> None:
    kind = record["kind"]
    if kind == "session":
        results.sessions += 1
        results.runner = str(record.get("runner", results.runner))
    elif kind == "start":
        results.running[str(record["id"])] = None
    elif kind == "end":
        outcome = _outcome(record, _STATUSES[record["status"]])
        results.running.pop(outcome.id, None)
        results.outcomes[outcome.id] = outcome
        if record["lines"]:
            results.failing[outcome.id] = {
                str(path): [int(line) for line in lines] for path, lines in record["lines"].items()
            }
    elif kind == "collect":
        outcome = _outcome(record, "error")
        results.outcomes[outcome.id] = outcome
    elif kind == "passing":
        for path, counts in record["lines"].items():
            for line, count in counts:
                results.passing[path, int(line)] = results.passing.get((path, int(line)), 0) + int(count)
    elif kind == "finish":
        results.exit_code = int(record["exit"])


def _outcome(record: dict[str, Any], status: TestStatus) -> TestOutcome:
    frames = tuple(Frame(str(path), int(line), str(name)) for path, line, name in record["frames"])
    seconds = float(record.get("seconds", 0.0))
    return TestOutcome(str(record["id"]), status, str(record["message"]), frames, seconds)
