import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genie_engineer.models.contract import Message, ToolCall, ToolSpec
from genie_engineer.models.text_calls import as_text, call_schema, find_calls

LIST = ToolSpec("list_files", "Lists.", {"type": "object", "properties": {"path": {"type": "string"}}})
FINISH = ToolSpec("finish", "Ends.", {"type": "object"})
TOOLS = (LIST, FINISH)
CALL = '{"name": "list_files", "arguments": {"path": "src"}}'
FOUND = (("list_files", '{"path": "src"}'),)
QWEN = '```json\n{\n  "name": "list_files",\n  "arguments": {\n    "path": "src"\n  }\n}\n```'
"""What Qwen2.5-Coder-1.5B-Instruct wrote behind llama.cpp when it was offered tools the API's way."""
QWEN_REQUIRED = (
    QWEN + "\n\n\nWhat file is open? Is it a text file? Is it a binary file? Is it a directory? Is it"
)
"""The same with `tool_choice` "required", clipped."""


@pytest.mark.parametrize(
    "text",
    [
        QWEN,
        QWEN_REQUIRED,
        CALL,
        f"```json\n{CALL}\n```",
        f"```\n{CALL}\n```",
        f"```json\n{CALL}",
        f"I will look at the files first.\n\n```json\n{CALL}\n```\nThen I will go on.",
        f"Looking.\n{CALL}\n",
        f"<tool_call>\n{CALL}\n</tool_call>",
        f"<tool_call>{CALL}</tool_call>",
        f"[TOOL_CALLS] [{CALL}]",
        f"[{CALL}]",
        f"`{CALL}`",
        f"<think>Perhaps\n{CALL.replace('src', 'lib')}\n</think>\n{CALL}",
        '{\n  "name": "list_files",\n  "arguments": {\n    "path": "src"\n  }\n}',
        '{"arguments": {"path": "src"}, "name": "list_files"}',
        '{"name": "list_files", "parameters": {"path": "src"}}',
        '{"id": "1", "type": "function", "function": {"name": "list_files", "arguments": {"path": "src"}}}',
        '{"name": "list_files", "arguments": "{\\"path\\": \\"src\\"}"}',
    ],
)
def test_finds_the_call(text: str) -> None:
    assert find_calls(text, TOOLS) == FOUND


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I can't do this.",
        '{"name": "list_files"}',
        '{"name": "launch_rocket", "arguments": {}}',
        '{"name": "list_files", "arguments": {}, "version": "1.0"}',
        f"You would write {CALL} to list files.",
        '```json\n{"name": "list_files", "arguments": {"path": \n```',
        f"<think>{CALL}</think>",
        f"<think>\n{CALL}",
        '{"name": ["list_files"], "arguments": {}}',
        '{"name":' * 50_000,
        '\n{"name": 1}' * 5_000,
    ],
)
def test_leaves_prose_alone(text: str) -> None:
    assert find_calls(text, TOOLS) == ()


def test_finds_several_calls_in_order() -> None:
    other = '{"name": "finish", "arguments": {}}'
    expected = (*FOUND, ("finish", "{}"))
    assert find_calls(f"```json\n{CALL}\n```\nand\n```json\n{other}\n```", TOOLS) == expected
    assert find_calls(f"[{CALL}, {other}]", TOOLS) == expected


def test_a_line_break_within_a_string_is_forgiven() -> None:
    assert find_calls('{"name": "finish", "arguments": {"summary": "one\ntwo"}}', TOOLS) == (
        ("finish", '{"summary": "one\\ntwo"}'),
    )


def test_without_tools_nothing_is_a_call() -> None:
    assert find_calls(CALL, ()) == ()


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_never_raises(text: str) -> None:
    find_calls(text, TOOLS)
    find_calls('{"name": ' + text, TOOLS)


CONVERSATION = (
    Message("system", "You are an engineer."),
    Message("user", "Look."),
    Message("assistant", "I look.", calls=(ToolCall("c1", "list_files", '{"path": "src"}'),)),
    Message("tool", "a.py", call_id="c1"),
)


def test_as_text_keeps_the_conversation_and_names_every_tool() -> None:
    system, user, assistant, result = as_text(CONVERSATION, TOOLS)
    assert system.text.startswith("You are an engineer.")
    assert all(tool.name in system.text for tool in TOOLS)
    assert user == CONVERSATION[1]
    assert assistant.role == "assistant"
    assert not assistant.calls
    assert find_calls(assistant.text, TOOLS) == FOUND
    assert result == Message("user", "Result of list_files:\na.py")


def test_as_text_does_not_write_a_call_twice_that_stands_in_the_text() -> None:
    spoken = Message("assistant", CALL, calls=(ToolCall("c1", "list_files", '{"path": "src"}'),))
    assert as_text([spoken], TOOLS)[1].text == CALL


def test_as_text_describes_tools_without_a_system_message_too() -> None:
    first, second = as_text([Message("user", "Look.")], TOOLS)
    assert (first.role, second.text) == ("system", "Look.")


def test_the_schema_lists_each_tool_with_its_parameters() -> None:
    first, second = call_schema(TOOLS)["anyOf"]
    assert first["properties"] == {"name": {"const": "list_files"}, "arguments": LIST.parameters}
    assert second["properties"]["name"] == {"const": "finish"}
    json.dumps(call_schema(TOOLS))
