"""Runs tests for a run of the agent and records what came of it: before, after, in stages, again.

What failed before isn't the change's fault, and what fails now and then is nobody's: `again` finds out.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Literal

from ..workbench.files import base_bytes, base_mode, changed, new_mode, write
from ..workbench.report import TestOutcome, TestReport, failing
from ..workbench.testing import Suite, run_tests
from .desk import Desk
from .reach import only_tests, reaching
from .state import RunState, has_changed
from .tested import Reproduced, TestsRan

QUICK_SECONDS = 10.0
"""A suite that took less before is run whole: its parts would save nothing."""

MOST_LIKELIEST, MOST_NEAR = 10, 40
MOST_AGAIN = 20
RERUNS = 2
AGAIN_SECONDS = 30.0
_MOST_NEW_FILES = 10

Stage = Literal["", "likeliest", "neighbourhood", "again"]
Moment = Literal["before", "after"]


@dataclass(frozen=True)
class Measured:
    """A report, and of which part of the suite it is."""

    report: TestReport
    stage: Stage = ""


async def measure(
    desk: Desk, suite: Suite, tests: Sequence[str] = (), coverage: bool = False, stage: Stage = ""
) -> TestReport:
    """Runs the tests in the copy as it now stands, and records TestsRan."""
    report = await run_tests(desk.bench, suite, selected=tests, coverage=coverage)
    moment: Moment = "after" if has_changed(desk.run.state) else "before"
    desk.run.record(as_event(report, moment, stage if report.narrowed else ""))
    return report


async def measure_before(desk: Desk, suite: Suite) -> None:
    """Runs all tests on the user's files as they were, for a proposal made without having done so."""
    async with _as_before(desk):
        report = await run_tests(desk.bench, suite)
    desk.run.record(as_event(report, "before"))


async def measure_in_stages(desk: Desk, suite: Suite) -> Measured:
    """Runs the likeliest tests, then the neighbourhood, then all; stops where a stage shows a failure.

    The likeliest are those that failed before, those of the change itself, and those that use what it
    changes. A failure counts if it is new, or if the test has to do with the change and failed before.
    """
    likeliest, near = await asyncio.to_thread(_stages, desk)
    stages: tuple[tuple[Stage, tuple[str, ...]], ...] = (("likeliest", likeliest), ("neighbourhood", near))
    for stage, tests in stages:
        if tests:
            report = await measure(desk, suite, tests, stage=stage)
            if not report.narrowed or report.trouble:
                break
            if _shows_a_failure(desk.run.state, report, likeliest):
                return Measured(report, stage)
    else:
        return Measured(await measure(desk, suite))
    return Measured(report if not report.narrowed else await measure(desk, suite))


async def confirm(desk: Desk, suite: Suite, finally_: bool = False) -> None:
    """Finds out what the whole run after the change can't tell: flaky tests, and what its own tests show.

    Tests that only now fail are run again; at the end (`finally_`) those that only now pass too, on the
    code as it was.
    """
    state = desk.run.state
    before, after = state.before, state.after
    if not (before and after and before.whole and after.whole) or before.trouble or after.trouble:
        return
    was, now = _ids(before), _ids(after)
    await _again(desk, suite, sorted(now - was - state.flaky), "after")
    if finally_:
        async with _as_before(desk):
            await _again(desk, suite, sorted(was - now - state.flaky), "before", reruns=1)
    if state.reproduced is None and after.by_test:
        await _reproduce(desk, suite)


def as_event(report: TestReport, moment: Moment, stage: Stage = "", flaky: Sequence[str] = ()) -> TestsRan:
    """The report as the run's log keeps it."""
    return TestsRan(
        command=report.command,
        moment=moment,
        passed=sum(one.status == "passed" for one in report.outcomes),
        failed=len(failing(report.outcomes)),
        outcomes=tuple(one for one in report.outcomes if one.status != "passed"),
        seconds=round(report.seconds, 3),
        by_test=report.by_test,
        whole=not report.narrowed,
        trouble=report.trouble,
        stage=stage,
        flaky=tuple(flaky),
        slowest=max((one.seconds for one in report.outcomes if one.status == "passed"), default=0.0),
    )


def _stages(desk: Desk) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tests for the first two stages: ids and files; none where the whole suite is as quick."""
    state = desk.run.state
    before = state.before
    if before and before.whole and before.seconds < QUICK_SECONDS:
        return (), ()
    paths = [change.path for change in state.changes]
    near, further = reaching(desk.index, paths)
    present = [path for path in only_tests(paths) if path in desk.bench.manifest]
    failed = sorted(_ids(before))[:MOST_LIKELIEST] if before and before.by_test else []
    likeliest = dict.fromkeys([*failed, *present, *near[:MOST_LIKELIEST]])
    rest = [path for path in (*near[MOST_LIKELIEST:], *further) if path not in likeliest]
    return tuple(likeliest), tuple(rest[:MOST_NEAR])


def _shows_a_failure(state: RunState, report: TestReport, likeliest: Sequence[str]) -> bool:
    was = _ids(state.before)
    paths = {change.path for change in state.changes} | {one for one in likeliest if "::" not in one}
    for one in failing(report.outcomes):
        about = one.id.partition("::")[0] in paths or any(frame.path in paths for frame in one.frames)
        if one.id not in state.flaky and (one.id not in was or about):
            return True
    return False


async def _again(
    desk: Desk, suite: Suite, tests: Sequence[str], moment: Moment, reruns: int = RERUNS
) -> None:
    """Runs tests alone whose result changed; one that now comes out otherwise is flaky, and recorded so.

    After the change they failed, before it too: what passes here was chance, one way or the other.
    """
    left = [test for test in tests if not _timed_out(desk.run.state, test)]
    for _ in range(reruns):
        if not left or len(left) > MOST_AGAIN:
            return
        limits = replace(suite.limits, seconds=min(suite.limits.seconds, AGAIN_SECONDS))
        report = await run_tests(desk.bench, replace(suite, limits=limits), selected=left)
        if not report.narrowed or report.trouble:
            return
        passed = {one.id for one in report.outcomes if one.status == "passed"}
        flaky = [test for test in left if test in passed]
        desk.run.record(as_event(report, moment, "again", flaky))
        left = [test for test in left if test not in passed]


async def _reproduce(desk: Desk, suite: Suite) -> None:
    """Runs the change's own tests on the code as it was: those that fail there show what was wrong."""
    state = desk.run.state
    files = [path for path in only_tests(one.path for one in state.changes) if path in desk.bench.manifest]
    if not files or len(files) > _MOST_NEW_FILES or len(files) == len(state.changes):
        return
    known: dict[str, str] = {}
    old = [path for path in files if base_bytes(desk.bench, path) is not None]
    if old:
        async with _as_before(desk):
            known = {
                one.id: one.status for one in (await run_tests(desk.bench, suite, selected=old)).outcomes
            }
    async with _as_before(desk, but=files):
        report = await run_tests(desk.bench, suite, selected=files)
    if not report.narrowed or not report.by_test:
        return
    now = _ids(state.after) | desk.run.state.flaky
    shown = [one.id for one in failing(report.outcomes) if known.get(one.id) not in ("failed", "error")]
    silent = [one.id for one in report.outcomes if one.status == "passed" and one.id not in known]
    fit = [tuple(test for test in tests if test not in now) for tests in (shown, silent)]
    desk.run.record(Reproduced(fit[0], fit[1], round(report.seconds, 3)))


@asynccontextmanager
async def _as_before(desk: Desk, but: Sequence[str] = ()) -> AsyncIterator[None]:
    """Within it the copy is as the user's files were, but for the files `but`, which stay as they are."""
    bench = desk.bench
    now = {
        path: (data, new_mode(bench, path)) for path, (_, data) in changed(bench).items() if path not in but
    }
    try:
        for path in now:
            write(bench, path, base_bytes(bench, path), base_mode(bench, path))
        yield
    finally:
        for path, (data, mode) in now.items():
            write(bench, path, data, mode)


def _timed_out(state: RunState, test: str) -> bool:
    """Whether a test has reached its time limit before: it would again."""
    known: list[TestOutcome] = [one for ran in (state.before, state.after) if ran for one in ran.outcomes]
    return any(one.id == test and "timed out" in one.message for one in known)


def _ids(tests: TestsRan | None) -> set[str]:
    return {one.id for one in failing(tests.outcomes)} if tests else set()
