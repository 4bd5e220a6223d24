"""What the user makes of a run's task, found spans and answers, as events."""

from pathlib import Path

from ..agent.events import Answered, Asked
from ..agent.spans import mark_of
from ..agent.state import RunState
from ..agent.steering import SpanMarked
from ..errors import UsageError
from ..index.spans import Span
from ..protocol.editing import FoundSpan, MarkSpan
from ..protocol.runs import Answer, Question


def marked_span(wish: MarkSpan, repository: Path) -> SpanMarked:
    """Raises UsageError for lines that aren't in a file of the repository."""
    root = repository.resolve()
    path = Path(wish.path) if Path(wish.path).is_absolute() else root / wish.path
    real = path.resolve()
    if not real.is_relative_to(root) or not real.is_file():
        raise UsageError(f"{wish.path} is no file of the repository.")
    if not 1 <= wish.start <= wish.end:
        raise UsageError(f"There are no lines {wish.start} to {wish.end}.")
    return SpanMarked(Span(real.relative_to(root).as_posix(), wish.start, wish.end), wish.mark)


def answered(wish: Answer, state: RunState) -> Answered:
    """An answer to the open question, or another one to a question that was asked. Raises UsageError."""
    if state.question and state.question.id == wish.question and state.question.approval:
        if wish.answer not in state.question.choices:
            raise UsageError(f"To this only one of these is an answer: {', '.join(state.question.choices)}.")
    elif wish.question not in {one.id for one in state.asked}:
        raise UsageError("Genie no longer waits for this answer.")
    if not wish.answer.strip():
        raise UsageError("There is nothing in this answer.")
    return Answered(wish.question, wish.answer)


def found_spans(state: RunState, most: int) -> tuple[FoundSpan, ...]:
    """The pinned spans, and the first `most` of the others, each with its mark."""
    spans = [*state.pinned, *(one for one in state.found if mark_of(state, one) != "pin")]
    return tuple(
        FoundSpan(one.path, one.start, one.end, one.symbol, one.reason, mark_of(state, one))
        for one in spans[: len(state.pinned) + most]
    )


def question(asked: Asked, state: RunState) -> Question:
    """A question as the editor shows it, with its answer if there is one."""
    known = state.answers.get(asked.id)
    return Question(
        asked.id,
        asked.question,
        asked.choices,
        asked.assume,
        asked.number,
        asked.of,
        known.answer if known else "",
        asked.approval,
    )
