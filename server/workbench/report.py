"""What a run of the tests told."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

TestStatus = Literal["passed", "failed", "error", "skipped"]


@dataclass(frozen=True)
class Frame:
    """A line of the repository in a stack trace."""

    path: str
    line: int
    function: str = ""


@dataclass(frozen=True)
class TestOutcome:
    """One test's result; `message` is its assertion or error, `frames` outermost first.

    `seconds` is how long it took, 0 where that isn't known; results that differ in nothing else are equal.
    """

    id: str
    status: TestStatus
    message: str = ""
    frames: tuple[Frame, ...] = ()
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class Suspect:
    """A line of source with its suspiciousness in 0..1 (Ochiai; Abreu, Zoeteweij, van Gemund 2006)."""

    path: str
    line: int
    score: float


@dataclass(frozen=True)
class TestReport:
    """One run of the tests. `by_test` is false where only the exit status could be read.

    `narrowed`: only the tests that were selected ran, and not all.
    `trouble` says in words why there may be no results: timed out, killed, no tests collected, not startable.
    `output` is the end of what the command printed. `suspects` is filled when coverage was asked for.
    """

    command: str
    outcomes: tuple[TestOutcome, ...]
    exit_code: int
    seconds: float
    by_test: bool
    narrowed: bool = False
    output: str = ""
    trouble: str = ""
    suspects: tuple[Suspect, ...] = ()


def failing(outcomes: Iterable[TestOutcome]) -> list[TestOutcome]:
    """Those that failed or broke."""
    return [one for one in outcomes if one.status in ("failed", "error")]
