"""Puts a streamed chat completion together, from servers that keep the format more or less."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from .contract import Done, Json, LogProbs, ToolCall, ToolSpec, Usage
from .text_calls import find_calls


def new_call_id() -> str:
    """An id for a call that came without: nine letters and digits, the strictest of the known formats."""
    return uuid.uuid4().hex[:9]


@dataclass
class _Slot:
    index: int | None
    id: str = ""
    name: str = ""
    arguments: str = ""

    def whole(self) -> bool:
        try:
            return isinstance(json.loads(self.arguments), dict)
        except ValueError:
            return False


class Answer:
    """What has arrived of one answer. `finish` is the server's finish reason, empty until it came."""

    def __init__(self) -> None:
        self.text = ""
        self.refusal = ""
        self.finish = ""
        self.usage: Usage | None = None
        self._logprobs: list[tuple[str, float]] = []
        self._slots: list[_Slot] = []

    def feed(self, event: Json) -> str:
        """Takes one event's JSON; gives the text that it adds. What has an unknown shape is passed over."""
        event = _dict(event)
        self.usage = _usage(event.get("usage")) or self.usage
        choices = event.get("choices")
        choice = _dict(choices[0]) if isinstance(choices, list) and choices else {}
        delta = _dict(choice.get("delta") or choice.get("message"))
        self.finish = str(choice.get("finish_reason") or self.finish)
        self._logprobs += _logprobs(choice.get("logprobs"))
        calls = delta.get("tool_calls")
        for call in calls if isinstance(calls, list) else []:
            self._take_call(_dict(call))
        self.refusal += _text(delta.get("refusal"))
        text = _text(delta.get("content"))
        self.text += text
        return text

    def calls(self, tools: Sequence[ToolSpec]) -> tuple[ToolCall, ...]:
        """The calls, native ones if there are any, else those written into the text."""
        native = tuple(ToolCall(s.id or new_call_id(), s.name, s.arguments) for s in self._slots)
        written = () if native else find_calls(self.text, tools)
        return native or tuple(ToolCall(new_call_id(), name, arguments) for name, arguments in written)

    def logprobs(self) -> LogProbs | None:
        """The tokens' log probabilities, where the server sent any."""
        return LogProbs(tuple(self._logprobs)) if self._logprobs else None

    def done(self, called: bool, estimate: Usage) -> Done:
        """The closing chunk; `estimate` stands in where the server counted nothing."""
        usage = self.usage or estimate
        if self.finish in ("length", "max_tokens"):
            return Done(usage, "length")
        return Done(usage, "calls" if called else "stop")

    def written(self) -> int:
        """Characters of text and calls, for an estimate."""
        return len(self.text) + sum(len(slot.name) + len(slot.arguments) for slot in self._slots)

    def _take_call(self, delta: dict[str, Json]) -> None:
        function = _dict(delta.get("function"))
        name, arguments = _text(function.get("name")), function.get("arguments")
        if arguments is not None and not isinstance(arguments, str):
            arguments = json.dumps(arguments)
        index = delta.get("index")
        fragment = _Slot(
            index if isinstance(index, int) else None, _text(delta.get("id")), name, arguments or ""
        )
        slot = self._slot_for(fragment)
        if slot is None:
            self._slots.append(fragment)
            return
        slot.id = slot.id or fragment.id
        slot.name = slot.name or name
        slot.arguments += fragment.arguments

    def _slot_for(self, fragment: _Slot) -> _Slot | None:
        """The call that the fragment goes on with; None: it begins one.

        By id, else by index, else the last one. Some servers give every call the index 0 or none at all: a
        new id, or a name after arguments that are complete, begins another call. Some repeat the name each
        time.
        """
        if fragment.id and (known := [s for s in self._slots if s.id == fragment.id]):
            return known[-1]
        same = [s for s in self._slots if fragment.index is None or s.index == fragment.index]
        if not same:
            return None
        slot = same[-1]
        another_id = fragment.id and slot.id
        another_call = fragment.name and (fragment.arguments or fragment.name != slot.name) and slot.whole()
        return None if another_id or another_call else slot


def _dict(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _text(value: Json) -> str:
    """A string, or the text of a list of content parts."""
    if isinstance(value, list):
        return "".join(_text(_dict(part).get("text")) for part in value)
    return value if isinstance(value, str) else ""


def _count(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _usage(value: Json) -> Usage | None:
    counts = _dict(value)
    if not (_count(counts.get("prompt_tokens")) or _count(counts.get("completion_tokens"))):
        return None
    details = _dict(counts.get("prompt_tokens_details"))
    return Usage(
        prompt=_count(counts.get("prompt_tokens")),
        completion=_count(counts.get("completion_tokens")),
        cached=_count(details.get("cached_tokens")) or _count(counts.get("prompt_cache_hit_tokens")),
    )


def _logprobs(value: Json) -> list[tuple[str, float]]:
    content = _dict(value).get("content")
    tokens = [_dict(token) for token in content] if isinstance(content, list) else []
    return [
        (_text(token.get("token")), float(token["logprob"]))
        for token in tokens
        if isinstance(token.get("logprob"), int | float)
    ]
