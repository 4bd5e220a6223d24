from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genie_engineer.models.assembly import Answer
from genie_engineer.models.contract import Done, LogProbs, Usage


def fed(*deltas: dict[str, Any], finish: str | None = "tool_calls") -> Answer:
    answer = Answer()
    for delta in deltas:
        answer.feed({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    answer.feed({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    return answer


def fragment(name: str | None = None, arguments: Any = None, **fields: Any) -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {**fields, "function": {key: value for key, value in function.items() if value is not None}}


A, B = '{"path": "a"}', '{"path": "b"}'
FRAGMENTS: dict[str, tuple[list[dict[str, Any]], list[tuple[str, str]]]] = {
    "by index, as OpenAI sends them": (
        [
            fragment("f", "", index=0, id="c0"),
            fragment(None, A[:4], index=0),
            fragment(None, A[4:], index=0),
            fragment("g", "", index=1, id="c1"),
            fragment(None, B, index=1),
        ],
        [("f", A), ("g", B)],
    ),
    "interleaved": (
        [
            fragment("f", "", index=0, id="c0"),
            fragment("g", "", index=1, id="c1"),
            fragment(None, A[:4], index=0),
            fragment(None, B[:4], index=1),
            fragment(None, A[4:], index=0),
            fragment(None, B[4:], index=1),
        ],
        [("f", A), ("g", B)],
    ),
    "whole at once, without ids": (
        [fragment("f", A, index=0), fragment("g", B, index=1)],
        [("f", A), ("g", B)],
    ),
    "whole at once, the same tool, no index, no id": (
        [fragment("f", A), fragment("f", B)],
        [("f", A), ("f", B)],
    ),
    "every index 0, ids differ": (
        [fragment("f", A, index=0, id="x"), fragment("f", A, index=0, id="y")],
        [("f", A), ("f", A)],
    ),
    "every index 0, no ids": ([fragment("f", A, index=0), fragment("g", "", index=0)], [("f", A), ("g", "")]),
    "fragments without index": (
        [fragment("f", "", id="x"), fragment(None, A[:4]), fragment(None, A[4:]), fragment("g", B, id="y")],
        [("f", A), ("g", B)],
    ),
    "the name and id each time": (
        [fragment("f", A[:4], index=0, id="x"), fragment("f", A[4:], index=0, id="x")],
        [("f", A)],
    ),
    "the name each time, no ids": (
        [fragment("f", A[:4], index=0), fragment("f", A[4:], index=0), fragment("f", "", index=0)],
        [("f", A)],
    ),
    "arguments as an object": ([fragment("f", {"path": "a"}, index=0)], [("f", A)]),
    "arguments null": ([{"index": 0, "function": {"name": "f", "arguments": None}}], [("f", "")]),
    "an id that comes late": (
        [fragment("f", "", index=0), fragment(None, A, index=0, id="late")],
        [("f", A)],
    ),
    "malformed": ([fragment("f", '{"path": ', index=0)], [("f", '{"path": ')]),
}


@pytest.mark.parametrize("case", FRAGMENTS)
def test_calls_are_put_together(case: str) -> None:
    fragments, expected = FRAGMENTS[case]
    calls = fed(*({"tool_calls": [f]} for f in fragments)).calls(())
    assert [(call.name, call.arguments) for call in calls] == expected
    assert all(call.id for call in calls)
    assert len({call.id for call in calls}) == len(calls)


def test_all_calls_may_come_in_one_event() -> None:
    answer = fed({"tool_calls": [fragment("f", A, index=0), fragment("g", B, index=1)]})
    assert [call.name for call in answer.calls(())] == ["f", "g"]


def test_text_is_handed_on_as_it_comes() -> None:
    answer = Answer()
    pieces = [answer.feed({"choices": [{"delta": {"content": text}}]}) for text in ("Hel", "", "lo")]
    assert pieces == ["Hel", "", "lo"]
    assert answer.text == "Hello"


def test_parts_and_whole_messages_are_text_too() -> None:
    answer = Answer()
    assert answer.feed({"choices": [{"delta": {"content": [{"type": "text", "text": "a"}]}}]}) == "a"
    assert answer.feed({"choices": [{"message": {"content": "b"}, "finish_reason": "stop"}]}) == "b"


@pytest.mark.parametrize(
    ("finish", "called", "reason"),
    [
        ("stop", False, "stop"),
        ("stop", True, "calls"),
        ("tool_calls", True, "calls"),
        ("tool_calls", False, "stop"),
        ("length", True, "length"),
        ("max_tokens", False, "length"),
        ("eos", False, "stop"),
    ],
)
def test_finish_reasons(finish: str, called: bool, reason: str) -> None:
    assert fed(finish=finish).done(called, Usage()).reason == reason


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"prompt_tokens": 9, "completion_tokens": 3}, Usage(9, 3)),
        (
            {"prompt_tokens": 9, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 4}},
            Usage(9, 3, 4),
        ),
        ({"prompt_tokens": 9, "completion_tokens": 3, "prompt_cache_hit_tokens": 5}, Usage(9, 3, 5)),
        ({"prompt_tokens": 9, "completion_tokens": None, "prompt_tokens_details": None}, Usage(9, 0)),
        ({"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}, Usage(9, 3)),
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 5,
                "completion_tokens_details": {"reasoning_tokens": 4},
            },
            Usage(9, 5, 0, 4),
        ),
        ({"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 30}, Usage(9, 21, 0, 20)),
        ({"prompt_tokens": 9, "completion_tokens": -3, "total_tokens": -1}, Usage(9, 0)),
        ({"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 400}}, Usage(9, 0, 9)),
        ({"prompt_tokens": 0, "completion_tokens": 0}, Usage(1, 1)),
        (None, Usage(1, 1)),
        ("many", Usage(1, 1)),
    ],
)
def test_usage_is_the_servers_or_else_the_estimate(usage: Any, expected: Usage) -> None:
    answer = Answer()
    answer.feed({"choices": [], "usage": usage})
    answer.feed({"choices": [], "usage": None})
    assert answer.done(False, Usage(1, 1)) == Done(expected)


def test_log_probabilities_are_collected() -> None:
    answer = Answer()
    for token, value in (("a", -0.5), ("b", 0)):
        tokens = [{"token": token, "logprob": value, "bytes": None, "top_logprobs": []}]
        answer.feed({"choices": [{"delta": {"content": token}, "logprobs": {"content": tokens}}]})
    assert answer.logprobs() == LogProbs((("a", -0.5), ("b", 0.0)))
    assert Answer().logprobs() is None


KEYS = ["choices", "delta", "tool_calls", "function", "name", "arguments", "index", "usage", "logprobs"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just("text"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=50, deadline=None)
@given(st.lists(JSON, max_size=3))
def test_no_event_of_any_shape_raises(events: list[Any]) -> None:
    answer = Answer()
    for event in events:
        answer.feed(event)
        answer.feed({"choices": [{"delta": event, "logprobs": {"content": event}}], "usage": event})
        answer.feed({"choices": [{"delta": {"tool_calls": [event, {"function": event}]}}]})
    answer.calls(())
    answer.done(False, Usage())
