"""What a probe finds out, against servers that can do more and less; what is remembered, and what wins."""

import json
from pathlib import Path
from typing import Any

import pytest

from genie_engineer.config import ModelSettings
from genie_engineer.errors import ModelBusy, ModelError, ModelRefused
from genie_engineer.models import acquaint as acquaintance
from genie_engineer.models import facts as memory
from genie_engineer.models.acquaint import acquaint, offers, probe_again
from genie_engineer.models.contract import Message, ToolSpec
from genie_engineer.models.endpoint import endpoint
from genie_engineer.models.facts import Facts, known, remember, remembered, told
from genie_engineer.models.openai_compatible import OpenAICompatible
from genie_engineer.models.probe import probe
from tests.doubles.chat_server import MODELS, ChatServer

KEY = "sk-this-is-the-secret"
LIST = ToolSpec("list_files", "Lists.", {"type": "object", "properties": {"path": {"type": "string"}}})
Reply = dict[str, Any]


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GENIE_HOME", str(tmp_path))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


OPEN = call("open_file", path="src/app.py", first_line=40)
SEARCH = call("search_text", pattern="TODO")
NATIVE: list[Reply] = [{"calls": [OPEN]}, {"calls": [SEARCH]}, {"calls": [OPEN, OPEN]}]
NO_PATH: Reply = {"status": 404, "body": {"error": {"message": "Not Found"}}}


def written(wish: dict[str, Any]) -> Reply:
    return {"text": json.dumps(wish)}


RIGHT = [written(OPEN), written(SEARCH), written(OPEN)]
PROSE: list[Reply] = [{"text": "I would open the file."}] * 3


def refusal(status: int, message: str) -> Reply:
    return {"status": status, "body": {"error": {"message": message}}}


async def probed(*script: Reply, models: list[dict[str, Any]] | None = None, **settings: Any) -> Facts:
    with ChatServer(list(script), models=models) as server:
        found = await probe(ModelSettings(name="m", base_url=server.base_url, **settings))
        assert len(server.requests) == len(script) + 1
    return found


async def test_a_capable_model_costs_five_requests() -> None:
    found = await probed(*NATIVE, NO_PATH, RIGHT[0], models=[{"id": "m", "context_length": 200_000}])
    assert (found.tool_calls, found.native, found.schema, found.text) == ("native", (3, 3), (1, 1), (0, 0))
    assert (found.parallel, found.streaming, found.usage, found.reasoning) == (True, True, True, False)
    assert (found.chat, found.responses, found.keeps_thoughts) == (True, False, False)
    assert (found.context_tokens, found.requests, found.tokens) == (200_000, 5, 440)


async def test_a_reasoning_model_whose_thoughts_can_be_handed_back_is_asked_by_responses() -> None:
    thinking = [{"thoughts": "Hm.", **reply} for reply in (*NATIVE, NATIVE[0], RIGHT[0])]
    with ChatServer([*thinking, {"text": "Hi."}]) as server:
        settings = ModelSettings(name="m", base_url=server.base_url)
        found = await probe_again(settings)
        assert (found.reasoning, found.responses, found.keeps_thoughts) == (True, True, True)
        await _ask(settings)
        assert server.requests[-1]["path"] == "/v1/responses"
    with ChatServer([{"text": "Hi."}]) as other:
        remember(Facts(**{**vars(found), "endpoint": other.base_url}))
        await _ask(ModelSettings(name="m", base_url=other.base_url, api="chat"))
        assert other.requests[0]["path"] == "/v1/chat/completions"


async def _ask(settings: ModelSettings) -> None:
    assert [chunk async for chunk in OpenAICompatible(settings).stream([Message("user", "Hi?")], (LIST,))]


async def test_a_model_refused_by_chat_completions_is_asked_by_responses() -> None:
    found = await probed(refusal(404, "This model is only supported in v1/responses."), *NATIVE, RIGHT[0])
    assert (found.chat, found.responses, found.tool_calls) == (False, True, "native")


@pytest.mark.parametrize(
    ("script", "way", "native", "schema", "text"),
    [
        ([*PROSE, NO_PATH, *RIGHT], "schema", (0, 3), (3, 3), (0, 0)),
        ([*RIGHT, NO_PATH, *RIGHT], "schema", (0, 3), (3, 3), (0, 0)),
        ([*PROSE, NO_PATH, RIGHT[0], *PROSE[:2], *RIGHT], "text", (0, 3), (1, 3), (3, 3)),
        (
            [refusal(400, "m does not support tools"), NO_PATH, refusal(400, "no response_format"), *RIGHT],
            "text",
            (0, 1),
            (0, 3),
            (3, 3),
        ),
        ([*PROSE, NO_PATH, *PROSE, *PROSE], "schema", (0, 3), (0, 3), (0, 3)),
        ([NATIVE[0], PROSE[0], NATIVE[2], NO_PATH, RIGHT[0]], "native", (2, 3), (1, 1), (0, 0)),
    ],
)
async def test_what_most_answers_fit_is_chosen(
    script: list[Reply], way: str, native: Any, schema: Any, text: Any
) -> None:
    found = await probed(*script)
    assert (found.tool_calls, found.native, found.schema, found.text) == (way, native, schema, text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "open_file", "arguments": '{"path": "src'},
        call("open_file", path="src/app.py"),
        call("open_file", path="src/app.py", first_line="40"),
        call("open_file", path="src/app.py", first_line=40, last_line=60),
        call("close_file", path="src/app.py", first_line=40),
    ],
)
async def test_a_call_counts_only_with_arguments_that_fit(wrong: dict[str, Any]) -> None:
    found = await probed({"calls": [wrong]}, *NATIVE[1:], NO_PATH, RIGHT[0])
    assert found.native == (2, 3)


async def test_an_answer_used_up_by_thinking_gets_more_room() -> None:
    short = {"thoughts": "Well, ", "finish": "length"}
    with ChatServer([short, *NATIVE, NO_PATH, RIGHT[0]]) as server:
        found = await probe(ModelSettings(name="m", base_url=server.base_url))
    bounds = [one["body"]["max_completion_tokens"] for one in server.requests[1:3]]
    assert bounds == [300, 4000]
    assert (found.native, found.reasoning) == ((3, 3), True)


async def test_fields_that_are_refused_are_left_out() -> None:
    usage = [{**reply, "usage": None} for reply in (*NATIVE, RIGHT[0])]
    refused = refusal(400, "unknown field: stream_options")
    again = [one for reply in usage[:3] for one in (refused, reply)]
    found = await probed(*again, NO_PATH, refused, usage[3])
    assert (found.usage, found.native) == (False, (3, 3))
    assert found.tokens > 0


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ([refusal(429, "Slow down.")], ModelBusy),
        ([refusal(401, "Incorrect API key")], ModelRefused),
        ([*NATIVE[:2], {"drop": True}], ModelBusy),
        ([refusal(404, "The model `m` does not exist")], ModelRefused),
    ],
)
async def test_a_probe_that_fails_says_so_and_remembers_nothing(
    script: list[Reply], error: type[ModelError]
) -> None:
    with ChatServer(script) as server, pytest.raises(error):
        await acquaint(ModelSettings(name="m", base_url=server.base_url))
    assert remembered() == ()
    assert not memory.facts_file().exists()


async def test_a_model_is_met_once_and_no_key_is_written() -> None:
    with ChatServer([*NATIVE, NO_PATH, RIGHT[0]]) as server:
        address = server.base_url.replace("//", "//name:password@")
        settings = ModelSettings(name="m", base_url=address)
        found = await acquaint(settings)
        assert found is not None
        assert await acquaint(settings) is None
        assert known(endpoint(settings)) == found
    text = memory.facts_file().read_text()
    assert KEY not in text
    assert "password" not in text


@pytest.mark.parametrize(
    "settings",
    [
        ModelSettings(name="offline"),
        ModelSettings(name="scripted:x"),
        ModelSettings(name="editor:copilot/x"),
        ModelSettings(name="m", base_url="http://127.0.0.1:9/v1", probe=False),
        ModelSettings(name="m", base_url="http://127.0.0.1:9/v1", tool_calls="text"),
    ],
)
async def test_nothing_is_asked_where_nothing_is_to_be_found_out(settings: ModelSettings) -> None:
    assert await acquaint(settings) is None


async def test_what_was_found_decides_unless_the_user_does() -> None:
    with ChatServer([written(call("list_files", path="."))] * 2) as server:
        at = endpoint(ModelSettings(name="m", base_url=server.base_url))
        remember(Facts(at.base_url, "m", "2026-11-25T00:00:00+00:00", "schema", schema=(3, 3)))
        await _ask(ModelSettings(name="m", base_url=server.base_url))
        await _ask(ModelSettings(name="m", base_url=server.base_url, tool_calls="native"))
    assert ["response_format" in one["body"] for one in server.requests] == [True, False]
    assert ["tools" in one["body"] for one in server.requests] == [False, True]


@pytest.mark.parametrize(
    "text", ["{broken", "[]", '{"version": 1, "models": [{"model": 3}]}', '{"version": 9}']
)
def test_a_broken_memory_counts_as_empty_and_is_made_again(text: str) -> None:
    memory.facts_file().write_text(text)
    assert remembered() == ()
    one = Facts("http://h/v1", "m", "2026-11-25T00:00:00+00:00", "native", native=(3, 3))
    two = Facts("http://h/v1", "n", "2026-11-25T00:00:00+00:00", "text", text=(3, 3), context_tokens=4096)
    for facts in (one, two, one):
        remember(facts)
    assert remembered() == (two, one)
    assert told(two) == "calls as text (3 of 3 valid), no streaming, usage not reported, context 4,096"


async def test_what_can_answer_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    remember(Facts("http://elsewhere/v1", "far", "2026-11-25T00:00:00+00:00", "native", native=(3, 3)))
    with ChatServer([]) as local, ChatServer([], models=[{"id": "own"}]) as own:
        places = {"ollama": local.base_url, "lmstudio": "http://127.0.0.1:9/v1"}
        monkeypatch.setattr("genie_engineer.models.endpoint.LOCAL", places)
        monkeypatch.setattr("genie_engineer.models.acquaint.LOCAL", places)
        found, problems = await offers(ModelSettings(base_url=own.base_url))
    names = [offer.name for offer in found]
    assert names == ["offline", "own", *(f"ollama/{name}" for name in sorted(MODELS)), "far"]
    assert problems == ()
    assert "probed on 2026-11-25" in found[-1].where


async def test_a_local_address_that_the_settings_name_has_plain_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with ChatServer([]) as local:
        places = {"ollama": local.base_url}
        monkeypatch.setattr("genie_engineer.models.endpoint.LOCAL", places)
        monkeypatch.setattr("genie_engineer.models.acquaint.LOCAL", places)
        named, _ = await offers(ModelSettings(base_url=local.base_url))
        usual, _ = await offers(ModelSettings())
    assert [offer.name for offer in named] == ["offline", *sorted(MODELS)]
    assert [offer.name for offer in usual] == ["offline", *(f"ollama/{name}" for name in sorted(MODELS))]


async def test_an_endpoint_that_was_named_and_is_silent_is_told() -> None:
    found, problems = await offers(ModelSettings(name="m", base_url="http://127.0.0.1:9/v1"))
    assert found[0].name == "offline"
    assert "Is the server running?" in problems[0]


async def test_each_piece_of_an_answer_is_heard() -> None:
    pieces: list[None] = []
    with ChatServer([*NATIVE, NO_PATH, RIGHT[0]]) as server:
        settings = ModelSettings(name="m", base_url=server.base_url)
        await probe(settings, lambda: pieces.append(None))
    assert len(pieces) > 5


async def test_a_probe_ends_with_the_model_s_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acquaintance, "SILENCE_SECONDS", 0.3)
    with ChatServer([NATIVE[0], {"hang": True}]) as server:
        settings = ModelSettings(name="m", base_url=server.base_url)
        with pytest.raises(ModelBusy, match="m was silent for 0 seconds of its probe, or took more than 900"):
            await acquaint(settings)
    assert known(endpoint(settings)) is None


async def test_a_probe_that_never_ends_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acquaintance, "MOST_SECONDS", 0.0)
    with (
        ChatServer([NATIVE[0], {"hang": True}]) as server,
        pytest.raises(ModelBusy, match="took more than 0 in all"),
    ):
        await acquaint(ModelSettings(name="m", base_url=server.base_url))
