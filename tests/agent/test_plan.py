"""The plan belongs to the user: the model moves it on and never overwrites what they wrote."""

import pytest

from genie_engineer.agent.events import Step
from genie_engineer.agent.tools.planning import StepWish, merge_plan

LOOK, MEND, TEST = Step("a", "Look"), Step("b", "Mend"), Step("c", "Test")


def texts(steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    return [(step.text, step.state) for step in steps]


def test_a_first_plan_gets_ids() -> None:
    steps = merge_plan((), (StepWish("Look"), StepWish("Mend", "doing")), user_owns=False)
    assert texts(steps) == [("Look", "todo"), ("Mend", "doing")]
    assert len({step.id for step in steps}) == 2


def test_the_model_may_rewrite_its_own_plan_and_ids_are_kept() -> None:
    steps = merge_plan(
        (LOOK, MEND), (StepWish("Mend it", "doing", "b"), StepWish("look", "done")), user_owns=False
    )
    assert texts(steps) == [("Mend it", "doing"), ("look", "done")]
    assert [step.id for step in steps] == ["b", "a"]


def test_a_plan_the_user_edited_keeps_its_order_and_words() -> None:
    wishes = (StepWish("Test a lot", "doing", "c"), StepWish("Look", "done"), StepWish("More"))
    steps = merge_plan((LOOK, MEND, TEST), wishes, user_owns=True)
    assert texts(steps) == [("Look", "done"), ("Mend", "todo"), ("Test", "doing"), ("More", "todo")]


@pytest.mark.parametrize("user_owns", [True, False])
def test_a_struck_out_step_stays_struck_out(user_owns: bool) -> None:
    struck = Step("b", "Mend", "struck")
    for wishes in ((StepWish("Mend", "doing"),), (StepWish("Mend", "doing", "b"),), ()):
        steps = merge_plan((LOOK, struck), wishes, user_owns)
        assert next(step for step in steps if step.id == "b").state == "struck"
