"""Remarks on lines are heard, answered, found again, and kept."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from genie_engineer.agent.context import build
from genie_engineer.agent.events import Event, PatchProposed, Record, ToolAnswered
from genie_engineer.agent.fold import fold
from genie_engineer.agent.log import Run, from_json, to_json
from genie_engineer.agent.remarks import Commented, Place, Replied, ThreadMarked
from genie_engineer.agent.solve import work
from genie_engineer.agent.state import RunState
from genie_engineer.agent.threads import (
    CANNOT,
    LONGEST,
    nearby,
    offer,
    place_at,
    remark,
    unheard,
    whereabouts,
)
from genie_engineer.config import Settings
from genie_engineer.errors import UsageError
from genie_engineer.models.scripted import Call, Scripted, Turn
from tests.conftest import PATCH

PROPOSE = Turn("Mend.", (Call("propose_patch", {"patch": PATCH}),))
FINISH = Turn("Done.", (Call("finish", {"outcome": "solved", "summary": "Mended."}),))
REPLY = Turn("I say why.", (Call("reply", {"thread": "a1", "text": "Since `+` adds.", "resolved": True}),))
PLACE = Place("calc.py", 2, "proposed", "    return a + b", ("def add(a, b):",), ("", "", "def mul(a, b):"))
REMARK = Commented("a1", "Why +?", PLACE)


@pytest.fixture
def run(begun: Callable[[str], Run]) -> Run:
    return begun("add(2, 3) gives -1")


def after(run: Run, kind: type[Event], *events: Event) -> None:
    """Records `events` after the first event of a kind."""
    waiting = list(events)

    def hear(record: Record) -> None:
        while isinstance(record.event, kind) and waiting:
            run.record(waiting.pop(0))

    run.listen(hear)


async def test_a_remark_is_heard_at_the_next_turn_and_answered_in_its_thread(run: Run) -> None:
    after(run, PatchProposed, REMARK)
    model = Scripted([PROPOSE, REPLY, FINISH])
    await work(run, model, Settings())
    told = model.asked[1][-1].text
    assert told == (
        "The user remarks on calc.py:2, as you propose it:\n>     return a + b\n (thread a1): Why +?"
    )
    (thread,) = run.state.threads.values()
    assert [(words.by, words.text) for words in thread.words] == [
        ("user", "Why +?"),
        ("genie", "Since `+` adds."),
    ]
    assert thread.resolved
    assert run.state.finished
    assert run.state.finished.outcome == "solved"


async def test_a_model_that_finishes_without_an_answer_is_told_once(run: Run) -> None:
    after(run, PatchProposed, REMARK)
    model = Scripted([PROPOSE, FINISH, FINISH])
    await work(run, model, Settings())
    ends = [one.event for one in run.records if isinstance(one.event, ToolAnswered)][1:]
    assert [end.ok for end in ends] == [False, True]
    assert "no answer yet: a1 (calc.py:2)" in ends[0].text
    assert run.state.finished
    assert run.state.finished.outcome == "solved"


async def test_an_answer_that_names_no_thread_is_for_the_one_that_waits(run: Run) -> None:
    after(run, PatchProposed, REMARK)
    nameless = Turn("I say why.", (Call("reply", {"text": "So."}),) * 2)
    await work(run, Scripted([PROPOSE, nameless, FINISH]), Settings())
    assert [words.text for words in run.state.threads["a1"].words] == ["Why +?", "So."]
    answers = [one.event for one in run.records if isinstance(one.event, ToolAnswered)]
    assert [one.ok for one in answers] == [True, True, False, True]


async def test_an_answer_in_no_thread_or_without_words_is_refused(run: Run) -> None:
    after(run, PatchProposed, REMARK)
    wrong = [Call("reply", {"thread": name, "text": text}) for name, text in (("b2", "Hm."), ("a1", " "))]
    await work(run, Scripted([PROPOSE, Turn("", tuple(wrong)), REPLY, FINISH]), Settings())
    answers = [one.event for one in run.records if isinstance(one.event, ToolAnswered)]
    assert [(one.ok, one.text) for one in answers[1:3]] == [
        (False, "There is no thread 'b2'. There are: a1."),
        (False, "There is nothing in this answer."),
    ]
    assert len(run.state.threads["a1"].words) == 2


async def test_a_remark_on_a_run_that_has_ended_is_answered_when_it_goes_on(run: Run) -> None:
    script = [PROPOSE, FINISH, REPLY, FINISH]
    await work(run, Scripted(script), Settings())
    run.record(REMARK)
    assert offer(run.state, working=False) == "Genie isn't at work on this. Go on with your remark?"
    run.record(Commented("a2", "And why here?", thread="a1"))
    assert "your 2 remarks?" in offer(run.state, working=False)
    assert offer(run.state, working=True) == ""
    run.resume()
    model = Scripted(script)
    await work(run, model, Settings())
    text = "\n".join(message.text for message in model.asked[0])
    assert "(thread a1): Why +?" in text
    assert "The user replies in thread a1: And why here?" in text
    assert [words.by for words in run.state.threads["a1"].words] == ["user", "user", "genie"]
    assert offer(run.state, working=False) == ""


def state(*events: Event) -> RunState:
    return fold(Record(number, "", event) for number, event in enumerate(events))


def test_a_reply_opens_a_thread_again_and_a_mark_is_told() -> None:
    settled = state(REMARK, Replied("a1", "Done.", resolved=True))
    assert settled.threads["a1"].resolved
    again = fold([Record(0, "", REMARK), Record(1, "", Replied("a1", "Done.", True))])
    assert again == settled
    assert (
        not state(REMARK, Replied("a1", "", True), Commented("a2", "No.", thread="a1")).threads["a1"].resolved
    )
    assert (
        not state(REMARK, ThreadMarked("a1", "resolved"), ThreadMarked("a1", "open")).threads["a1"].resolved
    )


def test_a_thread_that_is_taken_back_unheard_was_never_there() -> None:
    gone = state(REMARK, Commented("a2", "Please.", thread="a1"), ThreadMarked("a1", "deleted"))
    assert gone.threads == {}
    assert gone.words == ()
    assert state(Commented("a2", "Hm.", thread="gone"), Replied("gone", "Hm.")).threads == {}


async def test_a_thread_that_is_taken_back_later_is_told(run: Run) -> None:
    after(run, PatchProposed, REMARK)
    after(run, Replied, ThreadMarked("a1", "deleted"))
    model = Scripted([PROPOSE, REPLY, FINISH])
    await work(run, model, Settings())
    assert run.state.threads == {}
    assert model.asked[2][-1].text == "The user takes thread a1 back: let the matter rest."


def test_remarks_are_never_masked(run: Run) -> None:
    long = [ToolAnswered(f"c{number}", "open_file", "x" * 20_000) for number in range(30)]
    run.record(REMARK)
    for one in long:
        run.record(one)
    run.record(ThreadMarked("a1", "resolved"))
    prompt = build(run.state, 8_000, (), lambda span, then: "")
    told = [message.text for message in prompt if message.role == "user"]
    assert any(">     return a + b\n (thread a1): Why +?" in text for text in told)


def test_the_offline_engine_says_once_in_a_thread_that_it_cannot_discuss(begun: Callable[[str], Run]) -> None:
    run = begun("x")
    assert run.state.task
    offline = replace(run.state, task=replace(run.state.task, model="offline"))
    first = remark(offline, REMARK)
    assert first == (REMARK, Replied("a1", CANNOT))
    threads = state(*first).threads
    more = Commented("a2", "Please!", thread="a1")
    assert remark(replace(offline, threads=threads), more) == (more,)
    assert remark(run.state, REMARK) == (REMARK,)
    told = state(*first)
    assert unheard(told) == [REMARK]
    assert offer(replace(offline, words=told.words), working=False) == ""


def test_what_is_no_remark_is_refused_and_one_said_twice_counts_once() -> None:
    known = state(REMARK)
    assert remark(known, REMARK) == ()
    for wrong, words in (
        (Commented("b", " \n", PLACE), "nothing in this remark"),
        (Commented("b", "x" * (LONGEST + 1), PLACE), "10,000 characters, and this one has 10,001"),
        (Commented("b", "x", thread="gone"), "no thread 'gone'"),
    ):
        with pytest.raises(UsageError, match=words):
            remark(known, wrong)


LINES = ["def a():", "    x = 1", "    return x", "", "def b():", "    x = 2", "    return x", ""]


@pytest.mark.parametrize(
    ("line", "edited", "expected"),
    [
        (3, LINES, 2),
        (7, LINES, 6),
        (7, ["# new"] * 20 + LINES, 26),
        (3, ["# new"] * 4 + LINES, 6),
        (3, LINES[3:], 3),
        (3, [line.replace("return x", "return y") for line in LINES], -1),
        (4, ["import os", "", *LINES], 5),
        (4, ["import os", "", "z = 1"], -1),
        (1, [], -1),
    ],
)
def test_a_remarked_line_is_found_again_by_itself_its_neighbours_and_nearness(
    line: int, edited: list[str], expected: int
) -> None:
    assert whereabouts(place_at("a.py", "user", LINES, line), edited) == expected


@pytest.mark.parametrize(
    ("line", "edited", "expected"),
    [
        (6, [line.replace("2", "3") for line in LINES], 5),
        (6, ["# new"] * 9 + [line.replace("2", "3") for line in LINES], 14),
        (6, [line for line in LINES if "2" not in line], 5),
        (3, ["z = 1"], 0),
        (3, [], 0),
    ],
)
def test_a_remark_on_a_line_that_is_gone_stands_where_its_neighbours_do(
    line: int, edited: list[str], expected: int
) -> None:
    assert nearby(place_at("a.py", "user", LINES, line), edited) == expected


def test_a_line_that_is_not_there_has_no_place() -> None:
    for line in (0, 9):
        with pytest.raises(UsageError, match=f"a.py has no line {line}"):
            place_at("a.py", "user", LINES, line)
    assert place_at("a.py", "user", [], 1).quote == ""


def test_events_of_threads_are_read_back() -> None:
    for event in (
        REMARK,
        Commented("a2", "x", thread="a1"),
        Replied("a1", "y", True),
        ThreadMarked("a1", "open"),
    ):
        assert from_json(to_json(Record(0, "t", event))).event == event
