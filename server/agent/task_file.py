"""The task as a file beside its run's log: its text, what was found for it, and the answers given."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..config import Limits
from ..errors import UsageError
from ..index.spans import Span
from ..models.counting import by_bytes
from .events import Answered, Asked, Found, TaskGiven, Warned
from .fold import fold
from .kept_file import KeptFile
from .log import Run
from .plan import version_of, words_of
from .spans import mark_of, place_of, span_at
from .state import RunState
from .steering import Mark, SpanMarked, TaskEdited

TASK = "task.md"
"""The file's name in its run's folder."""

MOST_FOUND = 100
"""How many of the spans that were found are listed."""

_HEAD = "# Task\n\n<!-- Edit this at any time: Genie reads it when you save. Version {}. -->\n\n"
_FOUND = (
    "<!-- Found. [pin]: always before Genie. [drop]: not to be looked at. "
    "A new line such as `- [pin] src/a.py:10-20` adds what it names. -->"
)
_ANSWERS = "<!-- Answers. Change one behind its arrow. -->"
_MARKS: dict[Mark, str] = {"pin": "pin", "drop": "drop", "none": " "}
_ITEM = re.compile(r"\s*[-*+]\s+\[\s*(pin|drop)?\s*\]\s+(.+?:\d+(?:-\d+)?)(?:\s.*)?")
_QUESTION = re.compile(r"[-*+]\s+(.*)")
_ANSWER = re.compile(r"\s+(?:→|->)\s*(.*)")


@dataclass(frozen=True)
class _Said:
    """What a text says: spans with their marks by place, answers by question id ("" for none)."""

    task: str
    marks: dict[str, tuple[Span, Mark]]
    answers: dict[str, str]


class TaskFile(KeptFile):
    """Shows the task; an edit rewords it, marks or adds spans, and gives or changes answers."""

    name = TASK
    kinds = (TaskGiven, TaskEdited, Found, SpanMarked, Asked, Answered)

    def __init__(self, run: Run, limits: Limits) -> None:
        self._limits = limits
        self._saved: tuple[int, _Said] | None = None
        super().__init__(run)

    def show(self) -> str:
        """Three parts, the latter two where there is something in them."""
        state = self._run.state
        if state.task is None:
            return ""
        found = [f"- [{_MARKS[mark_of(state, one)]}] {_told(one)}" for one in state.found[:MOST_FOUND]]
        asked = [f"- {_line(one.question)}\n  → {_answer(state, one.id)}" for one in state.asked]
        text = _HEAD.format(len(self.moments())) + state.task.text.strip("\n")
        parts = [text, "\n".join(["# Found", _FOUND, *found]), "\n".join(["# Answers", _ANSWERS, *asked])]
        return "\n\n".join(parts) + "\n"

    def take_in(self, text: str) -> None:
        """Records what differs from the version that the edit began from. Raises ValueError.

        An editor that holds on to an old text may save it more than once: then from its last save.
        """
        moments = self.moments()
        version = min(version_of(text) or len(moments), len(moments))
        base = fold(self._run.records[: moments[max(version, 1) - 1] + 1])
        said = self._read_parts(text, base)
        try:
            heeded(said.task, self._limits)
        except UsageError as error:
            raise ValueError(str(error).removesuffix(".")) from error
        before = self._saved[1] if self._saved and self._saved[0] == version else _said(base)
        self._saved = version, said
        for place, (span, mark) in said.marks.items():
            if mark not in (before.marks.get(place, (span, "none"))[1], mark_of(self._run.state, span)):
                self._mark(span, mark)
        for one, answer in said.answers.items():
            if answer not in ("", before.answers.get(one, ""), _answer(self._run.state, one)):
                self._run.record(Answered(one, answer))
        if said.task != before.task:
            self._run.record(TaskEdited(said.task))

    def _read_parts(self, text: str, base: RunState) -> _Said:
        task, found, answers = _parts(text)
        listed = {place_of(one): one for one in base.found[:MOST_FOUND]}
        marks: dict[str, tuple[Span, Mark]] = {}
        for line in filter(str.strip, found.splitlines()):
            try:
                span, mark = _item(line)
            except UsageError as error:
                self._run.record(Warned(f"{self.name}: {error}"))
                continue
            place = place_of(span)
            marks[place] = (
                (listed[place], mark) if place in listed else (span, "pin" if mark == "none" else mark)
            )
        marks = {place: (span, "drop") for place, span in listed.items()} | marks
        known = {words_of(one.question): one.id for one in base.asked}
        given = {known[words_of(ask)]: answer for ask, answer in _answered(answers) if words_of(ask) in known}
        return _Said(task, marks, given)

    def _mark(self, span: Span, mark: Mark) -> None:
        task = self._run.state.task
        if task and not Path(task.repository, span.path).is_file():
            self._run.record(Warned(f"{self.name}: there is no file {span.path}."))
        else:
            self._run.record(SpanMarked(span, mark))


def heeded(text: str, limits: Limits) -> str:
    """A task's text, without blanks around it. Raises UsageError for none, and for one that would take more
    than half of a prompt.
    """
    text = text.strip()
    if not text:
        raise UsageError("The task is empty: say in a sentence what should be done.")
    if by_bytes(text) > limits.context_tokens // 2:
        raise UsageError(f"The task's text has about {by_bytes(text):,} tokens: shorten it to its point.")
    return text


def _said(state: RunState) -> _Said:
    """What the file says of a state, had nobody edited it."""
    marks = {place_of(one): (one, mark_of(state, one)) for one in state.found[:MOST_FOUND]}
    answers = {one.id: _answer(state, one.id) for one in state.asked}
    return _Said(state.task.text.strip("\n") if state.task else "", marks, answers)


def _item(line: str) -> tuple[Span, Mark]:
    """A line of what was found. Raises UsageError."""
    item = _ITEM.fullmatch(line)
    if item is None:
        raise UsageError(f"not understood: {line.strip()[:80]}")
    return span_at(item[2]), "pin" if item[1] == "pin" else "drop" if item[1] == "drop" else "none"


def _parts(text: str) -> tuple[str, str, str]:
    """The task's text, and what stands below the two marks. Raises ValueError when one is gone, or nothing is
    left of the task.
    """
    text = text.replace("\r\n", "\n")
    above, mark, answers = text.rpartition(_ANSWERS)
    head, other, found = above.rpartition(_FOUND)
    begin = head.find("-->")
    if not mark or not other or begin < 0:
        raise ValueError("the comments that part the task, what was found and the answers are gone")
    words = head[begin + 3 :].rstrip().removesuffix("# Found").strip("\n").rstrip()
    if not words.strip():
        raise ValueError("the task is empty")
    return words, found.rstrip().removesuffix("# Answers"), answers


def _answered(text: str) -> Iterator[tuple[str, str]]:
    question = ""
    for line in text.splitlines():
        asked, answer = _QUESTION.fullmatch(line), _ANSWER.fullmatch(line)
        if asked:
            question = asked[1]
        elif answer and question:
            yield question, answer[1].strip()
            question = ""


def _answer(state: RunState, question: str) -> str:
    return _line(state.answers[question].answer) if question in state.answers else ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _told(span: Span) -> str:
    return " ".join(filter(None, (place_of(span), span.symbol, f"({span.reason})" if span.reason else "")))
