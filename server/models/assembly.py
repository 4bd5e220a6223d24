"""Puts a streamed chat completion together, from servers that keep the format more or less."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from .contract import Done, Json, LogProbs, ToolCall, ToolSpec, Usage
from .loose import a_count, a_dict, a_list, a_text
from .text_calls import find_calls

THOUGHTS = ("reasoning_content", "reasoning")
"""Fields in which servers stream what a model thinks: DeepSeek, vLLM, llama.cpp; OpenRouter, Groq, Ollama."""


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
        except (ValueError, RecursionError):
            return False


class Answer:
    """What has arrived of one answer. `finish` is the server's finish reason, empty until it came.

    `error` is what the server said of a failure in the middle of its stream.
    """

    def __init__(self) -> None:
        self.text = ""
        self.refusal = ""
        self.finish = ""
        self.usage: Usage | None = None
        self.error: Json = None
        self._thoughts: dict[str, str] = {}
        self._logprobs: list[tuple[str, float]] = []
        self._slots: list[_Slot] = []

    def feed(self, event: Json) -> str:
        """Takes one event's JSON; gives the text that it adds. What has an unknown shape is passed over."""
        event = a_dict(event)
        self.usage = _usage(event.get("usage")) or self.usage
        choice = a_dict(next(iter(a_list(event.get("choices"))), None))
        delta = a_dict(choice.get("delta") or choice.get("message"))
        self.finish = str(choice.get("finish_reason") or self.finish)
        self._logprobs += _logprobs(choice.get("logprobs"))
        for call in a_list(delta.get("tool_calls")):
            self._take_call(a_dict(call))
        for field in THOUGHTS:
            if thought := a_text(delta.get(field)):
                self._thoughts[field] = self._thoughts.get(field, "") + thought
        self.refusal += a_text(delta.get("refusal"))
        text = a_text(delta.get("content"))
        self.text += text
        return text

    def calls(self, tools: Sequence[ToolSpec]) -> tuple[ToolCall, ...]:
        """The calls, native ones if there are any, else those written into the text."""
        if self.native_calls:
            return self._native()
        written = find_calls(self.text, tools)
        return tuple(ToolCall(new_call_id(), name, arguments) for name, arguments in written)

    def thoughts(self) -> tuple[Json, ...]:
        """What is to be sent back: thoughts that led to calls, in the field in which they came."""
        field = next((field for field in THOUGHTS if field in self._thoughts), "")
        return ({field: self._thoughts[field]},) if field and self._slots else ()

    @property
    def thought(self) -> bool:
        """Whether it thought before it answered."""
        return bool(self._thoughts) or bool(self.usage and self.usage.reasoning) or "think>" in self.text

    @property
    def native_calls(self) -> bool:
        """Whether calls came by the API's own way."""
        return bool(self._slots)

    def _native(self) -> tuple[ToolCall, ...]:
        return tuple(ToolCall(s.id or new_call_id(), s.name, s.arguments) for s in self._slots)

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
        function = a_dict(delta.get("function"))
        name, arguments = a_text(function.get("name")), function.get("arguments")
        if arguments is not None and not isinstance(arguments, str):
            arguments = json.dumps(arguments)
        index = delta.get("index")
        fragment = _Slot(
            index if isinstance(index, int) else None, a_text(delta.get("id")), name, arguments or ""
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


def _usage(value: Json) -> Usage | None:
    """Some providers leave what the model thought out of `completion_tokens`: the total has it."""
    counts = a_dict(value)
    prompt, written = a_count(counts.get("prompt_tokens")), a_count(counts.get("completion_tokens"))
    if not (prompt or written):
        return None
    asked, answered = (a_dict(counts.get(f"{kind}_tokens_details")) for kind in ("prompt", "completion"))
    cached = a_count(asked.get("cached_tokens")) or a_count(counts.get("prompt_cache_hit_tokens"))
    completion = max(written, a_count(counts.get("total_tokens")) - prompt)
    reasoning = a_count(answered.get("reasoning_tokens")) or completion - written
    return Usage(prompt, completion, min(cached, prompt), min(reasoning, completion))


def _logprobs(value: Json) -> list[tuple[str, float]]:
    tokens = [a_dict(token) for token in a_list(a_dict(value).get("content"))]
    return [
        (a_text(token.get("token")), float(token["logprob"]))
        for token in tokens
        if isinstance(token.get("logprob"), int | float)
    ]
