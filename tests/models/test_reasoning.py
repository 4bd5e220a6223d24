"""Models that think first, in chat completions: thoughts are no answer; they go back with calls."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genie_engineer.config import ModelSettings
from genie_engineer.models.contract import (
    CallMade,
    Chunk,
    Done,
    Message,
    TextDelta,
    Thoughts,
    ToolCall,
    ToolSpec,
    Usage,
)
from genie_engineer.models.openai_compatible import OpenAICompatible
from genie_engineer.models.text_calls import find_calls
from genie_engineer.models.thoughts import without_thoughts
from tests.doubles.chat_server import ChatServer

LIST = ToolSpec("list_files", "Lists.", {"type": "object", "properties": {"path": {"type": "string"}}})
ASK = (Message("user", "Hello?"),)
CALL = {"id": "c1", "name": "list_files", "arguments": {"path": "a"}}


async def asked(
    model: OpenAICompatible, messages: tuple[Message, ...] = ASK, tools: tuple[ToolSpec, ...] = (LIST,)
) -> list[Chunk]:
    return [chunk async for chunk in model.stream(messages, tools)]


def only(chunks: list[Chunk], kind: type[Any]) -> list[Any]:
    return [chunk for chunk in chunks if isinstance(chunk, kind)]


async def test_thoughts_are_no_text_and_go_back_with_their_calls() -> None:
    script = [{"thoughts": "I think.", "text": "Looking.", "calls": [CALL]}, {"text": "Done."}]
    with ChatServer(script) as server:
        model = OpenAICompatible(ModelSettings(name="m", base_url=server.base_url))
        chunks = await asked(model)
        assert "".join(chunk.text for chunk in only(chunks, TextDelta)) == "Looking."
        (thoughts,) = only(chunks, Thoughts)
        first = Message("assistant", "Looking.", (ToolCall("c1", "list_files", "{}"),), thoughts=thoughts)
        second = Message("assistant", "", (ToolCall("c2", "list_files", "{}"),))
        answers = [Message("tool", "a.py", call_id=name) for name in ("c1", "c2")]
        await asked(model, (*ASK, first, answers[0], second, answers[1]))
    sent = server.requests[1]["body"]["messages"]
    assert sent[1]["reasoning_content"] == "I think."
    assert sent[3]["reasoning_content"] == ""
    assert "reasoning_content" not in sent[0]


async def test_thoughts_without_calls_are_let_go() -> None:
    with ChatServer([{"thoughts": "I think.", "text": "Hi."}]) as server:
        chunks = await asked(OpenAICompatible(ModelSettings(name="m", base_url=server.base_url)))
    assert only(chunks, Thoughts) == []
    assert "".join(chunk.text for chunk in only(chunks, TextDelta)) == "Hi."


async def test_a_server_that_takes_no_thoughts_back_is_asked_without() -> None:
    refusal = {"status": 400, "body": {"error": {"message": "property reasoning_content is unsupported"}}}
    with ChatServer([{"thoughts": "Hm.", "calls": [CALL]}, refusal, {"text": "Hi."}]) as server:
        model = OpenAICompatible(ModelSettings(name="m", base_url=server.base_url))
        (thoughts,) = only(await asked(model), Thoughts)
        talk = Message("assistant", "", (ToolCall("c1", "list_files", "{}"),), thoughts=thoughts)
        await asked(model, (*ASK, talk, Message("tool", "a.py", call_id="c1")))
    assert "reasoning_content" in server.requests[1]["body"]["messages"][1]
    assert "reasoning_content" not in server.requests[2]["body"]["messages"][1]


@pytest.mark.parametrize(
    ("message", "setting", "before", "after"),
    [
        ("Unsupported value: 'temperature' does not support 0.5", {"temperature": 0.5}, "temperature", ""),
        (
            "Unrecognized request argument: max_completion_tokens",
            {"answer_tokens": 50},
            "max_completion_tokens",
            "max_tokens",
        ),
    ],
)
async def test_a_field_that_is_refused_is_left_out_from_then_on(
    message: str, setting: dict[str, Any], before: str, after: str
) -> None:
    refusal = {"status": 400, "body": {"error": {"message": message, "param": before}}}
    with ChatServer([refusal, {"text": "Hi."}, {"text": "Hi."}]) as server:
        model = OpenAICompatible(ModelSettings(name="m", base_url=server.base_url, **setting))
        await asked(model)
        await asked(model)
    first, *later = (request["body"] for request in server.requests)
    assert before in first
    assert all(before not in body for body in later)
    assert all(after in body for body in later if after)


async def test_a_server_without_schemas_is_asked_in_words() -> None:
    refusal = {"status": 400, "body": {"error": {"message": "response_format is not supported"}}}
    written = '```json\n{"name": "list_files", "arguments": {"path": "."}}\n```'
    with ChatServer([refusal, {"text": written}]) as server:
        settings = ModelSettings(name="m", base_url=server.base_url, tool_calls="schema")
        chunks = await asked(OpenAICompatible(settings))
    assert [chunk.call.name for chunk in only(chunks, CallMade)] == ["list_files"]
    assert "response_format" not in server.requests[1]["body"]


async def test_reasoning_tokens_are_counted_and_pictures_passed_over() -> None:
    parts = [{"type": "text", "text": "See: "}, {"type": "image_url", "image_url": {"url": "data:,"}}]
    usage = {"prompt_tokens": 5, "completion_tokens": 9} | {
        "completion_tokens_details": {"reasoning_tokens": 7}
    }
    events = [
        {"choices": [{"delta": {"content": parts, "images": [{"type": "image_url"}]}}]},
        {"choices": [{"delta": {"audio": {"data": "aGk="}}, "finish_reason": "stop"}], "usage": usage},
    ]
    with ChatServer([{"events": events}]) as server:
        chunks = await asked(OpenAICompatible(ModelSettings(name="m", base_url=server.base_url)))
    assert chunks == [TextDelta("See: "), Done(Usage(5, 9, 0, 7))]


PATCH = "a.py\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (f"<think>\n{PATCH}</think>\n\nNo.", "No."),
        (f"Hm.\n{PATCH}\n</think>\n\nNo.", "No."),
        ("<think>never ended", ""),
        ("<think></think>Yes.", "Yes."),
        ("First.\n<think>again</think>\nSecond.", "First.\n\nSecond."),
        ("The tag <think> is a word here.", "The tag <think> is a word here."),
        ('{"text": "<think>x</think>"}', '{"text": "<think>x</think>"}'),
        ("Plain.", "Plain."),
    ],
)
def test_thoughts_in_the_text_are_taken_out(text: str, answer: str) -> None:
    assert without_thoughts(text) == answer


def test_a_call_that_speaks_of_thoughts_keeps_its_words() -> None:
    call = '{"name": "list_files", "arguments": {"path": "<think>.py"}}'
    assert find_calls(call, (LIST,)) == (("list_files", '{"path": "<think>.py"}'),)


@given(st.text(alphabet="<think>/\n ab", max_size=200))
def test_nothing_is_added(text: str) -> None:
    letters = iter(text)
    assert all(letter in letters for letter in without_thoughts(text))
