"""Through the real client and real sockets, against scripted replies."""

import logging
from typing import Any

import pytest

from genie_engineer.config import ModelSettings
from genie_engineer.errors import ContextOverflow, ModelBusy, ModelError, ModelRefused
from genie_engineer.models.contract import (
    CallMade,
    Chunk,
    Done,
    LogProbs,
    Message,
    TextDelta,
    ToolSpec,
    Usage,
)
from genie_engineer.models.openai_compatible import OpenAICompatible, list_models
from tests.doubles.chat_server import MODELS, ChatServer

KEY = "sk-this-is-the-secret"
ASK = (Message("system", "Be brief."), Message("user", "Hello?"))
LIST = ToolSpec("list_files", "Lists.", {"type": "object", "properties": {"path": {"type": "string"}}})
Reply = dict[str, Any]


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENIE_TEST_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


class Conversation:
    """One question to a model whose server answers from a script."""

    def __init__(
        self, *script: Reply, logprobs: bool = False, tools: tuple[ToolSpec, ...] = (), **settings: Any
    ):
        self.script, self.settings, self.logprobs, self.tools = list(script), settings, logprobs, tools
        self.waits: list[float] = []
        self.chunks: list[Chunk] = []
        self.requests: list[dict[str, Any]] = []

    async def asked(self, times: int = 1) -> "Conversation":
        async def sleep(seconds: float) -> None:
            self.waits.append(seconds)

        with ChatServer(self.script) as server:
            self.requests = server.requests
            options = {
                "name": "m",
                "base_url": server.base_url,
                "api_key_env": "GENIE_TEST_KEY",
                **self.settings,
            }
            model = OpenAICompatible(
                ModelSettings(**options), logprobs=self.logprobs, sleep=sleep, chance=lambda: 1.0
            )
            for _ in range(times):
                self.chunks = []
                async for chunk in model.stream(ASK, self.tools):
                    self.chunks.append(chunk)
        return self

    @property
    def text(self) -> str:
        return "".join(chunk.text for chunk in self.chunks if isinstance(chunk, TextDelta))

    @property
    def calls(self) -> list[tuple[str, str]]:
        return [(c.call.name, c.call.arguments) for c in self.chunks if isinstance(c, CallMade)]

    def body(self, number: int = 0) -> Any:
        return self.requests[number]["body"]


def error_reply(
    status: int, message: str = "", headers: dict[str, str] | None = None, **fields: Any
) -> Reply:
    return {"status": status, "headers": headers or {}, "body": {"error": {"message": message, **fields}}}


async def test_text_arrives_in_pieces_and_ends_with_the_servers_count() -> None:
    talk = await Conversation(
        {"text": "Hello, world.", "usage": {"prompt_tokens": 9, "completion_tokens": 3}}
    ).asked()
    assert talk.text == "Hello, world."
    assert sum(isinstance(chunk, TextDelta) for chunk in talk.chunks) == 3
    assert talk.chunks[-1] == Done(Usage(9, 3), "stop")


async def test_the_request_carries_conversation_tools_and_settings() -> None:
    talk = await Conversation({"text": "Hi."}, tools=(LIST,), temperature=0.2, name="org/m").asked()
    assert talk.body() == {
        "model": "org/m",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hello?"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.2,
        "tools": [
            {
                "type": "function",
                "function": {"name": "list_files", "description": "Lists.", "parameters": LIST.parameters},
            }
        ],
    }
    assert talk.requests[0]["path"] == "/v1/chat/completions"
    assert talk.requests[0]["headers"]["authorization"] == f"Bearer {KEY}"


async def test_without_a_key_a_placeholder_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GENIE_TEST_KEY")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-for-somebody-else")
    talk = await Conversation({"text": "Hi."}).asked()
    assert talk.requests[0]["headers"]["authorization"] == "Bearer none"


@pytest.mark.parametrize("split", [1, 2, 3, 7])
async def test_lines_and_characters_may_be_broken_anywhere(split: int) -> None:
    text, arguments = "Größe ✓ 你好 🧞", '{"ü": "🧞"}'
    calls = [{"name": "f", "arguments": arguments}]
    talk = await Conversation({"text": text, "calls": calls, "split": split}).asked()
    assert (talk.text, talk.calls) == (text, [("f", arguments)])


async def test_calls_come_whole_after_the_text() -> None:
    calls = [
        {"name": "list_files", "arguments": {"path": "src"}},
        {"name": "open_file", "arguments": "{broken"},
    ]
    talk = await Conversation({"text": "I look.", "calls": calls}, tools=(LIST,)).asked()
    assert talk.text == "I look."
    assert talk.calls == [("list_files", '{"path": "src"}'), ("open_file", "{broken")]
    assert isinstance(talk.chunks[-1], Done)
    assert talk.chunks[-1].reason == "calls"


async def test_a_call_written_as_text_is_a_call_when_tools_were_offered() -> None:
    fenced = '```json\n{"name": "list_files", "arguments": {"path": "."}}\n```'
    with_tools = await Conversation({"text": fenced}, tools=(LIST,)).asked()
    without = await Conversation({"text": fenced}).asked()
    assert with_tools.calls == [("list_files", '{"path": "."}')]
    assert with_tools.chunks[-1] == Done(Usage(100, 10), "calls")
    assert without.calls == []


async def test_a_server_without_tools_is_asked_in_words_from_then_on() -> None:
    fenced = '```json\n{"name": "list_files", "arguments": {"path": "."}}\n```'
    refusal = error_reply(400, "library/gemma does not support tools")
    talk = await Conversation(refusal, {"text": fenced}, {"text": fenced}, tools=(LIST,)).asked(times=2)
    assert talk.calls == [("list_files", '{"path": "."}')]
    assert ["tools" in request["body"] for request in talk.requests] == [True, False, False]
    assert "list_files" in talk.body(1)["messages"][0]["content"]
    assert talk.waits == []


async def test_a_schema_binds_the_answer_and_its_json_is_no_text() -> None:
    written = '{"name": "list_files", "arguments": {"path": "src"}}'
    talk = await Conversation({"text": written}, tools=(LIST,), tool_calls="schema").asked()
    assert talk.body()["response_format"]["json_schema"]["schema"]["anyOf"][0]["properties"]["name"] == {
        "const": "list_files"
    }
    assert "tools" not in talk.body()
    assert talk.text == ""
    assert talk.calls == [("list_files", '{"path": "src"}')]


async def test_a_clipped_answer_under_a_schema_is_shown_as_text() -> None:
    written = '{"name": "list_files", "argu'
    talk = await Conversation(
        {"text": written, "finish": "length"}, tools=(LIST,), tool_calls="schema"
    ).asked()
    assert (talk.text, talk.calls) == (written, [])
    assert talk.chunks[-1] == Done(Usage(100, 10), "length")


async def test_usage_is_estimated_where_the_server_reports_none() -> None:
    talk = await Conversation({"text": "x" * 40, "usage": None}).asked()
    assert talk.chunks[-1] == Done(Usage(prompt=4, completion=10, estimated=True), "stop")


async def test_a_server_that_knows_no_stream_options_is_asked_without() -> None:
    talk = await Conversation(error_reply(422, "unknown field: stream_options"), {"text": "Hi."}).asked()
    assert talk.text == "Hi."
    assert "stream_options" not in talk.body(1)


async def test_log_probabilities_on_request() -> None:
    tokens = [{"token": "Hi", "logprob": -0.25}]
    event = {
        "choices": [{"delta": {"content": "Hi"}, "logprobs": {"content": tokens}, "finish_reason": "stop"}]
    }
    talk = await Conversation({"events": [event]}, logprobs=True).asked()
    assert talk.body()["logprobs"] is True
    assert LogProbs((("Hi", -0.25),)) in talk.chunks


async def test_an_empty_answer_is_an_answer() -> None:
    talk = await Conversation({"text": ""}).asked()
    assert talk.chunks == [Done(Usage(100, 10), "stop")]


async def test_a_stream_that_ends_without_its_marker_is_whole_once_it_has_a_reason() -> None:
    talk = await Conversation({"text": "Hi.", "done": False, "usage": None}).asked()
    assert isinstance(talk.chunks[-1], Done)


RETRIED: list[tuple[str, Reply, float]] = [
    ("429 with seconds", error_reply(429, "Slow down.", {"retry-after": "7"}), 7.0),
    ("429 with milliseconds", error_reply(429, "Slow down.", {"retry-after-ms": "1500"}), 1.5),
    ("429 in haste", error_reply(429, "Slow down.", {"retry-after": "0"}), 0.5),
    ("429 without", error_reply(429, "Slow down."), 0.5),
    ("500", error_reply(500, "Oops."), 0.5),
    ("503 as a page", {"status": 503, "body": "<html>Down</html>"}, 0.5),
    ("no answer", {"drop": True}, 0.5),
    ("cut before any output", {"text": "Hello", "cut": 0}, 0.5),
    ("cut within the first event", {"text": "Hello", "cut": 30}, 0.5),
    ("an empty stream", {"events": []}, 0.5),
    ("calls without an end", {"calls": [{"name": "f"}], "finish": False}, 0.5),
    ("an error inside the stream", {"events": [{"error": {"message": "Overloaded", "code": 502}}]}, 0.5),
]


@pytest.mark.parametrize(("reply", "wait"), [pytest.param(r, w, id=name) for name, r, w in RETRIED])
async def test_asks_again(reply: Reply, wait: float) -> None:
    talk = await Conversation(reply, {"text": "Hi."}).asked()
    assert talk.text == "Hi."
    assert talk.waits == [wait]
    assert len(talk.requests) == 2


async def test_waits_longer_each_time_and_then_gives_up() -> None:
    talk = Conversation(*[error_reply(500, "Oops.")] * 9, retries=3)
    with pytest.raises(ModelBusy, match=r"Oops\. Asked 4 times"):
        await talk.asked()
    assert talk.waits == [0.5, 1.0, 2.0]
    assert talk.chunks == []


async def test_does_not_wait_for_hours() -> None:
    talk = Conversation(error_reply(429, "Daily limit.", {"retry-after": "7200"}))
    with pytest.raises(ModelBusy, match="come back in 7200 seconds"):
        await talk.asked()
    assert talk.waits == []


async def test_nothing_listens_there() -> None:
    with ChatServer([]) as server:
        address = server.base_url
    settings = ModelSettings(name="m", base_url=address, retries=0)
    with pytest.raises(ModelBusy, match="Is the server running"):
        [chunk async for chunk in OpenAICompatible(settings).stream(ASK, ())]


async def test_a_server_that_hangs_meets_the_time_out_twice() -> None:
    talk = Conversation({"hang": True}, {"hang": True}, {"text": "late"}, timeout_seconds=0.2)
    with pytest.raises(ModelBusy, match="did not answer in time"):
        await talk.asked()
    assert len(talk.requests) == 2


CUTS: list[tuple[str, Reply]] = [
    ("broken connection", {"text": "Hello, world.", "cut": 200}),
    ("clean end without a reason", {"text": "Hello, world.", "finish": False, "done": False, "usage": None}),
    ("marker without a reason", {"text": "Hello, world.", "finish": False, "usage": None}),
    (
        "an error inside the stream",
        {"events": [{"choices": [{"delta": {"content": "Hello"}}]}, {"error": {"message": "gone"}}]},
    ),
]


@pytest.mark.parametrize("reply", [pytest.param(r, id=name) for name, r in CUTS])
async def test_an_answer_cut_in_the_middle_is_told_and_never_done(reply: Reply) -> None:
    talk = Conversation(reply, {"text": "another"})
    with pytest.raises(ModelBusy, match=r"was cut off after \d+ characters"):
        await talk.asked()
    assert talk.text.startswith("Hello")
    assert not any(isinstance(chunk, Done) for chunk in talk.chunks)
    assert len(talk.requests) == 1


FINAL: list[tuple[str, Reply, type[ModelError], str]] = [
    ("401", error_reply(401, f"Incorrect API key provided: {KEY}"), ModelRefused, "GENIE_TEST_KEY"),
    ("403", error_reply(403, "No."), ModelRefused, "may not use m"),
    ("404", error_reply(404, "The model `m` does not exist"), ModelRefused, 'no model "m"'),
    ("quota", error_reply(429, "Exceeded", code="insufficient_quota"), ModelRefused, "no quota or credit"),
    ("filter", error_reply(400, "Filtered", code="content_filter"), ModelRefused, "content filter"),
    (
        "overflow",
        error_reply(400, "Long", code="context_length_exceeded"),
        ContextOverflow,
        "longer than m takes",
    ),
    (
        "overflow at llama.cpp",
        error_reply(
            400, "request (12030 tokens) exceeds the available context size", type="exceed_context_size_error"
        ),
        ContextOverflow,
        "12030 tokens",
    ),
    ("another 400", error_reply(400, "Bad temperature."), ModelError, "Bad temperature"),
    (
        "redirect",
        {"status": 307, "headers": {"location": "http://127.0.0.1:9/v1"}, "body": ""},
        ModelError,
        "307",
    ),
    ("a page", {"body": "<html></html>", "headers": {"content-type": "text/html"}}, ModelError, "base URL"),
    ("a whole JSON answer", {"body": {"choices": []}}, ModelError, "application/json"),
    ("no JSON in the stream", {"events": ["{not json"]}, ModelError, "base URL"),
    (
        "filtered at the end",
        {"text": "", "finish": "content_filter"},
        ModelRefused,
        "content filter",
    ),
    (
        "a refusal",
        {"events": [{"choices": [{"delta": {"refusal": "I must not."}, "finish_reason": "stop"}]}]},
        ModelRefused,
        "I must not",
    ),
    (
        "overflow inside the stream",
        {"events": [{"error": {"message": "x", "code": "context_length_exceeded"}}]},
        ContextOverflow,
        "longer",
    ),
]


@pytest.mark.parametrize(("reply", "error", "words"), [pytest.param(*rest, id=name) for name, *rest in FINAL])
async def test_gives_up_at_once(reply: Reply, error: type[ModelError], words: str) -> None:
    talk = Conversation(reply, {"text": "never"})
    with pytest.raises(error, match=words) as caught:
        await talk.asked()
    assert type(caught.value) is error
    assert len(talk.requests) == 1
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


async def test_the_key_is_in_no_log_and_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    replies = (error_reply(500, f"Oops {KEY}"), error_reply(401, f"Not {KEY}"))
    with pytest.raises(ModelRefused):
        await Conversation(*replies).asked()
    assert "asking again" in caplog.text
    assert KEY not in caplog.text
    model = OpenAICompatible(ModelSettings(name="m", base_url="http://h/v1", api_key_env="GENIE_TEST_KEY"))
    assert KEY not in repr(model) + repr(vars(model))


async def test_an_answer_that_nobody_wants_any_more_is_let_go() -> None:
    with ChatServer([{"text": "x" * 5000}]) as server:
        stream = OpenAICompatible(ModelSettings(name="m", base_url=server.base_url)).stream(ASK, ())
        assert await anext(stream) == TextDelta("xxxxx")
        await stream.aclose()


async def test_lists_the_models() -> None:
    with ChatServer([]) as server:
        assert await list_models(ModelSettings(name="m", base_url=server.base_url)) == tuple(sorted(MODELS))


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (error_reply(401, "No."), ModelRefused, "GENIE_TEST_KEY"),
        (error_reply(404, "Not Found"), ModelRefused, "model.base_url"),
        ({"body": {"status": "ok"}}, ModelError, "no list of models"),
        ({"body": "hello"}, ModelError, "no list of models"),
        ({"drop": True}, ModelBusy, "Is the server running"),
    ],
)
async def test_a_server_without_a_list_of_models_is_told(
    reply: Reply, error: type[ModelError], words: str
) -> None:
    with ChatServer([reply]) as server:
        address = server.base_url.removesuffix("v1") + "elsewhere"
        settings = ModelSettings(name="m", base_url=address, api_key_env="GENIE_TEST_KEY")
        with pytest.raises(error, match=words):
            await list_models(settings)
