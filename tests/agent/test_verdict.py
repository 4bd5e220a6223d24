"""What the tests say of a run's end where some that failed before still do."""

from genie_engineer.agent.events import Finished, PatchProposed, Record
from genie_engineer.agent.fold import fold
from genie_engineer.agent.limits import Stop
from genie_engineer.agent.state import RunState
from genie_engineer.agent.tested import TestsRan
from genie_engineer.agent.verdict import cut_short, judge
from genie_engineer.edits.changes import FileChange, Hunk
from genie_engineer.workbench.report import TestOutcome

STOP = Stop("seconds", "The limit of 60 seconds is reached")
TOLD = "1 test that failed now passes; test_b failed before too and still does."


def ran(moment: str, *failed: str) -> TestsRan:
    outcomes = tuple(TestOutcome(name, "failed") for name in failed)
    when = "before" if moment == "before" else "after"
    return TestsRan("pytest", when, 3 - len(failed), len(failed), outcomes, 1.0)


def half_mended() -> RunState:
    change = FileChange("a.py", "modified", (Hunk("1", 1, ("a\n",), ("b\n",)),))
    events = (ran("before", "test_a", "test_b"), PatchProposed((change,)), ran("after", "test_b"))
    return fold(Record(seq, "", event) for seq, event in enumerate(events))


def told(end: Finished) -> tuple[str, str]:
    return end.outcome, end.why


def test_a_part_is_a_solution_only_where_the_model_says_that_the_rest_has_nothing_to_do_with_it() -> None:
    assert told(judge(half_mended(), claimed=True)) == ("solved", TOLD)
    assert told(judge(half_mended(), claimed=False)) == ("unsolved", TOLD)


def test_a_part_that_a_limit_cut_off_is_no_solution() -> None:
    outcome, why = told(cut_short(half_mended(), STOP))
    assert (outcome, why.endswith(TOLD)) == ("unsolved", True)
