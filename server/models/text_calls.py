"""Tool calls for models that have no channel of their own for them: asked for, written and found as text."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .contract import Json, Message, ToolCall, ToolSpec
from .thoughts import without_thoughts

_START = re.compile(
    r"^[ \t`\[,]*(?:<tool_call>[ \t]*|\[TOOL_CALLS\][ \t\[]*)?"
    r'(\{)\s*"(?:name|arguments|parameters|function|type|id)"\s*:',
    re.MULTILINE,
)
_SEPARATOR = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder(strict=False)
_KEYS = {"name", "arguments", "parameters", "type", "id"}


def find_calls(text: str, tools: Sequence[ToolSpec]) -> tuple[tuple[str, str], ...]:
    """The calls (name, arguments as JSON text) that a model wrote as JSON objects at the start of a line.

    Fenced, bare, in a list or between <tool_call> tags. Only offered tools count, so that an example of
    something else stays prose; what a model wrote while thinking is no call.
    """
    names = {tool.name for tool in tools}
    found = (_call(value) for value in _objects(without_thoughts(text)))
    return tuple(call for call in found if call and call[0] in names)


def describe(tools: Sequence[ToolSpec]) -> str:
    """Instructions that stand in for the provider's own way to offer tools."""
    listed = "\n".join(
        json.dumps({"name": t.name, "description": t.description, "parameters": t.parameters}) for t in tools
    )
    return (
        "You can call these tools:\n"
        f"{listed}\n"
        "To call one, answer with nothing but a JSON object in a fenced block:\n"
        '```json\n{"name": "the tool\'s name", "arguments": {}}\n```\n'
        "Its result comes with the next message."
    )


def as_text(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> list[Message]:
    """The conversation without native calls: tools described, calls written out, results as the user's."""
    names = {call.id: call.name for message in messages for call in message.calls}
    plain = [_plain(message, names, tools) for message in messages]
    if not tools:
        return plain
    if plain and plain[0].role == "system":
        first = replace(plain[0], text=f"{plain[0].text}\n\n{describe(tools)}")
        return [first, *plain[1:]]
    return [Message("system", describe(tools)), *plain]


def call_schema(tools: Sequence[ToolSpec]) -> dict[str, Json]:
    """A JSON Schema that only a call of one of `tools` fulfils, for servers that constrain the output."""
    return {
        "anyOf": [
            {
                "type": "object",
                "properties": {"name": {"const": tool.name}, "arguments": tool.parameters},
                "required": ["name", "arguments"],
                "additionalProperties": False,
            }
            for tool in tools
        ]
    }


def _plain(message: Message, names: dict[str, str], tools: Sequence[ToolSpec]) -> Message:
    if message.role == "tool":
        return Message("user", f"Result of {names.get(message.call_id, 'the tool')}:\n{message.text}")
    if not message.calls or find_calls(message.text, tools):
        return replace(message, calls=())
    written = [_fenced(call) for call in message.calls]
    return Message("assistant", "\n".join([message.text, *written] if message.text else written))


def _fenced(call: ToolCall) -> str:
    return f'```json\n{{"name": {json.dumps(call.name)}, "arguments": {call.arguments or "{}"}}}\n```'


def _objects(text: str) -> Iterator[Json]:
    end = 0
    for match in _START.finditer(text):
        at = match.start(1)
        while end <= at < len(text) and text[at] == "{":
            try:
                value, end = _DECODER.raw_decode(text, at)
            except (ValueError, RecursionError):
                break
            yield value
            separator = _SEPARATOR.match(text, end)
            at = separator.end() if separator else end


def _call(value: Json) -> tuple[str, str] | None:
    inner = value.get("function")
    if isinstance(inner, dict) and value.keys() <= {"function", "type", "id"}:
        value = inner
    arguments = value.get("arguments", value.get("parameters"))
    if not isinstance(value.get("name"), str) or arguments is None or not value.keys() <= _KEYS:
        return None
    return value["name"], arguments if isinstance(arguments, str) else json.dumps(arguments)
