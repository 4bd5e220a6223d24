"""Conversation and tools in the JSON of OpenAI's chat completions."""

import json
from collections.abc import Sequence

from .contract import Json, Message, ToolCall, ToolSpec


def messages_json(messages: Sequence[Message], reader: str = "") -> list[Json]:
    """The conversation, `data` left out. Servers reject empty text beside calls, hence null.

    Thoughts that are the `reader`'s own go back with the calls that they led to, since the user last spoke;
    calls without any beside them get an empty one, since servers that want thoughts want them everywhere.
    """
    last = max((place for place, message in enumerate(messages) if message.role == "user"), default=-1)
    tail = messages[last + 1 :]
    field = next((name for message in tail for name in _thoughts(message, reader)), "")
    empty: dict[str, Json] = {field: ""} if field else {}
    early = [_message(message) for message in messages[: last + 1]]
    return early + [
        _message(message) | (empty | _thoughts(message, reader) if message.calls else {}) for message in tail
    ]


def tools_json(tools: Sequence[ToolSpec]) -> list[Json]:
    """The tools as function definitions."""
    return [
        {
            "type": "function",
            "function": {"name": t.name, "description": t.description, "parameters": t.parameters},
        }
        for t in tools
    ]


def arguments_json(call: ToolCall) -> str:
    """Chat templates parse the arguments again: what the model garbled is sent back as one string in JSON."""
    try:
        whole = isinstance(json.loads(call.arguments), dict)
    except (ValueError, RecursionError):
        whole = False
    if whole:
        return call.arguments
    return json.dumps({"malformed": call.arguments}) if call.arguments.strip() else "{}"


def _thoughts(message: Message, reader: str) -> dict[str, Json]:
    if message.thoughts is None or message.thoughts.by != reader:
        return {}
    return {name: text for item in message.thoughts.items for name, text in item.items()}


def _message(message: Message) -> dict[str, Json]:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.call_id, "content": message.text}
    if not message.calls:
        return {"role": message.role, "content": message.text}
    calls = [
        {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": arguments_json(c)}}
        for c in message.calls
    ]
    return {"role": message.role, "content": message.text or None, "tool_calls": calls}
