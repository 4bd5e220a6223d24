"""The tool that runs tests and brings back what failed: the assertion, the frames, the last lines."""

from dataclasses import asdict, dataclass

from ...models.contract import Json
from ...workbench.condensing import MOST_CHARACTERS
from ...workbench.report import TestOutcome, TestReport, failing
from ..desk import Desk
from ..measuring import Measured, confirm, measure, measure_in_stages
from ..reach import only_tests
from ..state import RunState, has_changed
from ..tested import Reproduced
from .tool import Observation, Tool, about

MOST_FAILURES = 20
MOST_SUSPECTS = 300
LAST_LINES = 40
_STAGES = {"likeliest": "likeliest tests", "neighbourhood": "tests near to the change"}


@dataclass(frozen=True)
class RunTests:
    """Arguments of run_tests."""

    tests: tuple[str, ...] = about("Ids of the tests to run; empty: all.", default=())
    coverage: bool = about(
        "Also rank lines by how much failing tests run them and passing ones don't.", default=False
    )


async def run(desk: Desk, wish: RunTests) -> Observation:
    """Runs the tests in the sandbox and records the result; after a change the likeliest come first."""
    suite = await desk.suite()
    if suite is None:
        return Observation(without_tests(desk.run.state), ok=False)
    if wish.tests or wish.coverage or not has_changed(desk.run.state):
        measured = Measured(await measure(desk, suite, wish.tests, wish.coverage))
    else:
        measured = await measure_in_stages(desk, suite)
        if not measured.stage:
            await confirm(desk, suite)
    report = measured.report
    text = "\n\n".join(filter(None, (told(report), *notes(desk.run.state, measured))))
    data = as_data(report) | {"stage": measured.stage, "flaky": sorted(desk.run.state.flaky)}
    return Observation(text, data, ok=not report.trouble)


def without_tests(state: RunState) -> str:
    """Why no test can be run, for the model."""
    if state.tests and state.tests.command:
        return "The user doesn't let the tests run: there is no sandbox here. Do without, and say so."
    return "No test command was found here. Ask the user for one, or do without."


def notes(state: RunState, measured: Measured) -> list[str]:
    """What else the model must know of a run of the tests."""
    found = []
    if measured.stage:
        part = _STAGES[measured.stage]
        found.append(f"These were only the {part}: since some fail, the rest of the suite was not run.")
    paths = [change.path for change in state.changes]
    if paths and failing(measured.report.outcomes) and only_tests(paths) == paths:
        found.append("So far you changed tests alone: what fails here fails on the code as it was.")
    flaky = sorted(one.id for one in failing(measured.report.outcomes) if one.id in state.flaky)
    if flaky:
        found.append(f"Flaky (they pass when run again, so they count neither way): {', '.join(flaky)}")
    if state.reproduced and not measured.stage:
        found += _reproduced(state.reproduced)
    return found


def _reproduced(event: Reproduced) -> list[str]:
    lines = []
    if event.shown:
        lines.append(
            f"Reproduced: without your change these fail, with it they pass: {', '.join(event.shown)}"
        )
    if event.silent:
        lines.append(
            f"These new tests pass without your change too, so they don't show what was wrong: "
            f"{', '.join(event.silent[:MOST_FAILURES])}"
        )
    return lines


def failing_before(desk: Desk) -> tuple[str, ...]:
    """Ids of the tests that failed before anything was patched."""
    before = desk.run.state.before
    return tuple(one.id for one in failing(before.outcomes)) if before else ()


def as_data(report: TestReport) -> dict[str, Json]:
    """The report as JSON, without the tests that passed."""
    bad = [asdict(one) for one in report.outcomes if one.status != "passed"]
    return {
        "command": report.command,
        "passed": sum(one.status == "passed" for one in report.outcomes),
        "failed": len(failing(report.outcomes)),
        "by_test": report.by_test,
        "trouble": report.trouble,
        "outcomes": bad,
        "suspects": [asdict(one) for one in report.suspects[:MOST_SUSPECTS]],
    }


def told(report: TestReport) -> str:
    """The report for a reader: counts, failures with their frames, suspects, the last lines if need be."""
    bad = failing(report.outcomes)
    passed = sum(one.status == "passed" for one in report.outcomes)
    parts = [f"$ {report.command}\n{len(bad)} failed, {passed} passed in {report.seconds:.1f} s."]
    if not report.by_test:
        parts = [f"$ {report.command}\nExit status {report.exit_code} after {report.seconds:.1f} s."]
    if report.trouble:
        parts.append(report.trouble)
    parts += [_failure(one, report.by_test) for one in bad[:MOST_FAILURES]]
    if len(bad) > MOST_FAILURES:
        parts.append(f"… and {len(bad) - MOST_FAILURES} more.")
    if report.suspects:
        rows = [f"  {one.path}:{one.line}  {one.score:.2f}" for one in report.suspects[:20]]
        parts.append("Most suspicious lines (Ochiai):\n" + "\n".join(rows))
    if report.trouble:
        parts.append("The last lines:\n" + "\n".join(report.output.splitlines()[-LAST_LINES:]))
    return "\n\n".join(parts)


def _failure(one: TestOutcome, by_test: bool) -> str:
    if not by_test:
        return f"What it printed of failures:\n{one.message[: MOST_CHARACTERS + 500]}"
    frames = [f"  {frame.path}:{frame.line} in {frame.function}" for frame in one.frames[-8:]]
    return "\n".join([f"FAILED {one.id}", *frames, *("  " + row for row in one.message.splitlines()[:25])])


TOOLS = (Tool("run_tests", "Runs the tests in a sandbox and tells what failed and where.", RunTests, run),)
