"""Every limit ends a run with a sentence, and nothing else does."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import count

import pytest

from genie_engineer.agent.events import (
    Answered,
    Asked,
    Event,
    Finished,
    ModelSpoke,
    PatchProposed,
    PlanChanged,
    Record,
    Resumed,
    Said,
    Step,
    ToolAnswered,
)
from genie_engineer.agent.fold import fold
from genie_engineer.agent.limits import caution, exceeded, within
from genie_engineer.agent.log import Run
from genie_engineer.agent.solve import work
from genie_engineer.agent.state import RunState
from genie_engineer.config import IndexSettings, Limits, ModelSettings, Settings
from genie_engineer.edits.changes import FileChange, Hunk
from genie_engineer.models.contract import Message, ToolCall, ToolSpec, Usage
from genie_engineer.models.scripted import Call, Scripted, Turn
from tests.conftest import PATCH

Made = tuple[str, str, str] | tuple[str, str, str, Event]
"""A call: its name, arguments and answer, and what it led to."""

LOOK, TEST, SILENCE = ("open_file", '{"path": "a"}', "x"), ("run_tests", "{}", "1 failed"), ("", "", "")
PLANNED = ("set_plan", '{"steps": []}', "The plan now stands as:\n- [ ] a (id 1)")
MOVED = tuple((*PLANNED, PlanChanged((Step("1", text),))) for text in "ab")
TOLD = Said("You have made this call twice.", by="genie")


def patched(text: str) -> PatchProposed:
    return PatchProposed((FileChange("a.py", "modified", (Hunk(text, 1, ("a\n",), (text,)),)),))


def state(*happened: Made | Event) -> RunState:
    """A run in which the model made these calls and saw their answers, and these things happened."""
    numbers, events = count(), list[Event]()
    for one in happened:
        if not isinstance(one, tuple):
            events.append(one)
            continue
        name, arguments, answer, *meanwhile = one
        number = str(next(numbers))
        events.append(ModelSpoke("", (ToolCall(number, name, arguments),) if name else (), Usage(100, 10)))
        events += meanwhile
        events.append(ToolAnswered(number, name, answer) if name else Said("Go on.", by="genie"))
    return fold(Record(seq, "", event) for seq, event in enumerate(events))


DEFAULTS = Limits()


def why(now: RunState, limits: Limits = DEFAULTS) -> str:
    stop = exceeded(now, limits)
    return stop.why if stop else ""


@pytest.mark.parametrize(
    ("happened", "words"),
    [
        ((LOOK, LOOK, TOLD, LOOK), "The same call came 3 times in a row with the same result (open_file)"),
        ((LOOK, LOOK, LOOK), ""),
        ((TEST, LOOK, TEST, LOOK, TOLD, TEST, LOOK), "A cycle of two calls came 3 times"),
        (
            (*(TEST, LOOK, ("list_files", "", "")) * 2, TOLD, TEST, LOOK, ("list_files", "", "")),
            "three calls",
        ),
        ((SILENCE, SILENCE, SILENCE), "called no tool 3 times"),
        ((SILENCE, LOOK, SILENCE, SILENCE), ""),
        ((LOOK, LOOK, TOLD), ""),
        ((LOOK, LOOK, TOLD, TEST, LOOK), ""),
        ((LOOK, LOOK, TOLD, TEST, LOOK, LOOK, LOOK), ""),
        ((TEST, LOOK, TEST, LOOK, TOLD, TEST), ""),
        ((TEST, TEST, TOLD, ("run_tests", "{}", "2 failed")), ""),
        ((TEST, patched("b"), TEST, patched("c"), TOLD, TEST), ""),
        ((TEST, LOOK, patched("b"), TEST, LOOK, TOLD, patched("c"), TEST, LOOK), ""),
        ((LOOK, PLANNED, LOOK, PLANNED, TOLD, PLANNED, PLANNED, LOOK), "The same call came 3 times"),
        ((LOOK, MOVED[0], LOOK, MOVED[1], TOLD, LOOK), ""),
        ((LOOK, LOOK, TOLD, Said("Look again."), LOOK), ""),
        ((LOOK, LOOK, TOLD, LOOK, Resumed()), ""),
        ((SILENCE, SILENCE, SILENCE, Resumed()), ""),
    ],
)
def test_repetition(happened: tuple[Made | Event, ...], words: str) -> None:
    told = why(state(*happened))
    assert words in told if words else told == ""


@pytest.mark.parametrize(
    "others",
    [
        [("open_file", '{ "start": 1, "path": "a" }', "x"), ("open_file", '{"path": "a",\n"start": 1}', "x")],
        [("run_tests", "", "1 failed in 0.35 s."), ("run_tests", "{}", "1 failed in 12.20 s.")],
        [("run_tests", "{}", "<A at 0x7f01> 3ms"), ("run_tests", "{}", "<A at 0x7ffe> 14 ms")],
        [("open_file", "{path: a}", "no JSON"), ("open_file", "{path:  a}\n", "no JSON")],
    ],
)
def test_what_differs_only_in_what_is_incidental_is_the_same(others: Sequence[Made]) -> None:
    again = state(*others).again
    assert again.times == 2


@pytest.mark.parametrize(
    "others",
    [
        [("open_file", '{"path": "a"}', "x"), ("open_file", '{"path": "b"}', "x")],
        [("run_tests", "{}", "1 failed in 1.0 s"), ("run_tests", "{}", "2 failed in 1.0 s")],
        [("search_text", '{"pattern": "a b"}', "x"), ("search_text", '{"pattern": "a  b"}', "x")],
    ],
)
def test_what_differs_in_what_matters_is_not(others: Sequence[Made]) -> None:
    assert state(*others).again.times == 1


def test_the_model_is_told_once_before() -> None:
    limits = Limits()
    assert caution(state(LOOK), limits) == ""
    assert "You have made this call twice with the same result (open_file)." in caution(
        state(LOOK, LOOK), limits
    )
    assert "these 2 calls twice" in caution(state(TEST, LOOK, TEST, LOOK), limits)
    assert caution(state(LOOK, LOOK, TOLD), limits) == ""
    assert "3 times" in caution(state(LOOK, LOOK, TOLD, TEST, LOOK, LOOK, LOOK), limits)


def test_turns_tokens_and_money() -> None:
    now = state(LOOK, TEST)
    assert why(now) == ""
    assert "2 turns" in why(now, Limits(turns=2))
    assert "220 tokens" in why(now, Limits(tokens=220))
    assert why(now, Limits(tokens=221)) == ""
    call = (ToolCall("1", "open_file", "{}"),)
    paid = state(*(ModelSpoke("", call, cost=dollars) for dollars in (0.25, None, 0.5)))
    assert why(paid, Limits(money=0.76)) == ""
    assert "$0.75" in why(paid, Limits(money=0.75))
    assert (paid.cost, paid.unpriced) == (0.75, 1)


SETTINGS = Settings(model=ModelSettings(probe=False), index=IndexSettings(vectors="off"))


@pytest.fixture
def run(begun: Callable[[str], Run]) -> Run:
    return begun("add(2, 3) gives -1")


def end(run: Run) -> Finished:
    assert run.state.finished is not None
    return run.state.finished


async def test_a_model_that_repeats_itself_is_told_and_then_stopped(run: Run) -> None:
    look = Turn("", (Call("open_file", {"path": "calc.py"}),))
    model = Scripted([look] * 5)
    await work(run, model, SETTINGS)
    assert len(model.asked) == 3
    assert model.asked[2][-1].text.startswith("You have made this call twice with the same result")
    assert end(run).limit == "repeats"
    assert end(run).why.startswith("The same call came 3 times in a row with the same result (open_file); ")


async def test_three_calls_in_one_answer_are_told_before_they_end_a_run(run: Run) -> None:
    call = Call("open_file", {"path": "calc.py"})
    model = Scripted(
        [Turn("", (call,) * 3), Turn("", (Call("finish", {"outcome": "unsolved", "summary": ""}),))]
    )
    await work(run, model, SETTINGS)
    assert end(run).limit == ""


async def test_a_run_ended_by_a_limit_says_what_is_kept_and_goes_on_with_a_larger_one(run: Run) -> None:
    plan = Turn("", (Call("set_plan", {"steps": [{"text": "Mend add"}]}),))
    model = Scripted([plan, Turn("", (Call("propose_patch", {"patch": PATCH}),)), plan])
    await work(run, model, Settings(limits=Limits(turns=2)))
    assert end(run).limit == "turns"
    assert end(run).why.startswith(
        "The limit of 2 turns is reached; the plan and the change of 1 file are kept."
    )
    run.resume()
    assert run.state.finished is None
    finish = Turn("", (Call("finish", {"outcome": "solved", "summary": ""}),))
    await work(run, Scripted([plan, plan, finish]), Settings(limits=Limits(turns=4)))
    assert (end(run).limit, end(run).outcome) == ("", "solved")


class Slow:
    """A model that never comes to the end of its answer."""

    name = "scripted"

    async def stream(self, messages: Sequence[Message], tools: Sequence[ToolSpec]):  # type: ignore[no-untyped-def]
        await asyncio.Event().wait()
        yield


async def test_time_cuts_a_model_that_does_not_end(run: Run) -> None:
    await work(run, Slow(), Settings(limits=Limits(seconds=0.2)))
    assert end(run).limit == "seconds"
    assert (
        end(run).why == "The limit of 0 seconds is reached; what was found is kept. No change was proposed."
    )


async def test_time_cuts_a_test_run(run: Run) -> None:
    model = Scripted([Turn("", (Call("run_tests", {}),))])
    settings = Settings(limits=Limits(seconds=0.5), test_command="sleep 1000")
    await asyncio.wait_for(work(run, model, settings), 60)
    assert end(run).limit == "seconds"
    assert [one.event.tool for one in run.records if isinstance(one.event, ToolAnswered)] == []


async def test_waiting_for_the_user_takes_no_time(run: Run) -> None:
    async with within(run, 1000) as time:
        run.record(Asked("q", "Which?"))
        assert time.when() is None
        run.record(Answered("q", "This."))
        assert time.when() is not None


async def test_a_model_without_a_known_price_is_said_once_and_its_limit_of_money_is_not_pretended(
    run: Run,
) -> None:
    look, done = (
        Turn("", (Call("open_file", {"path": "calc.py"}),)),
        Call("finish", {"outcome": "unsolved", "summary": ""}),
    )
    for _ in range(2):
        await work(run, Scripted([look, Turn("", (done,))], "nobody/knows-it"), SETTINGS)
        run.resume()
    said = [one.event.text for one in run.records if type(one.event).__name__ == "Warned"]
    assert len(said) == 1
    assert "What nobody/knows-it costs is not known here: the limit of $5.00 can't hold" in said[0]
    assert run.state.unpriced == run.state.model_turns


async def test_calls_beyond_the_most_at_once_are_not_carried_out_and_said(run: Run) -> None:
    many = tuple(Call("open_file", {"path": f"{number}.py"}) for number in range(70))
    model = Scripted([Turn("", many), Turn("", (Call("finish", {"outcome": "unsolved", "summary": ""}),))])
    await work(run, model, SETTINGS)
    assert sum(message.role == "tool" for message in model.asked[1]) == 50
    assert "the last 20 are not carried out" in model.asked[1][-1].text
