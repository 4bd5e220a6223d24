"""A real model behind llama.cpp's own server, in its own process, through our own client."""

import json
from collections.abc import Iterator

import pytest

from genie_engineer.config import ModelSettings
from genie_engineer.errors import ContextOverflow, ModelRefused
from genie_engineer.models.contract import CallMade, Done, LogProbs, Message, TextDelta, ToolSpec
from genie_engineer.models.openai_compatible import OpenAICompatible, list_models
from genie_engineer.models.probe import probe
from tests.real_server import NAME, serving

pytestmark = pytest.mark.real_model

CONTEXT = 1024
ANSWER = 48


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("real"), CONTEXT, ANSWER) as url:
        yield url


def settings(base_url: str, **more: object) -> ModelSettings:
    return ModelSettings(name=NAME, base_url=base_url, temperature=0.0, **more)  # type: ignore[arg-type]


async def test_text_streams_with_usage_and_log_probabilities(base_url: str) -> None:
    model = OpenAICompatible(settings(base_url), logprobs=True)
    chunks = [c async for c in model.stream([Message("user", "Say hello to a friend.")], ())]
    pieces = [chunk.text for chunk in chunks if isinstance(chunk, TextDelta)]
    (tokens,) = (chunk.tokens for chunk in chunks if isinstance(chunk, LogProbs))
    done = chunks[-1]
    assert len(pieces) > 1
    assert "".join(pieces).isprintable()
    assert isinstance(done, Done)
    assert 30 < done.usage.prompt < 60
    assert len(pieces) <= done.usage.completion <= ANSWER
    assert all(value <= 0 for _, value in tokens)
    assert "".join(text for text, _ in tokens).startswith(pieces[0])


def tool(name: str, description: str, argument: str) -> ToolSpec:
    properties = {argument: {"type": "string"}}
    schema = {
        "type": "object",
        "properties": properties,
        "required": [argument],
        "additionalProperties": False,
    }
    return ToolSpec(name, description, schema)


TOOLS = (
    tool("list_files", "List the files in a folder.", "path"),
    tool("finish", "End the work.", "summary"),
)


async def test_a_tool_conversation_under_a_schema(base_url: str) -> None:
    model = OpenAICompatible(settings(base_url, tool_calls="schema"))
    conversation = [Message("user", "List the files in the folder src.")]
    for _ in range(2):
        chunks = [chunk async for chunk in model.stream(conversation, TOOLS)]
        assert not any(isinstance(chunk, TextDelta) for chunk in chunks)
        (call,) = (chunk.call for chunk in chunks if isinstance(chunk, CallMade))
        spec = next(spec for spec in TOOLS if spec.name == call.name)
        assert json.loads(call.arguments).keys() == spec.parameters["properties"].keys()
        assert isinstance(chunks[-1], Done)
        assert chunks[-1].reason == "calls"
        conversation += [Message("assistant", "", calls=(call,)), Message("tool", "a.py", call_id=call.id)]


async def test_a_conversation_that_is_too_long_is_an_overflow(base_url: str) -> None:
    model = OpenAICompatible(settings(base_url))
    with pytest.raises(ContextOverflow, match=f"{CONTEXT} tokens"):
        [chunk async for chunk in model.stream([Message("user", "one two " * CONTEXT)], ())]


async def test_an_answer_at_its_limit_is_clipped(base_url: str) -> None:
    model = OpenAICompatible(settings(base_url))
    chunks = [chunk async for chunk in model.stream([Message("user", "Tell a long story.")], ())]
    assert isinstance(chunks[-1], Done)
    assert chunks[-1].reason == "length"
    assert chunks[-1].usage.completion == ANSWER


async def test_a_probe_finds_what_this_model_and_server_can_do(base_url: str) -> None:
    found = await probe(settings(base_url))
    assert (found.streaming, found.usage, found.chat, found.responses) == (True, True, True, True)
    assert (found.context_tokens, found.reasoning, found.native) == (CONTEXT, False, (0, 3))
    assert found.schema[0] >= found.text[0]
    assert found.tool_calls == "schema"
    assert found.tokens > 1_000


async def test_the_server_lists_its_model(base_url: str) -> None:
    assert await list_models(settings(base_url)) == ("smollm2-135m",)


async def test_a_wrong_path_is_refused_with_the_address(base_url: str) -> None:
    wrong = settings(base_url.removesuffix("/v1") + "/v7")
    with pytest.raises(ModelRefused, match="/v7"):
        [chunk async for chunk in OpenAICompatible(wrong).stream([Message("user", "Hi")], ())]
