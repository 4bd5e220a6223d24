"""Questions: asked once, answered once, never in a headless run, and what came of them is in the log."""

from collections.abc import Callable

import pytest

from genie_engineer.agent.events import Answered, Asked, Finished, Record
from genie_engineer.agent.log import Run
from genie_engineer.agent.questions import DECIDE
from genie_engineer.agent.solve import work
from genie_engineer.agent.steering import AnswerUsed, Assumed
from genie_engineer.config import Settings
from genie_engineer.models.scripted import Call, Scripted, Turn
from tests.conftest import PATCH

from .conftest import answering

ASK = Call("ask_user", {"question": "Which sign?", "choices": ["+", "-"], "assume": "Plus."})
PLAN = Turn("Plan.", (Call("set_plan", {"steps": [{"text": "Mend add"}]}),))
OTHER = Turn("Plan.", (Call("set_plan", {"steps": [{"text": "Mend it with +"}]}),))
PROPOSE = Turn("Mend.", (Call("propose_patch", {"patch": PATCH}),))
FINISH = Turn(
    "Done.", (Call("finish", {"outcome": "solved", "summary": "Mended.", "assumed": ["Ints only."]}),)
)


@pytest.fixture
def run(begun: Callable[[str], Run]) -> Run:
    return begun("add(2, 3) gives -1")


def of(run: Run, kind: type) -> list[object]:
    return [record.event for record in run.records if isinstance(record.event, kind)]


@pytest.mark.parametrize(("plan", "changed"), [(OTHER, True), (PLAN, False)])
async def test_what_an_answer_did_to_the_plan_is_in_the_log(run: Run, plan: Turn, changed: bool) -> None:
    asked = answering(run, "a third way")
    model = Scripted([PLAN, Turn("Hm.", (ASK,)), plan, PROPOSE, FINISH])
    await work(run, model, Settings())
    assert (asked[0].question, asked[0].choices, asked[0].assume) == ("Which sign?", ("+", "-"), "Plus.")
    assert model.asked[2][-1].text == "The user answers: a third way"
    assert of(run, AnswerUsed) == [AnswerUsed(asked[0].id, changed)]


async def test_several_questions_in_one_answer_say_how_many_they_are(run: Run) -> None:
    asked = answering(run, "+", DECIDE)
    other = Call("ask_user", {"question": "For floats too?"})
    await work(run, Scripted([Turn("Hm.", (ASK, other)), FINISH]), Settings())
    assert [(one.number, one.of) for one in asked] == [(1, 2), (2, 2)]
    assert of(run, Assumed) == [Assumed("Ints only.")]


async def test_a_question_left_to_genie_is_gone_on_with_as_it_said(run: Run) -> None:
    answering(run, DECIDE)
    model = Scripted([Turn("Hm.", (ASK,)), FINISH])
    await work(run, model, Settings())
    assert model.asked[1][-1].text == "It is left to you: decide for yourself. You go on as you said: Plus."
    assert run.state.assumed == (Assumed("Plus.", "Which sign?"), Assumed("Ints only."))


async def test_a_headless_run_is_offered_no_questions_and_notes_what_it_assumed(run: Run) -> None:
    offered: list[str] = []

    class Listening(Scripted):
        def stream(self, messages, tools):  # type: ignore[no-untyped-def]
            offered.extend(tool.name for tool in tools)
            return super().stream(messages, tools)

    model = Listening([Turn("Hm.", (ASK,)), PROPOSE, FINISH])
    await work(run, model, Settings(), headless=True)
    assert "ask_user" not in offered
    assert "finish" in offered
    assert "name what you assumed when you finish" in model.asked[0][1].text
    assert run.state.assumed == (Assumed("Plus.", "Which sign?"), Assumed("Ints only."))
    assert [one.by for one in run.state.answers.values()] == ["genie"]


async def test_a_run_killed_anywhere_asks_no_answered_question_again(run: Run) -> None:
    """Cut behind each of its events, as by kill -9, and resumed."""
    script = [Turn("Hm.", (ASK, Call("ask_user", {"question": "Sure?"}))), PROPOSE, FINISH]
    answering(run, "+", "yes")
    await work(run, Scripted(script), Settings())
    spoken = next(n for n, one in enumerate(run.records) if isinstance(one.event, Asked))
    for length in range(spoken, len(run.records)):
        again = Run.create(run.folder.with_name(f"cut-{length}"))
        for record in run.records[:length]:
            again.record(record.event)
        known = dict(again.state.answers)
        left = ["+", "yes"][len(known) :]
        asked = answering(again, *left)
        again.resume()
        await work(again, Scripted(script), Settings())
        assert [one.question for one in asked] == ["Which sign?", "Sure?"][len(known) :], length
        assert [one.answer for one in again.state.answers.values()] == ["+", "yes"]
        assert isinstance(again.state.last, Finished)
        assert again.state.last.outcome == "solved"
        assert len(set(of(again, AnswerUsed))) == len(of(again, AnswerUsed)) == 2
        again.close()


async def test_an_answer_given_while_the_run_rests_is_gone_on_with(run: Run) -> None:
    first = Run.create(run.folder.with_name("first"))
    assert run.state.task is not None
    first.record(run.state.task)
    script = [Turn("Hm.", (ASK,)), PROPOSE, FINISH]

    def stop(record: Record) -> None:
        if isinstance(record.event, Asked):
            raise KeyboardInterrupt

    first.listen(stop)
    with pytest.raises(KeyboardInterrupt):
        await work(first, Scripted(script), Settings())
    first.close()
    rests = Run.open(first.folder)
    rests.record(Answered(rests.state.asked[0].id, "+"))
    rests.resume()
    model = Scripted(script)
    await work(rests, model, Settings())
    assert len(of(rests, Asked)) == 1
    assert model.asked[0][-1].text == "The user answers: +"
    rests.close()


async def test_an_answer_that_the_user_changes_is_told(run: Run) -> None:
    asked = answering(run, "+")
    model = Scripted([Turn("Hm.", (ASK,)), PLAN, FINISH, FINISH])

    def change(record: Record) -> None:
        if len(model.asked) == 2 and asked and run.state.answers[asked[0].id].answer == "+":
            run.record(Answered(asked[0].id, "-"))

    run.listen(change)
    await work(run, model, Settings())
    told = model.asked[2][-1].text
    assert "You had asked: Which sign?\nThe answer was: +\nThe user changes it to: -" in told
