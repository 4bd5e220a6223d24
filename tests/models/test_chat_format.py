import json

import pytest

from genie_engineer.models.chat_format import messages_json, tools_json
from genie_engineer.models.contract import Message, ToolCall, ToolSpec


def test_messages_take_their_form() -> None:
    call = ToolCall("c1", "open_file", '{"path": "a.py"}')
    assert messages_json(
        [
            Message("system", "Be brief."),
            Message("user", "Fix it."),
            Message("assistant", "", calls=(call,)),
            Message("tool", "1 x", call_id="c1", data={"secret": "only for the offline engine"}),
            Message("assistant", ""),
        ]
    ) == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Fix it."},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": "c1",
                    "type": "function",
                    "function": {"name": "open_file", "arguments": '{"path": "a.py"}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "1 x"},
        {"role": "assistant", "content": ""},
    ]


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("", {}),
        ('{"a": 1}', {"a": 1}),
        ('{"a": ', {"malformed": '{"a": '}),
        ("[1]", {"malformed": "[1]"}),
    ],
)
def test_arguments_sent_back_are_always_an_object(written: str, sent: dict[str, object]) -> None:
    message = Message("assistant", "", calls=(ToolCall("c1", "f", written),))
    (form,) = messages_json([message])
    assert json.loads(form["tool_calls"][0]["function"]["arguments"]) == sent


def test_tools_are_functions() -> None:
    parameters = {"type": "object", "properties": {}}
    assert tools_json([ToolSpec("f", "Does.", parameters)]) == [
        {"type": "function", "function": {"name": "f", "description": "Does.", "parameters": parameters}}
    ]
