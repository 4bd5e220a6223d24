"""What the editor's own view of tests shows of a run's."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class TestView:
    """A test with its file (`uri`, "" where none is known), and where in it or below it failed (0-based).

    `message` is the assertion or the error, "" for a test that passes. `seconds` is how long it took, 0 where
    that isn't known.
    """

    id: str
    label: str
    uri: str
    line: int
    status: Literal["passed", "failed", "error"]
    message: str
    failed_uri: str
    failed_line: int
    seconds: float


@dataclass(frozen=True)
class TestsView:
    """Result of genie/tests (RunRef): the tests that failed last, and those that failed before and pass now.

    `told` counts all that ran, in words.
    """

    tests: tuple[TestView, ...]
    told: str
    seconds: float
