"""The tool that runs tests and brings back what failed: the assertion, the frames, the last lines."""

from dataclasses import asdict, dataclass
from typing import Literal

from ...models.contract import Json
from ...workbench.files import base_bytes, base_mode, changed, new_mode, write
from ...workbench.report import TestOutcome, TestReport
from ...workbench.testing import Suite, run_tests
from ..desk import Desk
from ..events import TestsRan
from ..state import has_changed
from .tool import Observation, Tool, about

MOST_FAILURES = 20
MOST_SUSPECTS = 300
LAST_LINES = 40


@dataclass(frozen=True)
class RunTests:
    """Arguments of run_tests."""

    tests: tuple[str, ...] = about("Ids of the tests to run; empty: all.", default=())
    coverage: bool = about(
        "Also rank lines by how much failing tests run them and passing ones don't.", default=False
    )


async def run(desk: Desk, wish: RunTests) -> Observation:
    """Runs the tests in the sandbox and records the result."""
    if desk.suite is None:
        return Observation("No test command was found here. Ask the user for one, or do without.", ok=False)
    report = await measure(desk, desk.suite, wish.tests, wish.coverage)
    return Observation(told(report), as_data(report), ok=not report.trouble)


async def measure(
    desk: Desk, suite: Suite, tests: tuple[str, ...] = (), coverage: bool = False
) -> TestReport:
    """Runs the tests in the copy as it now stands, and records TestsRan."""
    report = await run_tests(desk.bench, suite, selected=tests, coverage=coverage)
    moment: Literal["before", "after"] = "after" if has_changed(desk.run.state) else "before"
    desk.run.record(as_event(report, moment, whole=not tests))
    return report


async def measure_before(desk: Desk, suite: Suite) -> None:
    """Runs all tests on the user's files as they were, for a proposal made without having done so."""
    bench = desk.bench
    now = {path: (data, new_mode(bench, path)) for path, (_, data) in changed(bench).items()}
    try:
        for path in now:
            write(bench, path, base_bytes(bench, path), base_mode(bench, path))
        report = await run_tests(bench, suite)
    finally:
        for path, (data, mode) in now.items():
            write(bench, path, data, mode)
    desk.run.record(as_event(report, "before", whole=True))


def as_event(report: TestReport, moment: Literal["before", "after"], whole: bool) -> TestsRan:
    """The report as the run's log keeps it."""
    bad = tuple(one for one in report.outcomes if one.status != "passed")
    return TestsRan(
        command=report.command,
        moment=moment,
        passed=sum(one.status == "passed" for one in report.outcomes),
        failed=len(failures(bad)),
        outcomes=bad,
        seconds=round(report.seconds, 3),
        by_test=report.by_test,
        whole=whole,
        trouble=report.trouble,
    )


def failing_before(desk: Desk) -> tuple[str, ...]:
    """Ids of the tests that failed before anything was patched."""
    before = desk.run.state.before
    return tuple(one.id for one in failures(before.outcomes)) if before else ()


def failures(outcomes: tuple[TestOutcome, ...]) -> list[TestOutcome]:
    """Those that failed or broke."""
    return [one for one in outcomes if one.status in ("failed", "error")]


def as_data(report: TestReport) -> Json:
    """The report as JSON, without the tests that passed."""
    bad = [asdict(one) for one in report.outcomes if one.status != "passed"]
    return {
        "command": report.command,
        "passed": sum(one.status == "passed" for one in report.outcomes),
        "failed": len(failures(report.outcomes)),
        "by_test": report.by_test,
        "trouble": report.trouble,
        "outcomes": bad,
        "suspects": [asdict(one) for one in report.suspects[:MOST_SUSPECTS]],
    }


def told(report: TestReport) -> str:
    """The report for a reader: counts, failures with their frames, suspects, the last lines if need be."""
    bad = failures(report.outcomes)
    passed = sum(one.status == "passed" for one in report.outcomes)
    parts = [f"$ {report.command}\n{len(bad)} failed, {passed} passed in {report.seconds:.1f} s."]
    if not report.by_test:
        parts = [f"$ {report.command}\nExit status {report.exit_code} after {report.seconds:.1f} s."]
    if report.trouble:
        parts.append(report.trouble)
    parts += [_failure(one) for one in bad[:MOST_FAILURES]]
    if len(bad) > MOST_FAILURES:
        parts.append(f"… and {len(bad) - MOST_FAILURES} more.")
    if report.suspects:
        rows = [f"  {one.path}:{one.line}  {one.score:.2f}" for one in report.suspects[:20]]
        parts.append("Most suspicious lines (Ochiai):\n" + "\n".join(rows))
    if report.trouble or (not report.by_test and report.exit_code):
        parts.append("The last lines:\n" + "\n".join(report.output.splitlines()[-LAST_LINES:]))
    return "\n\n".join(parts)


def _failure(one: TestOutcome) -> str:
    frames = [f"  {frame.path}:{frame.line} in {frame.function}" for frame in one.frames[-8:]]
    return "\n".join([f"FAILED {one.id}", *frames, *("  " + row for row in one.message.splitlines()[:25])])


TOOLS = (Tool("run_tests", "Runs the tests in a sandbox and tells what failed and where.", RunTests, run),)
