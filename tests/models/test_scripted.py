import json
from pathlib import Path

import pytest

from genie_engineer.errors import ContextOverflow, ModelBusy, ModelError, ModelRefused, UsageError
from genie_engineer.models.contract import (
    CallMade,
    Chunk,
    Done,
    LogProbs,
    Message,
    TextDelta,
    ToolCall,
    Usage,
)
from genie_engineer.models.scripted import Call, Scripted, Turn, load_script

ASK = (Message("user", "Hello?"),)


async def play(model: Scripted) -> list[Chunk]:
    return [chunk async for chunk in model.stream(ASK, ())]


async def test_plays_its_turns_in_order_and_says_when_it_is_over() -> None:
    model = Scripted(
        [
            Turn("One\ntwo", (Call("f", {"a": 1}), Call("g", "{broken")), usage=Usage(5, 5)),
            Turn("", logprobs=(("a", -1.0),), reason="length", usage=Usage(6, 6)),
        ]
    )
    assert await play(model) == [
        TextDelta("One\n"),
        TextDelta("two"),
        CallMade(ToolCall("call-0-0", "f", '{"a": 1}')),
        CallMade(ToolCall("call-0-1", "g", "{broken")),
        Done(Usage(5, 5), "calls"),
    ]
    assert await play(model) == [LogProbs((("a", -1.0),)), Done(Usage(6, 6), "length")]
    with pytest.raises(ModelError, match="is over: it has 2 turns"):
        await play(model)
    assert model.asked == [ASK] * 3


@pytest.mark.parametrize(
    ("error", "kind"),
    [("refused", ModelRefused), ("busy", ModelBusy), ("overflow", ContextOverflow), ("error", ModelError)],
)
async def test_an_error_comes_after_the_text_and_the_next_turn_after_it(
    error: str, kind: type[ModelError]
) -> None:
    model = Scripted([Turn("Well", error=error, message="Because."), Turn("Better")])  # type: ignore[arg-type]
    stream = model.stream(ASK, ())
    assert await anext(stream) == TextDelta("Well")
    with pytest.raises(kind, match="Because") as caught:
        await anext(stream)
    assert type(caught.value) is kind
    assert (await play(model))[0] == TextDelta("Better")


async def test_a_resumed_conversation_goes_on_in_the_script() -> None:
    model = Scripted([Turn("One"), Turn("Two"), Turn("Three")])
    asked = (*ASK, Message("assistant", "One"), Message("user", "Go on."))
    chunks = [await anext(model.stream(asked, ())) for _ in range(2)]
    assert chunks == [TextDelta("Two"), TextDelta("Three")]


async def test_a_script_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    turns = [
        {"text": "Hi", "calls": [{"name": "f", "arguments": {"a": [1]}}], "usage": {"prompt": 1}},
        {"error": "busy"},
    ]
    path.write_text(json.dumps(turns))
    assert load_script(path) == (
        Turn("Hi", (Call("f", {"a": [1]}),), usage=Usage(prompt=1)),
        Turn(error="busy"),
    )


@pytest.mark.parametrize(
    "text",
    ["", "[", "{}", "3", '[{"texts": "x"}]', '[{"error": "odd"}]', '[{"calls": [{"arguments": {}}]}]', "[1]"],
)
def test_a_wrong_script_is_a_usage_error_that_names_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "script.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"script\.json"):
        load_script(path)


def test_a_missing_script_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.json"):
        load_script(tmp_path / "none.json")
