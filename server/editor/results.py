"""A run's tests as the editor's own view of tests shows them."""

from pathlib import Path

from ..agent.state import RunState
from ..agent.tested import TestsRan
from ..agent.words import counts
from ..protocol.testing import TestsView, TestView
from ..workbench.report import TestOutcome, failing

MOST = 500
"""How many tests are shown."""


def latest(state: RunState) -> str:
    """Another text whenever other tests have run; "" while none have."""
    last = state.after or state.before
    return f"{last.moment} {last.stage} {last.seconds} {counts(last)}" if last else ""


def results(state: RunState) -> TestsView:
    """The last results, and what has become of the tests that failed before the change."""
    last = state.after or state.before
    if last is None or state.task is None:
        return TestsView((), "No test has run.", 0.0)
    root = Path(state.task.repository)
    bad = failing(last.outcomes)
    mended = _mended(state.before, last) if last is state.after else []
    shown = [*(_view(root, one) for one in bad), *(_view(root, one, passed=True) for one in mended)]
    return TestsView(tuple(shown[:MOST]), counts(last), last.seconds)


def _mended(before: TestsRan | None, after: TestsRan) -> list[TestOutcome]:
    """What failed before and passes now: all that doesn't stand in the list of a whole run."""
    if before is None or not after.whole or not after.by_test or after.trouble:
        return []
    listed = {one.id for one in after.outcomes}
    return [one for one in failing(before.outcomes) if one.id not in listed]


def _view(root: Path, one: TestOutcome, passed: bool = False) -> TestView:
    file, _, label = one.id.partition("::")
    path = file if (root / file).is_file() else next((frame.path for frame in one.frames), "")
    own = [frame for frame in one.frames if frame.path == path]
    deepest = one.frames[-1] if one.frames else None
    return TestView(
        id=one.id,
        label=label or one.id,
        uri=(root / path).as_uri() if path else "",
        line=own[0].line - 1 if own else 0,
        status="passed" if passed else "error" if one.status == "error" else "failed",
        message="" if passed else one.message or "It failed without a message.",
        failed_uri=(root / deepest.path).as_uri() if deepest else "",
        failed_line=deepest.line - 1 if deepest else 0,
        seconds=0.0 if passed else one.seconds,  # what is known of a mended one is how long it took to fail
    )
