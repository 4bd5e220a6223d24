"""Is it solved? Told from the tests that ran before and after, never from what the model says alone."""

from collections.abc import Sequence

from ..workbench.report import failing
from .events import Finished
from .limits import Stop
from .state import RunState, has_changed
from .tested import TestsRan


def judge(state: RunState, claimed: bool, summary: str = "") -> Finished:
    """The end that the model wished for. `state.after` must be of the proposal as it stands.

    `claimed`: the model says that it is done. It can't make a solution of failing tests, but its own "not
    done" is believed.
    """
    passed, why = _shown(state, claimed)
    if passed and not claimed:
        return Finished("unsolved", f"Genie itself doesn't call it done. {why}", summary)
    return Finished("solved" if passed else "unsolved", why, summary)


def cut_short(state: RunState, stop: Stop) -> Finished:
    """The end of a run that a limit stopped: only the tests can speak for it."""
    passed, why = _shown(state, claimed=False)
    return Finished(
        "solved" if passed else "unsolved", f"{stop.why}; {_kept(state)}. {why}", limit=stop.limit
    )


def _kept(state: RunState) -> str:
    """What a run that ended early leaves behind."""
    files = len(state.changes)
    change = f"the change of {files} file{'' if files == 1 else 's'}" if files else ""
    parts = [one for one in ("the plan" if state.plan else "", change) if one]
    return f"{' and '.join(parts) or 'what was found'} {'are' if len(parts) > 1 else 'is'} kept"


def _shown(state: RunState, claimed: bool) -> tuple[bool, str]:
    """Whether the tests speak for a solution, and in words."""
    if not has_changed(state):
        return False, "No change was proposed."
    after = state.after
    if after is None or not after.whole:
        return False, "A change is proposed, but no tests could be run on it."
    if after.trouble:
        return False, f"A change is proposed, but the tests gave no answer: {after.trouble}"
    was, now = (_failing(ran) - state.flaky for ran in (state.before, after))
    if now - was:
        return False, f"The change breaks {_some(now - was)}."
    fixed = was - now
    if now:
        still = f"{_some(now)} failed before too and still {'do' if len(now) > 1 else 'does'}."
        # That what is left has nothing to do with the task is for the model to say.
        told = f"{_fixed(fixed)}; {still}" if fixed else f"Still failing: {_some(now)}."
        return bool(fixed) and claimed, told
    shown = state.reproduced.shown if state.reproduced else ()
    if fixed or shown:
        return True, f"{_fixed(fixed) if fixed else _reproduced(shown)}, and no other test broke."
    if state.reproduced and state.reproduced.silent:
        return claimed, "All tests pass, but the new ones pass without the change too: they show nothing."
    told = f"All {after.passed} tests pass, but none failed before: they don't show that the task is done."
    return claimed, told


def _failing(tests: TestsRan | None) -> set[str]:
    return {one.id for one in failing(tests.outcomes)} if tests else set()


def _fixed(names: set[str]) -> str:
    return "1 test that failed now passes" if len(names) == 1 else f"{len(names)} tests that failed now pass"


def _reproduced(tests: Sequence[str]) -> str:
    if len(tests) == 1:
        return "1 new test fails without the change and passes with it"
    return f"{len(tests)} new tests fail without the change and pass with it"


def _some(names: set[str], most: int = 3) -> str:
    shown = sorted(names)[:most]
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(shown) + rest
