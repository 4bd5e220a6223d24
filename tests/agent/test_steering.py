"""The user's acts while Genie works are events, and the model meets them at its next turn."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from genie_engineer.agent.events import (
    Answered,
    Asked,
    Finished,
    HunkDecided,
    ModelSpoke,
    PatchProposed,
    PlanChanged,
    Record,
    Said,
    Step,
    ToolAnswered,
)
from genie_engineer.agent.log import Run
from genie_engineer.agent.review import accept, undo
from genie_engineer.agent.solve import work
from genie_engineer.config import Settings
from genie_engineer.models.offline import Offline
from genie_engineer.models.scripted import Call, Scripted, Turn
from tests.conftest import PATCH

PLAN = Turn("Plan.", (Call("set_plan", {"steps": [{"text": "Mend add"}, {"text": "Tidy up"}]}),))
PROPOSE = Turn("Mend.", (Call("propose_patch", {"patch": PATCH}),))
OTHER = Turn("Mend.", (Call("propose_patch", {"patch": PATCH.replace("a + b", "b + a")}),))
FINISH = Turn("Done.", (Call("finish", {"outcome": "solved", "summary": "Mended."}),))


@pytest.fixture
def run(begun: Callable[[str], Run]) -> Run:
    return begun("add(2, 3) gives -1")


def when(run: Run, kind: type, act: Callable[[Record], None]) -> None:
    """Calls `act` after the first event of a kind."""
    waiting = [act]

    def hear(record: Record) -> None:
        if isinstance(record.event, kind) and waiting:
            waiting.pop()(record)

    run.listen(hear)


def finished(run: Run) -> Finished:
    assert run.state.finished is not None
    return run.state.finished


async def test_a_rejected_hunk_is_taken_out_and_not_proposed_again(run: Run) -> None:
    def reject(record: Record) -> None:
        assert isinstance(record.event, PatchProposed)
        run.record(HunkDecided(record.event.changes[0].hunks[0].id, "rejected", "I like b + a"))

    when(run, PatchProposed, reject)
    model = Scripted([PROPOSE, PROPOSE, OTHER, FINISH])
    await work(run, model, Settings())
    proposed = [record.event.changes for record in run.records if isinstance(record.event, PatchProposed)]
    assert [len(changes) for changes in proposed] == [1, 0, 1]
    assert "rejects this hunk of your patch to calc.py, saying: I like b + a" in model.asked[1][-1].text
    answers = [record.event for record in run.records if isinstance(record.event, ToolAnswered)]
    assert not answers[1].ok
    assert "has rejected this change of calc.py already" in answers[1].text
    assert run.state.changes[0].hunks[0].after == ("    return b + a\n",)
    assert finished(run).outcome == "solved"


async def test_a_hunk_that_was_taken_back_is_taken_out_of_the_copy_and_told(
    run: Run, repository: Path
) -> None:
    def accept_and_take_back(_: Record) -> None:
        accept(run)
        undo(run)

    when(run, PatchProposed, accept_and_take_back)
    model = Scripted([PROPOSE, PROPOSE, FINISH])
    await work(run, model, Settings())
    told = "takes this hunk, accepted before, out of calc.py. It is taken out again.\n-    return a - b"
    assert told in model.asked[1][-1].text
    assert run.state.changes == ()
    assert "return a - b" in (repository / "calc.py").read_text()
    assert "rejected this change of calc.py already" in model.asked[2][-1].text


async def test_an_edited_plan_is_seen_at_the_next_turn_and_never_overwritten(run: Run) -> None:
    def strike(_: Record) -> None:
        first, second = run.state.plan
        run.record(
            PlanChanged((replace(second, state="struck"), replace(first, text="Mend add only")), "user")
        )

    when(run, PlanChanged, strike)
    model = Scripted([PLAN, PLAN, PROPOSE, FINISH])
    await work(run, model, Settings())
    assert [(step.text, step.state) for step in run.state.plan] == [
        ("Tidy up", "struck"),
        ("Mend add only", "todo"),
    ]
    assert "[struck out: do not do this] Tidy up" in "".join(message.text for message in model.asked[1])


async def test_a_call_made_before_a_step_was_struck_out_is_not_carried_out(run: Run) -> None:
    def strike(record: Record) -> None:
        if (
            isinstance(record.event, ModelSpoke)
            and record.event.calls[0].name == "propose_patch"
            and run.state.plan[0].state != "struck"
        ):
            first, *rest = run.state.plan
            run.record(PlanChanged((replace(first, state="struck"), *rest), "user"))

    run.listen(strike)
    model = Scripted([PLAN, PROPOSE, FINISH])
    await work(run, model, Settings())
    answer = next(
        e.event for e in run.records if isinstance(e.event, ToolAnswered) and e.event.tool == "propose_patch"
    )
    assert not answer.ok
    assert "[struck out: do not do this] Mend add" in answer.text
    assert run.state.changes == ()


async def test_a_call_is_carried_out_when_the_user_only_added_a_step(run: Run) -> None:
    def add(record: Record) -> None:
        if isinstance(record.event, ModelSpoke) and record.event.calls[0].name == "propose_patch":
            run.record(PlanChanged((*run.state.plan, Step("new", "Say why")), "user"))

    run.listen(add)
    await work(run, Scripted([PLAN, PROPOSE, FINISH]), Settings())
    assert run.state.changes
    assert (run.folder / "plan.md").read_text().endswith("- [ ] Say why\n")


async def test_a_plan_saved_as_text_is_seen_at_the_next_turn(run: Run) -> None:
    def save(_: Record) -> None:
        file = run.folder / "plan.md"
        file.write_text(file.read_text().replace("Mend add", "Mend add and say why"))

    when(run, ToolAnswered, save)
    model = Scripted([PLAN, PROPOSE, FINISH])
    await work(run, model, Settings())
    assert [step.text for step in run.state.plan] == ["Mend add and say why", "Tidy up"]
    assert "Mend add and say why" in model.asked[1][-1].text


async def test_words_said_while_the_model_finishes_are_heard_before_the_end(run: Run) -> None:
    def say(record: Record) -> None:
        assert isinstance(record.event, ModelSpoke)
        run.record(Said("And keep it short."))

    model = Scripted([PROPOSE, FINISH, FINISH])
    run.listen(lambda record: say(record) if _finishing(record) and len(model.asked) == 2 else None)
    await work(run, model, Settings())
    assert len(model.asked) == 3
    assert any("And keep it short." in message.text for message in model.asked[2])
    assert finished(run).outcome == "solved"


async def test_a_question_waits_for_its_answer(run: Run) -> None:
    ask = Turn("Hm.", (Call("ask_user", {"question": "Which?", "choices": ["a", "b"]}),))

    def answer(record: Record) -> None:
        assert isinstance(record.event, Asked)
        assert record.event.choices == ("a", "b")
        run.record(Answered(record.event.id, "b"))

    when(run, Asked, answer)
    model = Scripted([ask, FINISH])
    await work(run, model, Settings())
    assert model.asked[1][-1].text == "The user answers: b"


async def test_without_a_user_the_model_is_told_to_decide(run: Run) -> None:
    model = Scripted([Turn("Hm.", (Call("ask_user", {"question": "Which?"}),)), FINISH])
    await work(run, model, Settings(), headless=True)
    assert "decide for yourself" in model.asked[1][-1].text
    assert next(record.event for record in run.records if isinstance(record.event, Answered)).by == "genie"


def _finishing(record: Record) -> bool:
    return isinstance(record.event, ModelSpoke) and record.event.calls[0].name == "finish"


async def test_the_offline_engine_makes_a_call_again_that_a_plan_edited_meanwhile_has_stopped(
    run: Run,
) -> None:
    def strike(record: Record) -> None:
        spoken = record.event
        if isinstance(spoken, ModelSpoke) and [call.name for call in spoken.calls] == ["run_tests"]:
            *kept, last = run.state.plan
            forget()
            run.record(PlanChanged((*kept, replace(last, state="struck")), by="user"))

    forget = run.listen(strike)
    await work(run, Offline(), Settings())
    answers = [each for one in run.records if isinstance(each := one.event, ToolAnswered)]
    assert [each.ok for each in answers if each.tool == "run_tests"] == [False, True]
    assert "This would pass, but proposing it is struck out" in finished(run).summary
    assert not run.state.changes


async def test_a_run_that_was_finished_goes_on_by_the_plan_as_edited_since(run: Run) -> None:
    def strike(record: Record) -> None:
        *kept, last = run.state.plan
        run.record(PlanChanged((*kept, replace(last, state="struck")), by="user"))

    when(run, PlanChanged, strike)
    await work(run, Offline(), Settings())
    assert finished(run).outcome == "unsolved"
    plan = run.folder / "plan.md"
    plan.write_text(plan.read_text().replace("] ~~", "] ").replace("~~\n", "\n"))
    run.resume()
    await work(run, Offline(), Settings())
    assert finished(run).outcome == "solved"
