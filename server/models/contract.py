"""The one contract between the engineer and whoever answers: a conversation and tools in, a stream out."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Json = Any
"""A value of JSON: None, bool, int, float, str, list or dict with str keys."""

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True)
class ToolSpec:
    """A tool that the model may call. `parameters` is a JSON Schema object for its arguments."""

    name: str
    description: str
    parameters: dict[str, Json]


@dataclass(frozen=True)
class ToolCall:
    """The model's wish to call a tool. `arguments` is the text it wrote: perhaps JSON, perhaps not."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Thoughts:
    """What a reasoning model wants back with the conversation: `items` that `by` alone can read.

    They are no part of the answer. As a chunk they come once, at the answer's end.
    """

    by: str
    items: tuple[Json, ...]


@dataclass(frozen=True)
class Message:
    """One entry of the conversation.

    A "tool" message answers the call `call_id`. Its `data` is the same observation as JSON: for models that
    run inside our process (the offline engine); a model behind a wire is sent `text` only. `thoughts` came
    with an assistant's message and go back to whom they came from.
    """

    role: Role
    text: str
    calls: tuple[ToolCall, ...] = ()
    call_id: str = ""
    data: Json = None
    thoughts: Thoughts | None = None


@dataclass(frozen=True)
class Usage:
    """Tokens of one answer as the provider counts them.

    `cached` is the part of `prompt` that it had cached, `reasoning` the part of `completion` that nobody was
    shown. `estimated`: it counted nothing, and this is our guess.
    """

    prompt: int = 0
    completion: int = 0
    cached: int = 0
    reasoning: int = 0
    estimated: bool = False


@dataclass(frozen=True)
class TextDelta:
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True)
class CallMade:
    """A tool call, once it is complete."""

    call: ToolCall


@dataclass(frozen=True)
class LogProbs:
    """Natural-log probabilities of the answer's tokens, in order, where the provider offers them."""

    tokens: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Done:
    """The end of the answer; a stream without it was cut. `reason` "length": the answer is clipped."""

    usage: Usage = field(default_factory=Usage)
    reason: Literal["stop", "calls", "length"] = "stop"


Chunk = TextDelta | CallMade | LogProbs | Thoughts | Done


class Model(Protocol):
    """Anything that continues a conversation."""

    @property
    def name(self) -> str:
        """How the user chose it: "offline", "gpt-5", "editor:copilot/…"."""
        ...

    def stream(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AsyncIterator[Chunk]:
        """Answers. Raises ModelRefused, ModelBusy, ContextOverflow or ModelError."""
        ...
