"""Conversation and tools in the JSON of OpenAI's chat completions."""

import json
from collections.abc import Sequence

from .contract import Json, Message, ToolCall, ToolSpec


def messages_json(messages: Sequence[Message]) -> list[Json]:
    """The conversation, `data` left out. Servers reject empty text beside calls, hence null."""
    return [_message(message) for message in messages]


def tools_json(tools: Sequence[ToolSpec]) -> list[Json]:
    """The tools as function definitions."""
    return [
        {
            "type": "function",
            "function": {"name": t.name, "description": t.description, "parameters": t.parameters},
        }
        for t in tools
    ]


def _message(message: Message) -> Json:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.call_id, "content": message.text}
    if not message.calls:
        return {"role": message.role, "content": message.text}
    calls = [
        {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": _arguments(c)}}
        for c in message.calls
    ]
    return {"role": message.role, "content": message.text or None, "tool_calls": calls}


def _arguments(call: ToolCall) -> str:
    """Chat templates parse the arguments again: what the model garbled is sent back as one string in JSON."""
    try:
        whole = isinstance(json.loads(call.arguments), dict)
    except ValueError:
        whole = False
    if whole:
        return call.arguments
    return json.dumps({"malformed": call.arguments}) if call.arguments.strip() else "{}"
