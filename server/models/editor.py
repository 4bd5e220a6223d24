"""The editor's own models, asked through the editor: their keys, consent and bill are the editor's matter."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ..errors import ContextOverflow, ModelBusy, ModelError, ModelRefused
from .assembly import new_call_id
from .contract import CallMade, Chunk, Done, Message, TextDelta, ToolCall, ToolSpec, Usage
from .text_calls import find_calls
from .usage import estimated_usage

PREFIX = "editor:"


@dataclass(frozen=True)
class EditorOffer:
    """A model that the editor offers. `context_tokens` is 0 where it isn't known."""

    id: str
    label: str = ""
    context_tokens: int = 0


@dataclass(frozen=True)
class Declined:
    """The editor's answer is no. `code` is that of vscode.LanguageModelError, or "Cancelled", or anything."""

    code: str
    message: str = ""


class Asker(Protocol):
    """The editor's side, which its face puts into effect by requests to the editor."""

    def ask(
        self, model_id: str, messages: Sequence[Message], tools: Sequence[ToolSpec]
    ) -> AsyncIterator[Chunk | Declined]:
        """Streams the answer; `Declined` ends it. It need not count tokens nor name calls."""
        ...

    async def models(self) -> Sequence[EditorOffer]:
        """What the editor offers at present."""
        ...


class EditorModel:
    """A `contract.Model` named "editor:<id>"."""

    def __init__(self, model_id: str, asker: Asker) -> None:
        self._id = model_id
        self._asker = asker

    @property
    def name(self) -> str:
        """How the user chose it."""
        return PREFIX + self._id

    async def stream(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AsyncIterator[Chunk]:
        """Answers. Raises ModelRefused, ModelBusy, ContextOverflow, ModelError."""
        text, calls, done = "", 0, None
        async for chunk in self._asker.ask(self._id, messages, tools):
            if isinstance(chunk, Declined):
                raise refusal(chunk, self._id, await self._offers(chunk))
            if isinstance(chunk, Done):
                done = chunk
                break
            if isinstance(chunk, CallMade):
                calls += 1
                chunk = CallMade(replace(chunk.call, id=chunk.call.id or new_call_id()))
            text += chunk.text if isinstance(chunk, TextDelta) else ""
            yield chunk
        if done is None:
            raise ModelBusy(f"The editor's answer from {self._id} was cut off after {len(text)} characters.")
        written = () if calls else find_calls(text, tools)
        for name, arguments in written:
            yield CallMade(ToolCall(new_call_id(), name, arguments))
        usage = done.usage if done.usage != Usage() else estimated_usage(messages, tools, len(text))
        called = bool(calls or written)
        yield Done(usage, "length" if done.reason == "length" else "calls" if called else "stop")

    async def _offers(self, declined: Declined) -> tuple[str, ...]:
        if declined.code.lower() != "notfound":
            return ()
        return tuple(offer.id for offer in await self._asker.models())


def refusal(declined: Declined, model_id: str, offers: Sequence[str] = ()) -> ModelError:
    """The editor's no in our exception tree: by its code, else by its words.

    The codes are VS Code's; for quotas and lengths it has none, and its providers put them into words.
    """
    said = f" The editor says: {declined.message}" if declined.message else ""
    code, words = declined.code.lower(), f"{declined.code} {declined.message}".lower()
    if code == "nopermissions":
        return ModelRefused(
            f"The editor was not allowed to ask {model_id}: start the task again and allow it.{said}"
        )
    if code == "notfound":
        known = f"it offers {', '.join(offers)}" if offers else "it offers none; sign in to a provider there"
        return ModelRefused(f'The editor has no model "{model_id}": {known}.{said}')
    if code in ("cancelled", "canceled"):
        return ModelRefused(f"The question to {model_id} was cancelled in the editor.{said}")
    if "quota" in words or "premium request" in words:
        return ModelRefused(f"The quota for {model_id} in the editor is used up.{said}")
    if any(
        word in words for word in ("rate limit", "ratelimit", "rate_limit", "too many requests", "overloaded")
    ):
        return ModelBusy(f"{model_id} in the editor is asked too often just now.{said}")
    if any(
        word in words for word in ("context length", "context window", "token limit", "too long", "too large")
    ):
        return ContextOverflow(f"The conversation is longer than {model_id} in the editor takes.{said}")
    if code == "blocked" or "filtered" in words:
        return ModelRefused(f"{model_id} in the editor declined to answer.{said}")
    return ModelError(f"The editor got no answer from {model_id}.{said}")
