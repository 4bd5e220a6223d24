"""How a model is asked: by which API, with which fields; and what comes out of it that a server lacks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..config import Api, ModelSettings, ToolCalls
from . import chat_format, responses_format
from .assembly import Answer
from .contract import Json, Message, ToolSpec
from .endpoint import Endpoint
from .facts import Facts
from .failures import Lack
from .responses_answer import ResponsesAnswer
from .text_calls import as_text, call_schema


@dataclass(frozen=True)
class Manner:
    """What is put into a request. `bound` names the field of `answer_tokens`; older servers have another.

    `settled`: the user has said by which API, and it isn't changed.
    """

    api: Api = "chat"
    tool_calls: ToolCalls = "native"
    temperature: float | None = None
    answer_tokens: int | None = None
    bound: str = "max_completion_tokens"
    usage: bool = True
    thoughts: bool = True
    logprobs: bool = False
    settled: bool = False

    @property
    def path(self) -> str:
        """Where requests go, below the base URL."""
        return "/responses" if self.api == "responses" else "/chat/completions"

    def answer(self) -> Answer:
        """What the events of an answer are fed to."""
        return ResponsesAnswer() if self.api == "responses" else Answer()

    def reader(self, at: Endpoint) -> str:
        """Who can read thoughts that come in this way."""
        return f"{at.base_url_shown} {at.model} {self.api}"


def manner_of(settings: ModelSettings, facts: Facts | None) -> Manner:
    """How to ask: the user's word, else what is known of the model, else chat completions with native calls.

    "auto" takes responses where chat completions are refused, and for models whose reasoning can be handed
    back there: between two calls of tools chat completions lose it, and it is thought and paid for again.
    """
    api, tool_calls = settings.api, settings.tool_calls
    if api == "auto":
        wanted = facts is not None and facts.responses and (facts.keeps_thoughts or not facts.chat)
        api = "responses" if wanted else "chat"
    if tool_calls == "auto":
        tool_calls = facts.tool_calls if facts else "native"
    return Manner(
        api, tool_calls, settings.temperature, settings.answer_tokens, settled=settings.api != "auto"
    )


def without(manner: Manner, lack: Lack) -> Manner | None:
    """The manner that does without what is lacking; None when that isn't asked for, or is the last way."""
    changes: dict[Lack, tuple[bool, dict[str, Json]]] = {
        "tools": (manner.tool_calls == "native", {"tool_calls": "text"}),
        "schema": (manner.tool_calls == "schema", {"tool_calls": "text"}),
        "usage": (manner.usage, {"usage": False}),
        "temperature": (manner.temperature is not None, {"temperature": None}),
        "bound": (manner.bound != "max_tokens" and manner.api == "chat", {"bound": "max_tokens"}),
        "thoughts": (manner.thoughts, {"thoughts": False}),
        "chat": (manner.api == "chat" and not manner.settled, {"api": "responses"}),
    }
    possible, change = changes.get(lack, (False, {}))
    return replace(manner, **change) if possible else None


def body(at: Endpoint, manner: Manner, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Json:
    """The request's JSON."""
    spoken = messages if manner.tool_calls == "native" else as_text(messages, tools)
    common: dict[str, Json] = {"model": at.model, "stream": True}
    if manner.temperature is not None:
        common["temperature"] = manner.temperature
    reader = manner.reader(at) if manner.thoughts else ""
    make: Callable[..., dict[str, Json]] = _responses if manner.api == "responses" else _chat
    return common | make(manner, spoken, tools, reader)


def _chat(
    manner: Manner, messages: Sequence[Message], tools: Sequence[ToolSpec], reader: str
) -> dict[str, Json]:
    parts: dict[str, Json] = {"messages": chat_format.messages_json(messages, reader)}
    if manner.usage:
        parts["stream_options"] = {"include_usage": True}
    if manner.answer_tokens is not None:
        parts[manner.bound] = manner.answer_tokens
    if manner.logprobs:
        parts["logprobs"] = True
    if tools and manner.tool_calls == "native":
        parts["tools"] = chat_format.tools_json(tools)
    if tools and manner.tool_calls == "schema":
        schema = {"name": "call", "strict": True, "schema": call_schema(tools)}
        parts["response_format"] = {"type": "json_schema", "json_schema": schema}
    return parts


def _responses(
    manner: Manner, messages: Sequence[Message], tools: Sequence[ToolSpec], reader: str
) -> dict[str, Json]:
    parts: dict[str, Json] = {
        "input": responses_format.input_json(messages, reader),
        "store": False,
    }
    if manner.thoughts:
        parts["include"] = ["reasoning.encrypted_content"]
    if manner.answer_tokens is not None:
        parts["max_output_tokens"] = manner.answer_tokens
    if tools and manner.tool_calls == "native":
        parts["tools"] = responses_format.tools_json(tools)
    if tools and manner.tool_calls == "schema":
        format_ = {"type": "json_schema", "name": "call", "strict": True, "schema": call_schema(tools)}
        parts["text"] = {"format": format_}
    return parts
