"""OpenAI's Responses API through the real client and real sockets, into the same contract."""

from typing import Any

import pytest

from genie_engineer.config import ModelSettings
from genie_engineer.errors import ContextOverflow, ModelBusy, ModelError, ModelRefused
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
from tests.doubles.chat_server import ChatServer

LIST = ToolSpec("list_files", "Lists.", {"type": "object", "properties": {"path": {"type": "string"}}})
ASK = (Message("system", "Be brief."), Message("user", "Hello?"))
Reply = dict[str, Any]


async def asked(
    *script: Reply, messages: tuple[Message, ...] = ASK, tools: tuple[ToolSpec, ...] = (LIST,), **options: Any
) -> tuple[list[Chunk], list[dict[str, Any]]]:
    """The chunks of the answer, and the requests that led to it."""

    async def sleep(_: float) -> None:
        return None

    with ChatServer(list(script)) as server:
        settings = ModelSettings(**{"name": "m", "base_url": server.base_url, "api": "responses", **options})
        model = OpenAICompatible(settings, sleep=sleep)
        return [chunk async for chunk in model.stream(messages, tools)], server.requests


def text_of(chunks: list[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, TextDelta))


def calls_of(chunks: list[Chunk]) -> list[ToolCall]:
    return [chunk.call for chunk in chunks if isinstance(chunk, CallMade)]


async def test_text_calls_and_usage_arrive() -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 30, "cached_tokens": 4, "reasoning_tokens": 20}
    calls = [
        {"id": "c1", "name": "list_files", "arguments": {"path": "a"}},
        {"id": "c2", "name": "list_files", "arguments": {"path": "b"}},
    ]
    chunks, (request,) = await asked({"text": "I look around.", "calls": calls, "usage": usage})
    assert request["path"] == "/v1/responses"
    assert text_of(chunks) == "I look around."
    assert sum(isinstance(chunk, TextDelta) for chunk in chunks) == 3
    assert calls_of(chunks) == [
        ToolCall("c1", "list_files", '{"path": "a"}'),
        ToolCall("c2", "list_files", '{"path": "b"}'),
    ]
    assert chunks[-1] == Done(Usage(9, 30, 4, 20), "calls")


async def test_the_request_stores_nothing_and_carries_everything() -> None:
    talk = (*ASK, Message("assistant", "I look.", (ToolCall("c1", "list_files", '{"path": "a"}'),)))
    talk = (*talk, Message("tool", "a.py", call_id="c1"))
    _, (request,) = await asked({"text": "Hi."}, messages=talk, temperature=0.5, answer_tokens=99)
    assert request["body"] == {
        "model": "m",
        "stream": True,
        "store": False,
        "include": ["reasoning.encrypted_content"],
        "temperature": 0.5,
        "max_output_tokens": 99,
        "input": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hello?"},
            {"role": "assistant", "content": "I look."},
            {"type": "function_call", "call_id": "c1", "name": "list_files", "arguments": '{"path": "a"}'},
            {"type": "function_call_output", "call_id": "c1", "output": "a.py"},
        ],
        "tools": [
            {
                "type": "function",
                "name": "list_files",
                "description": "Lists.",
                "parameters": LIST.parameters,
                "strict": False,
            }
        ],
    }


async def test_reasoning_goes_back_sealed_to_whom_it_came_from() -> None:
    call = {"id": "c1", "name": "list_files", "arguments": {"path": "a"}}
    with ChatServer(
        [{"thoughts": "Hm.", "calls": [call]}, {"text": "1"}, {"text": "2"}, {"text": "3"}]
    ) as at:
        settings = ModelSettings(name="m", base_url=at.base_url, api="responses")
        chunks = [chunk async for chunk in OpenAICompatible(settings).stream(ASK, (LIST,))]
        (thoughts,) = (chunk for chunk in chunks if isinstance(chunk, Thoughts))
        assert text_of(chunks) == ""
        talk = (*ASK, Message("assistant", "", tuple(calls_of(chunks)), thoughts=thoughts))
        talk = (*talk, Message("tool", "a.py", call_id="c1"))
        for name, said in (("m", ()), ("another", ()), ("m", (Message("user", "And now?"),))):
            model = OpenAICompatible(ModelSettings(name=name, base_url=at.base_url, api="responses"))
            assert [chunk async for chunk in model.stream((*talk, *said), (LIST,))]
    kinds = [[item.get("type", item.get("role")) for item in one["body"]["input"]] for one in at.requests[1:]]
    plain = ["system", "user", "function_call", "function_call_output"]
    assert kinds == [[*plain[:2], "reasoning", *plain[2:]], plain, [*plain, "user"]]
    assert at.requests[1]["body"]["input"][2] == {
        "type": "reasoning",
        "id": "rs_1",
        "summary": [],
        "encrypted_content": "sealed:Hm.",
    }


async def test_an_answer_at_its_limit_is_clipped() -> None:
    chunks, _ = await asked({"text": "A long", "finish": "max_output_tokens"})
    assert chunks[-1] == Done(Usage(100, 10), "length")


async def test_an_answer_that_comes_whole_is_one() -> None:
    part = {"type": "output_text", "text": "Whole."}
    output = [{"type": "message", "role": "assistant", "content": [part]}]
    chunks, _ = await asked({"events": [{"type": "response.completed", "response": {"output": output}}]})
    assert text_of(chunks) == "Whole."


async def test_a_picture_in_an_answer_is_passed_over() -> None:
    picture = {"type": "image_generation_call", "id": "ig_1", "result": "aGVsbG8="}
    done = {"type": "response.output_item.done", "output_index": 0, "item": picture}
    end = {"type": "response.completed", "response": {"output": [picture]}}
    chunks, _ = await asked({"events": [done, {"type": "response.queued"}, end]})
    assert [type(chunk) for chunk in chunks] == [Done]


def failed(code: str, message: str) -> Reply:
    error = {"code": code, "message": message}
    return {"events": [{"type": "response.failed", "response": {"status": "failed", "error": error}}]}


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (failed("invalid_prompt", "No such prompt."), ModelError, "No such prompt"),
        (failed("context_length_exceeded", "Too much."), ContextOverflow, "longer than m takes"),
        ({"text": "x", "finish": "content_filter"}, ModelRefused, "content filter"),
        (
            {
                "events": [
                    {"type": "response.refusal.delta", "delta": "I must not."},
                    {"type": "response.completed", "response": {}},
                ]
            },
            ModelRefused,
            "I must not",
        ),
        (
            {"status": 401, "body": {"error": {"message": "Incorrect API key"}}},
            ModelRefused,
            "OPENAI_API_KEY",
        ),
    ],
)
async def test_gives_up_at_once(
    reply: Reply, error: type[ModelError], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with pytest.raises(error, match=words) as caught:
        await asked(reply, {"text": "never"})
    assert type(caught.value) is error


@pytest.mark.parametrize(
    "reply",
    [
        failed("server_error", "Oops."),
        failed("rate_limit_exceeded", "Slow down."),
        {"events": [{"type": "error", "code": "server_error", "message": "Oops.", "param": None}]},
        {"calls": [{"name": "list_files"}], "finish": False},
        {"status": 500, "body": "oops"},
    ],
)
async def test_asks_again(reply: Reply) -> None:
    chunks, requests = await asked(reply, {"text": "Hi."})
    assert text_of(chunks) == "Hi."
    assert len(requests) == 2


async def test_an_answer_cut_in_the_middle_is_told() -> None:
    with pytest.raises(ModelBusy, match="was cut off after 5 characters"):
        await asked({"text": "Hello", "finish": False}, {"text": "another"})


async def test_a_model_refused_by_chat_completions_is_asked_for_responses() -> None:
    message = "This model is only supported in v1/responses and not in v1/chat/completions."
    refusal = {"status": 404, "body": {"error": {"message": message}}}
    chunks, requests = await asked(refusal, {"text": "Hi."}, api="auto")
    assert text_of(chunks) == "Hi."
    assert [one["path"] for one in requests] == ["/v1/chat/completions", "/v1/responses"]


async def test_a_user_who_wants_chat_completions_is_told_that_they_are_refused() -> None:
    refusal = {"status": 404, "body": {"error": {"message": "This model is only supported in v1/responses."}}}
    with pytest.raises(ModelError, match="only supported in v1/responses"):
        await asked(refusal, {"text": "never"}, api="chat")


async def test_a_server_without_sealed_reasoning_is_asked_without() -> None:
    refusal = {"status": 400, "body": {"error": {"message": "Encrypted_content is not supported"}}}
    chunks, requests = await asked(refusal, {"text": "Hi."})
    assert text_of(chunks) == "Hi."
    assert "include" not in requests[1]["body"]


async def test_tools_under_a_schema() -> None:
    written = '{"name": "list_files", "arguments": {"path": "src"}}'
    chunks, (request,) = await asked({"text": written}, tool_calls="schema")
    assert request["body"]["text"]["format"]["type"] == "json_schema"
    assert "tools" not in request["body"]
    assert [call.name for call in calls_of(chunks)] == ["list_files"]
    assert text_of(chunks) == ""
