"""The prompt: never over its budget, its beginning stable, the user's words always in it."""

import json
from functools import lru_cache
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from genie_engineer.agent.context import build, instructions, prompt_tokens
from genie_engineer.agent.events import (
    Event,
    Found,
    HunkDecided,
    ModelSpoke,
    PatchProposed,
    PlanChanged,
    Record,
    Said,
    Step,
    TaskGiven,
    ToolAnswered,
)
from genie_engineer.agent.fold import fold
from genie_engineer.agent.state import RunState
from genie_engineer.edits.changes import FileChange, Hunk
from genie_engineer.index.spans import Span
from genie_engineer.models.contract import Message, ToolCall, ToolSpec
from genie_engineer.models.counting import by_bytes

SPECS = (
    ToolSpec("open_file", "Shows a file.", {"type": "object", "properties": {"path": {"type": "string"}}}),
)
TASK = TaskGiven("The parser drops the last line.", "/repo", "", "scripted")


def state(*events: Event) -> RunState:
    return fold(Record(seq, "", event) for seq, event in enumerate((TASK, *events)))


def opened(number: int, text: str) -> tuple[Event, Event]:
    call = ToolCall(f"c{number}", "open_file", json.dumps({"path": f"f{number}.py"}))
    return ModelSpoke(f"Turn {number}.", (call,), heard=10**6), ToolAnswered(
        call.id, "open_file", f"f{number}.py\n{text}", {"x": 1}
    )


def prompt(now: RunState, budget: int) -> tuple[Message, ...]:
    return build(now, budget, SPECS, lambda span, as_found: f"text of {span.path}\n" * 50)


def cost(messages: tuple[Message, ...]) -> int:
    return prompt_tokens(messages, SPECS, by_bytes)


def test_found_spans_are_put_in_front_with_their_text() -> None:
    messages = prompt(state(Found("q", (Span("a.py", 3, 9, "f", "defines f"),))), 60_000)
    assert [message.role for message in messages] == ["system", "user"]
    assert "a.py:3-9 (defines f)" in messages[1].text
    assert "text of a.py" in messages[1].text
    assert messages[1].data["found"][0]["text"].startswith("text of a.py")


@st.composite
def happenings(draw: st.DrawFn) -> list[Event]:
    """Anything that can stand in a conversation, at any length."""
    events: list[Event] = []
    for number in range(draw(st.integers(0, 30))):
        kind, length = draw(st.integers(0, 5)), draw(st.sampled_from([0, 9, 300, 5_000, 90_000]))
        text = draw(st.sampled_from(["x", "é", "a b ", "\n"])) * length
        many = draw(st.sampled_from([1, 1, 1, 9]))
        if kind <= 2:
            arguments = json.dumps({"path": text if kind == 1 else "f.py"})
            calls = tuple(ToolCall(f"c{number}-{one}", "open_file", arguments) for one in range(many))
            events.append(ModelSpoke(text if kind == 2 else "I look.", calls))
            events += [ToolAnswered(call.id, call.name, text) for call in calls]
        elif kind == 3:
            plan = PlanChanged((Step("1", text[:9_000]),), by="user" if many == 1 else "genie")
            call = ToolCall(f"c{number}", "set_plan", json.dumps({"steps": text[:9_000]}))
            events += [ModelSpoke("", (call,)), plan, ToolAnswered(call.id, "set_plan", text[:9_000])]
        else:
            events.append(Said(text[:300] if kind == 4 else "Go on.", by="user" if kind == 4 else "genie"))
            events.append(ModelSpoke(text, heard=10**6))
    return events


@settings(max_examples=150, deadline=None)
@given(happenings(), st.integers(4_000, 60_000))
def test_no_prompt_exceeds_the_budget(events: list[Event], budget: int) -> None:
    assert cost(prompt(state(*events), budget)) <= budget


def test_the_users_words_the_task_and_the_plan_outlive_the_masking() -> None:
    plan = PlanChanged((Step("1", "Only touch the lexer"),), by="user")
    noise = [event for number in range(40) for event in opened(number, "x" * 20_000)]
    messages = prompt(state(Said("Keep it small."), plan, *noise), 20_000)
    whole = "\n".join(message.text for message in messages)
    assert TASK.text in whole
    assert "Keep it small." in whole
    assert "Only touch the lexer" in whole
    assert "masked to save room: f0.py" in whole


def test_the_newest_observation_is_whole() -> None:
    noise = [event for number in range(10) for event in opened(number, "x" * 20_000)]
    messages = prompt(state(*noise), 30_000)
    assert messages[-1].text == "f9.py\n" + "x" * 20_000
    assert messages[-1].data == {"x": 1}


def test_the_prefix_is_stable_from_turn_to_turn_but_for_few_maskings() -> None:
    noise = [event for number in range(60) for event in opened(number, "x" * 3_000)]
    prompts = [prompt(state(*noise[: 2 * turn]), 15_000) for turn in range(1, 60)]
    broken = sum(after[: len(before)] != before for before, after in pairwise(prompts))
    assert broken <= 20


def test_every_call_is_answered_right_after_it() -> None:
    noise = [event for number in range(40) for event in opened(number, "x" * 9_000)]
    messages = prompt(state(*noise), 20_000)
    for before, after in pairwise(messages):
        if before.calls:
            assert after.call_id == before.calls[0].id


def test_what_the_user_struck_out_long_ago_is_in_the_plan_as_it_stands_once() -> None:
    edits = [PlanChanged((Step("1", f"Version {number}"),), by="user") for number in range(3)]
    noise = [event for number in range(60) for event in opened(number, "x" * 20_000)]
    whole = "\n".join(message.text for message in prompt(state(*edits, *noise), 20_000))
    assert "Version 2" in whole
    assert "Version 1" not in whole
    assert whole.count("The user edited the plan here") == 2


def test_turns_that_are_long_past_go_with_a_word_on_how_many() -> None:
    noise = [event for number in range(300) for event in opened(number, "x" * 2_000)]
    messages = prompt(state(Said("Keep it small."), *noise), 10_000)
    assert "Keep it small." in messages[2].text
    gone = 300 - sum(message.role == "assistant" for message in messages)
    assert messages[3].text == f"[{gone} earlier turns are left out here to save room.]"
    assert messages[-1].text.startswith("f299.py")


def test_a_text_is_counted_once_however_often_it_is_in_a_prompt() -> None:
    counted: list[int] = []

    def count(text: str) -> int:
        counted.append(len(text))
        return by_bytes(text)

    remembered = lru_cache(None)(count)
    noise = [event for number in range(150) for event in opened(number, "x" * 2_000)]
    for turn in range(1, 150):
        build(state(*noise[: 2 * turn]), 15_000, SPECS, lambda span, as_found: "", count=remembered)
    assert sum(counted) < 2 * sum(len(one.text) for one in noise if isinstance(one, ToolAnswered))


def test_a_rejected_hunk_is_told_with_its_text_and_the_reason() -> None:
    change = FileChange("a.py", "modified", (Hunk("h1", 3, ("x = 1\n",), ("x = 2\n",)),))
    messages = prompt(state(PatchProposed((change,)), HunkDecided("h1", "rejected", "too bold")), 60_000)
    assert "a.py, saying: too bold" in messages[-1].text
    assert "-x = 1\n+x = 2\n" in messages[-1].text


def test_instructions_name_only_tools_that_exist() -> None:
    assert "propose_patch" in instructions()
