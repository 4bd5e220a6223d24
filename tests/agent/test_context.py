"""The prompt: never over its budget, its beginning stable, the user's words always in it."""

import json
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from genie_engineer.agent.context import build, instructions, size, tokens
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

SPECS = (
    ToolSpec("open_file", "Shows a file.", {"type": "object", "properties": {"path": {"type": "string"}}}),
)
TASK = TaskGiven("The parser drops the last line.", "/repo", "", "scripted")


def state(*events: Event) -> RunState:
    return fold(Record(seq, "", event) for seq, event in enumerate((TASK, *events)))


def opened(number: int, text: str) -> tuple[Event, Event]:
    call = ToolCall(f"c{number}", "open_file", json.dumps({"path": f"f{number}.py"}))
    return ModelSpoke(f"Turn {number}.", (call,)), ToolAnswered(
        call.id, "open_file", f"f{number}.py\n{text}", {"x": 1}
    )


def prompt(now: RunState, budget: int) -> tuple[Message, ...]:
    return build(now, budget, SPECS, lambda span: f"text of {span.path}\n" * 50)


def cost(messages: tuple[Message, ...]) -> int:
    return sum(map(size, messages)) + sum(tokens(json.dumps(spec.parameters)) for spec in SPECS)


def test_found_spans_are_put_in_front_with_their_text() -> None:
    messages = prompt(state(Found("q", (Span("a.py", 3, 9, "f", "defines f"),))), 60_000)
    assert [message.role for message in messages] == ["system", "user"]
    assert "a.py:3-9 (defines f)" in messages[1].text
    assert "text of a.py" in messages[1].text
    assert messages[1].data["found"][0]["text"].startswith("text of a.py")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 60_000), max_size=25), st.integers(4_000, 60_000))
def test_no_prompt_exceeds_the_budget(lengths: list[int], budget: int) -> None:
    events = [event for number, length in enumerate(lengths) for event in opened(number, "é" * length)]
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


def test_a_rejected_hunk_is_told_with_its_text_and_the_reason() -> None:
    change = FileChange("a.py", "modified", (Hunk("h1", 3, ("x = 1\n",), ("x = 2\n",)),))
    messages = prompt(state(PatchProposed((change,)), HunkDecided("h1", "rejected", "too bold")), 60_000)
    assert "a.py, saying: too bold" in messages[-1].text
    assert "-x = 1\n+x = 2\n" in messages[-1].text


def test_instructions_name_only_tools_that_exist() -> None:
    assert "propose_patch" in instructions()
