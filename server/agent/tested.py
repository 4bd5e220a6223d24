"""Events of tests: how they are run, and what came of it."""

from dataclasses import dataclass
from typing import Literal

from ..workbench.report import TestOutcome


@dataclass(frozen=True)
class TestsChosen:
    """How the tests are run from here on, and why; `command` is "" where none is known.

    `framework` tells what reads the results, "" for the exit status alone.
    """

    command: str
    reason: str = ""
    framework: str = ""
    by: Literal["user", "genie"] = "genie"


@dataclass(frozen=True)
class TestsRan:
    """Results of one run of the tests. `moment` is "before" while nothing is patched, else "after".

    Only what isn't "passed" is listed in `outcomes`; the counts are complete. Without per-test results
    (`by_test` false) there is one outcome at most, named like the command. Where not the `whole` suite ran,
    `stage` says why: "likeliest" and "neighbourhood" come before all, "again" looks whether a result lasts.
    `flaky` are tests of which it didn't. `slowest` is how many seconds a test took at most that passed, 0
    where that isn't known.
    """

    command: str
    moment: Literal["before", "after"]
    passed: int
    failed: int
    outcomes: tuple[TestOutcome, ...]
    seconds: float
    by_test: bool = True
    whole: bool = True
    trouble: str = ""
    stage: Literal["", "likeliest", "neighbourhood", "again"] = ""
    flaky: tuple[str, ...] = ()
    slowest: float = 0.0


@dataclass(frozen=True)
class Reproduced:
    """What the proposal's own tests say of the code as it was before.

    `shown` fail there and pass with the proposal, so that they reproduce what was wrong; `silent` are new
    and pass there too.
    """

    shown: tuple[str, ...]
    silent: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class CandidatesTried:
    """Alternative patches were tested beside each other."""

    tried: int
    passed: int
    seconds: float
