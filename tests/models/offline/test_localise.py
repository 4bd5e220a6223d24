"""Where the engine looks: votes of spectra, frames, retrieval and names."""

from typing import Any

import pytest

from genie_engineer.models.offline.conversation import Brief
from genie_engineer.models.offline.localise import (
    failures,
    files,
    is_test,
    sharpened,
    suspicion,
    words,
    worst,
)


def report(**parts: Any) -> dict[str, Any]:
    return {"suspects": [], "outcomes": []} | parts


def failed(message: str = "", *frames: tuple[str, int]) -> dict[str, Any]:
    rows = [{"path": path, "line": line, "function": ""} for path, line in frames]
    return {"id": "tests/test_a.py::test_sum", "status": "failed", "message": message, "frames": rows}


@pytest.mark.parametrize(
    "path", ["tests/a.py", "test_a.py", "pkg/test_a.py", "a_test.py", "conftest.py", "py_testcases/x.py"]
)
def test_tests_are_known_by_their_paths(path: str) -> None:
    assert is_test(path)


@pytest.mark.parametrize("path", ["a.py", "contest.py", "pkg/latest.py", "testament.py", "attest/a.py"])
def test_sources_are_not_taken_for_tests(path: str) -> None:
    assert not is_test(path)


def test_the_most_suspicious_line_has_1_and_tests_are_never_suspected() -> None:
    suspects = [
        {"path": "a.py", "line": 3, "score": 0.5},
        {"path": "a.py", "line": 4, "score": 0.25},
        {"path": "tests/test_a.py", "line": 1, "score": 1.0},
        {"path": "a.js", "line": 1, "score": 1.0},
    ]
    assert suspicion(Brief(), report(suspects=suspects)) == {"a.py": {3: 1.0, 4: 0.5}}


def test_the_innermost_frame_outside_the_tests_weighs_most() -> None:
    outcome = failed("IndexError", ("tests/test_a.py", 5), ("a.py", 2), ("b.py", 7), ("tests/conftest.py", 1))
    votes = suspicion(Brief(), report(outcomes=[outcome]))
    assert worst(votes, 2) == [("b.py", 7), ("a.py", 2)]
    assert files(votes, 1) == ["b.py"]


def test_spans_found_by_the_words_of_the_task_help_where_nothing_else_does() -> None:
    span = {"path": "a.py", "start": 2, "end": 3, "symbol": "f", "reason": "", "text": ""}
    assert suspicion(Brief(found=(span,)), report()) == {"a.py": {2: 1.0, 3: 1.0}}


def test_functions_named_by_task_test_or_message_weigh_more() -> None:
    named = words(Brief("repair sum"), report(outcomes=[failed("in first_of(x)")]))
    assert {"sum", "first_of", "test_sum"} <= named
    text = "def sum(x):\n    return x\n\n\ndef other(x):\n    return x\n"
    lines = sharpened(text, {2: 0.8, 6: 0.8}, named)
    assert lines[2] > lines[6]
    assert max(lines.values()) <= 1


def test_kinds_of_failure_come_from_the_messages() -> None:
    outcomes = [
        failed("IndexError: list index out of range"),
        failed("timed out after 3 s"),
        failed("AssertionError"),
    ]
    assert failures(report(outcomes=outcomes)) == {"IndexError", "time"}
