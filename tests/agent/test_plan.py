"""The plan belongs to the user: the model moves it on and never overwrites what they wrote."""

from dataclasses import replace

import pytest

from genie_engineer.agent.events import PlanChanged, Step
from genie_engineer.agent.fold import step
from genie_engineer.agent.state import RunState
from genie_engineer.agent.tools.planning import StepWish, merge_plan

LOOK, MEND, TEST = Step("a", "Look"), Step("b", "Mend"), Step("c", "Test")


def texts(steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    return [(step.text, step.state) for step in steps]


def test_a_first_plan_gets_ids() -> None:
    steps = merge_plan(RunState(), (StepWish("Look"), StepWish("Mend", "doing")))
    assert texts(steps) == [("Look", "todo"), ("Mend", "doing")]
    assert len({step.id for step in steps}) == 2


def test_the_model_may_rewrite_its_own_plan_and_ids_are_kept() -> None:
    wishes = (StepWish("Mend it", "doing", "b"), StepWish("look", "done"))
    steps = merge_plan(RunState(plan=(LOOK, MEND)), wishes)
    assert texts(steps) == [("Mend it", "doing"), ("look", "done")]
    assert [step.id for step in steps] == ["b", "a"]


def test_a_plan_the_user_edited_keeps_its_order_and_their_words() -> None:
    state = step(RunState(plan=(LOOK, MEND)), PlanChanged((LOOK, MEND, TEST), "user"))
    wishes = (StepWish("Test a lot", "doing", "c"), StepWish("Look well", "done", "a"), StepWish("More"))
    steps = merge_plan(state, wishes)
    assert texts(steps) == [("Look well", "done"), ("More", "todo"), ("Mend", "todo"), ("Test", "doing")]


def test_what_the_user_reworded_is_known_by_its_former_words() -> None:
    state = step(RunState(plan=(LOOK, MEND)), PlanChanged((LOOK, replace(MEND, text="Mend a bit")), "user"))
    state = step(state, PlanChanged(state.plan))
    assert texts(merge_plan(state, (StepWish("mend", "doing"),))) == [
        ("Look", "todo"),
        ("Mend a bit", "doing"),
    ]


@pytest.mark.parametrize("edited", [True, False])
def test_a_struck_out_step_stays_struck_out(edited: bool) -> None:
    state = RunState(plan=(LOOK, Step("b", "Mend", "struck")), plan_edited=edited)
    for wishes in ((StepWish("Mend", "doing"),), (StepWish("Mend", "doing", "b"),), ()):
        assert next(one for one in merge_plan(state, wishes) if one.id == "b").state == "struck"


def test_a_step_that_the_user_took_out_is_not_brought_back() -> None:
    state = step(RunState(plan=(LOOK, MEND)), PlanChanged((MEND,), "user"))
    assert state.removed_steps == (LOOK,)
    wishes = (StepWish("look!", "doing"), StepWish("Have a look", "doing", "a"), StepWish("Mend"))
    assert texts(merge_plan(state, wishes)) == [("Mend", "todo")]
    reworded = step(state, PlanChanged((replace(MEND, text="Repair"),), "user"))
    assert merge_plan(step(reworded, PlanChanged((), "user")), wishes) == ()
    again = step(state, PlanChanged((Step("z", "Look"), MEND), "user"))
    assert texts(merge_plan(again, (StepWish("look", "doing"),))) == [("Look", "doing"), ("Mend", "todo")]
