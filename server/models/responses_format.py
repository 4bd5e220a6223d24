"""Conversation and tools in the JSON of OpenAI's Responses API, as of its reference of November 2026.

Nothing is stored there: every request carries the whole conversation, reasoning items included.
"""

from collections.abc import Sequence

from .chat_format import arguments_json
from .contract import Json, Message, ToolCall, ToolSpec


def input_json(messages: Sequence[Message], reader: str) -> list[Json]:
    """The conversation as items. Reasoning items go back to the `reader` that wrote them.

    Only those since the user last spoke are sent: the API leaves out earlier ones by itself.
    """
    last = max((place for place, message in enumerate(messages) if message.role == "user"), default=-1)
    return [
        item
        for place, message in enumerate(messages)
        for item in _items(message, reader if place > last else None)
    ]


def tools_json(tools: Sequence[ToolSpec]) -> list[Json]:
    """The tools as functions. Not strict: strict schemas can't have arguments that may be left out."""
    return [
        {
            "type": "function",
            "name": t.name,
            "description": t.description,
            "parameters": t.parameters,
            "strict": False,
        }
        for t in tools
    ]


def _items(message: Message, reader: str | None) -> list[Json]:
    if message.role == "tool":
        return [{"type": "function_call_output", "call_id": message.call_id, "output": message.text}]
    said: list[Json] = [{"role": message.role, "content": message.text}] if message.text else []
    thoughts = message.thoughts
    if thoughts is None or thoughts.by != reader:
        return said + [_call(call) for call in message.calls]
    calls = {call.id: call for call in message.calls}
    items: list[Json] = []
    for item in thoughts.items:
        if item["type"] == "reasoning":
            items.append(item)
        elif item["type"] == "message":
            items += said
            said = []
        elif call := calls.pop(item["call_id"], None):
            items.append(_call(call))
    return items + said + [_call(call) for call in calls.values()]


def _call(call: ToolCall) -> Json:
    return {
        "type": "function_call",
        "call_id": call.id,
        "name": call.name,
        "arguments": arguments_json(call),
    }
