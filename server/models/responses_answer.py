"""Puts the stream of a response together: OpenAI's Responses API, as of its reference of November 2026."""

from .assembly import Answer, new_call_id
from .contract import Json, ToolCall, Usage
from .loose import a_count, a_dict, a_list, a_text

_KEPT = ("type", "id", "summary", "encrypted_content", "content")
"""What of a reasoning item is sent back; servers refuse its status."""


class ResponsesAnswer(Answer):
    """What has arrived of one response: its items in their order, once each is complete."""

    def __init__(self) -> None:
        super().__init__()
        self._items: list[dict[str, Json]] = []
        self._streamed = False

    def feed(self, event: Json) -> str:
        """Takes one event's JSON; gives the text that it adds. What has an unknown shape is passed over."""
        event = a_dict(event)
        match event.get("type"):
            case "response.output_text.delta":
                self._streamed = True
                return self._added(a_text(event.get("delta")))
            case "response.refusal.delta":
                self.refusal += a_text(event.get("delta"))
            case "response.output_item.done":
                return self._take(a_dict(event.get("item")))
            case "response.completed" | "response.incomplete" | "response.failed":
                return self._end(a_dict(event.get("response")))
            case "error":
                self.error = event
        return ""

    def thoughts(self) -> tuple[Json, ...]:
        """The items in their order, with names alone where the rest of the answer has what they hold.

        Nothing where no reasoning item can be sent back: one that is neither encrypted nor open is only known
        to a server that stores it.
        """
        known = [item for item in self._items if item.get("encrypted_content") or item.get("content")]
        if not any(item["type"] == "reasoning" for item in known):
            return ()
        return tuple(_short(item) for item in self._items if item["type"] != "reasoning" or item in known)

    @property
    def thought(self) -> bool:
        """Whether it thought before it answered."""
        return super().thought or any(item["type"] == "reasoning" for item in self._items)

    @property
    def native_calls(self) -> bool:
        """Whether calls came by the API's own way."""
        return any(item["type"] == "function_call" for item in self._items)

    def written(self) -> int:
        """Characters of text and calls, for an estimate."""
        return len(self.text) + sum(len(call.name) + len(call.arguments) for call in self._native())

    def _native(self) -> tuple[ToolCall, ...]:
        calls = (item for item in self._items if item["type"] == "function_call")
        return tuple(ToolCall(c["call_id"], a_text(c.get("name")), a_text(c.get("arguments"))) for c in calls)

    def _take(self, item: dict[str, Json]) -> str:
        kind = item.get("type")
        if kind == "function_call":
            item = item | {"call_id": a_text(item.get("call_id")) or new_call_id()}
        if kind in ("function_call", "reasoning", "message"):
            self._items.append(item)
        if kind != "message":
            return ""
        streamed, self._streamed = self._streamed, False
        self.refusal = self.refusal or "".join(
            a_text(a_dict(part).get("refusal")) for part in a_list(item.get("content"))
        )
        return "" if streamed else self._added(a_text(item.get("content")))

    def _end(self, response: dict[str, Json]) -> str:
        self.usage = _usage(response.get("usage"))
        self.error = response.get("error") or self.error
        reason = a_text(a_dict(response.get("incomplete_details")).get("reason"))
        self.finish = {"max_output_tokens": "length"}.get(reason, reason) or "stop"
        left = [] if self._items else a_list(response.get("output"))
        return "".join(self._take(a_dict(item)) for item in left)

    def _added(self, text: str) -> str:
        self.text += text
        return text


def _short(item: dict[str, Json]) -> dict[str, Json]:
    if item["type"] == "reasoning":
        return {key: item[key] for key in _KEPT if item.get(key) is not None}
    return {key: item[key] for key in ("type", "call_id") if key in item}


def _usage(value: Json) -> Usage | None:
    counts = a_dict(value)
    if not (a_count(counts.get("input_tokens")) or a_count(counts.get("output_tokens"))):
        return None
    return Usage(
        prompt=a_count(counts.get("input_tokens")),
        completion=a_count(counts.get("output_tokens")),
        cached=a_count(a_dict(counts.get("input_tokens_details")).get("cached_tokens")),
        reasoning=a_count(a_dict(counts.get("output_tokens_details")).get("reasoning_tokens")),
    )
