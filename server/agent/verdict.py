"""Is it solved? Told from the tests that ran before and after, never from what the model says."""

from .events import Outcome, TestsRan
from .state import RunState, has_changed
from .tools.testing import failures


def judge(state: RunState) -> tuple[Outcome, str]:
    """The outcome and one sentence of why. `state.after` must be of the proposal as it stands."""
    if not has_changed(state):
        return "unsolved", "No change was proposed."
    after = state.after
    if after is None or not after.whole:
        return "unsolved", "A change is proposed, but no tests could be run on it."
    if after.trouble:
        return "unsolved", f"A change is proposed, but the tests gave no answer: {after.trouble}"
    broken, left = compare(state.before, after)
    if broken:
        return "unsolved", f"The change breaks {_some(broken)}."
    fixed = _failing(state.before) - _failing(after)
    if left and not fixed:
        return "unsolved", f"Still failing: {_some(left)}."
    if left:
        return "solved", f"{_count(fixed)} now pass; {_some(left)} failed before too and still does."
    if fixed:
        return "solved", f"{_count(fixed)} that failed now pass, and no other test broke."
    return (
        "solved",
        f"All {after.passed} tests pass; none failed before, so they don't show that the task is done.",
    )


def compare(before: TestsRan | None, after: TestsRan) -> tuple[set[str], set[str]]:
    """Tests that the change broke, and tests that failed before and still do."""
    was, now = _failing(before), _failing(after)
    return now - was, now & was


def _failing(tests: TestsRan | None) -> set[str]:
    return {one.id for one in failures(tests.outcomes)} if tests else set()


def _count(names: set[str]) -> str:
    return "1 test" if len(names) == 1 else f"{len(names)} tests"


def _some(names: set[str], most: int = 3) -> str:
    shown = sorted(names)[:most]
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(shown) + rest
