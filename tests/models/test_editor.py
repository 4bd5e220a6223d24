from collections.abc import AsyncIterator, Sequence

import pytest

from genie_engineer.errors import ContextOverflow, ModelBusy, ModelError, ModelRefused
from genie_engineer.models.contract import (
    CallMade,
    Chunk,
    Done,
    Message,
    TextDelta,
    ToolCall,
    ToolSpec,
    Usage,
)
from genie_engineer.models.editor import Declined, EditorModel, EditorOffer

ASK = (Message("user", "Hello?"),)
LIST = ToolSpec("list_files", "", {})


class Editor:
    """An editor that answers with what it was given."""

    def __init__(self, *chunks: Chunk | Declined) -> None:
        self._chunks = chunks
        self.asked: list[tuple[str, Sequence[Message], Sequence[ToolSpec]]] = []

    async def ask(
        self, model_id: str, messages: Sequence[Message], tools: Sequence[ToolSpec]
    ) -> AsyncIterator[Chunk | Declined]:
        self.asked.append((model_id, messages, tools))
        for chunk in self._chunks:
            yield chunk

    async def models(self) -> Sequence[EditorOffer]:
        return [EditorOffer("copilot/gpt-5"), EditorOffer("copilot/o9")]


async def answer(*chunks: Chunk | Declined, tools: tuple[ToolSpec, ...] = ()) -> list[Chunk]:
    return [chunk async for chunk in EditorModel("copilot/x", Editor(*chunks)).stream(ASK, tools)]


async def test_the_question_goes_to_the_editor_as_it_is() -> None:
    editor = Editor(Done())
    model = EditorModel("copilot/x", editor)
    assert model.name == "editor:copilot/x"
    [chunk async for chunk in model.stream(ASK, (LIST,))]
    assert editor.asked == [("copilot/x", ASK, (LIST,))]


async def test_text_and_the_editors_usage_are_passed_on() -> None:
    assert await answer(TextDelta("Hi."), Done(Usage(7, 2))) == [TextDelta("Hi."), Done(Usage(7, 2))]


async def test_usage_is_estimated_where_the_editor_counts_nothing() -> None:
    assert (await answer(TextDelta("x" * 8), Done()))[-1] == Done(
        Usage(prompt=2, completion=2, estimated=True)
    )


async def test_calls_are_named_and_are_the_reason_of_the_end() -> None:
    first, second, done = await answer(
        CallMade(ToolCall("", "f", "{}")), CallMade(ToolCall("c1", "g", "{}")), Done(Usage(1, 1), "stop")
    )
    assert isinstance(first, CallMade)
    assert first.call.id
    assert second == CallMade(ToolCall("c1", "g", "{}"))
    assert done == Done(Usage(1, 1), "calls")


async def test_a_call_written_as_text_is_a_call() -> None:
    text = '```json\n{"name": "list_files", "arguments": {}}\n```'
    _, call, done = await answer(TextDelta(text), Done(Usage(1, 1)), tools=(LIST,))
    assert isinstance(call, CallMade)
    assert call.call.name == "list_files"
    assert done == Done(Usage(1, 1), "calls")


async def test_an_answer_without_an_end_was_cut() -> None:
    with pytest.raises(ModelBusy, match="cut off after 3 characters"):
        await answer(TextDelta("Hi."))


@pytest.mark.parametrize(
    ("code", "message", "error", "words"),
    [
        ("NoPermissions", "", ModelRefused, "allow it"),
        ("NotFound", "", ModelRefused, "it offers copilot/gpt-5, copilot/o9"),
        ("Cancelled", "", ModelRefused, "cancelled"),
        ("Blocked", "", ModelRefused, "declined to answer"),
        ("Blocked", "You have exceeded your premium request allowance.", ModelRefused, "used up"),
        ("ChatQuotaExceeded", "", ModelRefused, "used up"),
        ("Unknown", "Monthly quota exceeded", ModelRefused, "used up"),
        ("rateLimited", "", ModelBusy, "too often"),
        ("Unknown", "Sorry, you have hit a rate limit", ModelBusy, "too often"),
        ("Unknown", "Message exceeds token limit.", ContextOverflow, "longer"),
        ("Unknown", "Something broke", ModelError, "Something broke"),
        ("", "", ModelError, "no answer"),
    ],
)
async def test_a_no_finds_its_exception(code: str, message: str, error: type[ModelError], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        await answer(TextDelta("Hi"), Declined(code, message))
    assert type(caught.value) is error
