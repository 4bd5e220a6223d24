"""Outcomes of many tasks → means with intervals, for all and for each repository."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from .bootstrap import interval, percentile
from .record import Outcome
from .scores import BUDGETS, FILE_RANKS, FUNCTION_RANKS, accuracy_at, recall_at

Json = dict[str, object]

GROUPS = {
    "file_accuracy": FILE_RANKS,
    "file_recall": FILE_RANKS,
    "function_accuracy": FUNCTION_RANKS,
    "line_recall": BUDGETS,
}
"""The figures: a group's name → the ranks or budgets it is measured at."""


@dataclass(frozen=True)
class Figure:
    """A mean over `n` tasks, a share of 1, and its 95 % interval. Without tasks there is no figure."""

    group: str
    at: int
    n: int
    mean: float
    low: float
    high: float


def figures(outcomes: Sequence[Outcome]) -> list[Figure]:
    """Every figure that at least one task has a value for."""
    found = []
    for group, places in GROUPS.items():
        for at in places:
            values = [value for outcome in outcomes for value in _values(outcome, group, at)]
            if values:
                found.append(Figure(group, at, len(values), fmean(values), *interval(values)))
    return found


def to_json(outcomes: Sequence[Outcome], skipped: int) -> Json:
    """What `--json` prints: shares from 0 to 1, null where no task has a value."""
    found = figures(outcomes)
    times = [outcome.search_ms for outcome in outcomes]
    return {
        "n": len(outcomes),
        **_shaped(found, lambda figure: round(figure.mean, 4)),
        "latency_ms": {"p50": round(percentile(times, 0.5), 1), "p95": round(percentile(times, 0.95), 1)},
        "peak_rss_mb": peak_mb(outcomes),
        "intervals": _shaped(found, lambda figure: [round(figure.low, 4), round(figure.high, 4)]),
        "skipped": skipped,
        "by_files_fixed": _means(by_files_fixed(outcomes)),
        "by_repository": _means(by_repository(outcomes)),
    }


def by_files_fixed(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Outcomes by how many source files the fix changed: `one` (all of SWE-bench Lite is such) or `several`.

    With one file, accuracy and recall are the same; with several, accuracy at 1 is 0.
    """
    parts = {
        "one": [outcome for outcome in outcomes if len(outcome.files) == 1],
        "several": [outcome for outcome in outcomes if len(outcome.files) > 1],
    }
    return {name: part for name, part in parts.items() if part}


def by_repository(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Outcomes by repository, sorted by its name."""
    names = sorted({outcome.repository for outcome in outcomes})
    return {name: [outcome for outcome in outcomes if outcome.repository == name] for name in names}


def peak_mb(outcomes: Sequence[Outcome]) -> float:
    """The peak of all runs that the outcomes come from."""
    return max(outcome.peak_mb for outcome in outcomes)


def _means(parts: Mapping[str, Sequence[Outcome]]) -> Json:
    return {
        name: {"n": len(own), **_shaped(figures(own), lambda figure: round(figure.mean, 4))}
        for name, own in parts.items()
    }


def _values(outcome: Outcome, group: str, at: int) -> list[float]:
    """The task's value for a figure, or nothing where its gold has nothing for it."""
    if group == "line_recall":
        return [outcome.lines[str(at)]] if outcome.lines else []
    ranked = outcome.functions if group == "function_accuracy" else outcome.files
    score = recall_at if group == "file_recall" else accuracy_at
    return [score(at, ranked)] if ranked else []


def _shaped(found: Sequence[Figure], tell: Callable[[Figure], object]) -> Json:
    told = {(figure.group, figure.at): tell(figure) for figure in found}
    return {group: {str(at): told.get((group, at)) for at in places} for group, places in GROUPS.items()}
