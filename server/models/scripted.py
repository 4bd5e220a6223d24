"""A model that says what was written for it beforehand: for tests and demonstrations."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import cattrs

from ..errors import ContextOverflow, ModelBusy, ModelError, ModelRefused, UsageError
from .contract import CallMade, Chunk, Done, Json, LogProbs, Message, TextDelta, ToolCall, ToolSpec, Usage
from .usage import estimated_usage

PREFIX = "scripted:"

_ERRORS: dict[str, type[ModelError]] = {
    "refused": ModelRefused,
    "busy": ModelBusy,
    "overflow": ContextOverflow,
    "error": ModelError,
}


@dataclass(frozen=True)
class Call:
    """A call in a script. `arguments` is a JSON object, or a text that is passed on as it is."""

    name: str
    arguments: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Turn:
    """One answer. With `error` it ends in that exception, after the text; `message` is the exception's."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    reason: Literal["", "length"] = ""
    usage: Usage | None = None
    logprobs: tuple[tuple[str, float], ...] = ()
    error: Literal["", "refused", "busy", "overflow", "error"] = ""
    message: str = "The script says so."


class Scripted:
    """A `contract.Model` that plays `turns` in order. `asked` keeps every conversation it was given.

    The first conversation tells how many turns were played before, so that a resumed run goes on.
    """

    def __init__(self, turns: Sequence[Turn], name: str = "scripted") -> None:
        self._turns = tuple(turns)
        self._name = name
        self.asked: list[tuple[Message, ...]] = []
        self._resumed = 0

    @property
    def name(self) -> str:
        """How the user chose it."""
        return self._name

    async def stream(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> AsyncIterator[Chunk]:
        """Plays the next turn. Raises what the turn says, and ModelError when the script is over."""
        if not self.asked:
            self._resumed = sum(message.role == "assistant" for message in messages)
        number = self._resumed + len(self.asked)
        self.asked.append(tuple(messages))
        if number >= len(self._turns):
            raise ModelError(f"The script of {self._name} is over: it has {len(self._turns)} turns.")
        turn = self._turns[number]
        for line in turn.text.splitlines(keepends=True):
            yield TextDelta(line)
        if turn.error:
            raise _ERRORS[turn.error](turn.message)
        for place, call in enumerate(turn.calls):
            arguments = call.arguments if isinstance(call.arguments, str) else json.dumps(call.arguments)
            yield CallMade(ToolCall(f"call-{number}-{place}", call.name, arguments))
        if turn.logprobs:
            yield LogProbs(turn.logprobs)
        usage = turn.usage or estimated_usage(messages, tools, len(turn.text))
        yield Done(usage, turn.reason or ("calls" if turn.calls else "stop"))


def load_script(path: Path) -> tuple[Turn, ...]:
    """Turns from a JSON file: a list of objects with the fields of `Turn`. Raises UsageError."""
    try:
        table: Any = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"The script {path} can't be read: {error}") from error
    if not isinstance(table, list):
        raise UsageError(f"The script {path} is wrong: it should be a list of turns.")
    try:
        return cattrs.Converter(forbid_extra_keys=True).structure(table, tuple[Turn, ...])
    except cattrs.BaseValidationError as error:
        details = "; ".join(cattrs.transform_error(error, path="script"))
        raise UsageError(f"The script {path} is wrong: {details}") from error
