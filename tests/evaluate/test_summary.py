"""Outcomes of tasks become the figures that were promised, each over the tasks that have it."""

import pytest

from genie_engineer.evaluate.summary import figures, to_json

from .rows import outcome

OUTCOMES = [
    outcome("one", files={"a.py": 1, "b.py": 4}, functions={"a.py::f": 7}, search_ms=10.0, peak_mb=90.0),
    outcome("two", files={"a.py": 2}, functions={}, lines={}, search_ms=20.0, peak_mb=50.0),
    outcome("three", repository="acme/text", files={}, functions={}, lines={}, search_ms=40.0),
]


def test_figures_of_tasks_by_hand() -> None:
    told = to_json(OUTCOMES, skipped=4)
    assert set(told) == {
        *("n", "file_accuracy", "file_recall", "function_accuracy", "line_recall"),
        *("latency_ms", "peak_rss_mb", "intervals", "skipped"),
        *("by_files_fixed", "by_repository"),
    }
    assert told["n"] == 3
    assert told["file_accuracy"] == {"1": 0.0, "3": 0.5, "5": 1.0, "10": 1.0}
    assert told["file_recall"] == {"1": 0.25, "3": 0.75, "5": 1.0, "10": 1.0}
    assert told["function_accuracy"] == {"5": 0.0, "10": 1.0}
    assert told["line_recall"] == {"4000": 0.5, "8000": 0.5, "16000": 1.0, "32000": 1.0}
    assert told["latency_ms"] == {"p50": 20.0, "p95": 38.0}
    assert told["peak_rss_mb"] == 90.0
    assert told["skipped"] == 4


def test_intervals_have_the_shape_of_the_figures() -> None:
    told = to_json(OUTCOMES, skipped=0)
    intervals = told["intervals"]
    assert isinstance(intervals, dict)
    assert intervals["file_accuracy"]["3"] == [0.0, 1.0]
    assert intervals["function_accuracy"] == {"5": [0.0, 0.0], "10": [1.0, 1.0]}
    for group, places in intervals.items():
        shape = told[group]
        assert isinstance(shape, dict)
        assert list(shape) == list(places)


def test_a_repository_has_figures_of_its_own_tasks_and_null_for_none() -> None:
    told = to_json(OUTCOMES, skipped=0)["by_repository"]
    assert isinstance(told, dict)
    assert list(told) == ["acme/shop", "acme/text"]
    assert told["acme/shop"]["n"] == 2
    assert told["acme/shop"]["file_accuracy"]["3"] == 0.5
    assert told["acme/text"]["n"] == 1
    assert told["acme/text"]["file_accuracy"] == dict.fromkeys(("1", "3", "5", "10"))
    assert told["acme/text"]["line_recall"]["8000"] is None


def test_fixes_of_one_file_have_figures_of_their_own() -> None:
    told = to_json(OUTCOMES, skipped=0)["by_files_fixed"]
    assert isinstance(told, dict)
    assert {name: part["n"] for name, part in told.items()} == {"one": 1, "several": 1}
    assert told["one"]["file_accuracy"]["3"] == 1.0
    assert told["several"]["file_accuracy"]["3"] == 0.0


@pytest.mark.parametrize(("group", "n"), [("file_recall", 2), ("function_accuracy", 1), ("line_recall", 1)])
def test_each_figure_says_of_how_many_tasks_it_is(group: str, n: int) -> None:
    assert {figure.n for figure in figures(OUTCOMES) if figure.group == group} == {n}
