"""A run as Markdown, for somebody who has neither Genie nor the repository."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from ..edits.unified import unified
from ..models.contract import ToolCall
from ..workbench.report import failing
from .events import (
    Answered,
    Asked,
    Event,
    Finished,
    HunkDecided,
    ModelSpoke,
    PatchProposed,
    PlanChanged,
    Record,
    Said,
    TaskGiven,
    ToolAnswered,
)
from .fold import fold
from .plan import listed
from .remarks import Commented, Replied
from .spending import spent
from .state import RunState
from .steering import FileEdited, TaskEdited
from .store import title
from .tested import TestsRan
from .words import words

MOST_LINES = 40
"""Of an output; the log has the rest."""

MOST_TESTS = 20


def transcript(run: str, records: Sequence[Record]) -> str:
    """What was asked, what came of it, and how: what was said, called, answered, and decided by whom."""
    state = fold(records)
    task = state.task or TaskGiven("", "", "", "")
    changes = "\n".join(map(unified, state.changes))
    parts = [
        f"# {title(task.text)}",
        _facts(run, task, records, state),
        _section("Task", task.text.strip()),
        _section("Result", _result(state)),
        _section("Plan", listed(state.plan).strip()),
        _section("Change", fenced(changes, "diff") if changes else ""),
        "## What happened",
        *(part for record in records for part in _told(record)),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def fenced(text: str, language: str = "") -> str:
    """The text as a block of code, whatever fences are in it."""
    longest = max((len(found) for found in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _facts(run: str, task: TaskGiven, records: Sequence[Record], state: RunState) -> str:
    facts = {
        "Run": f"{run}, begun {records[0].at}" if records else run,
        "Repository": f"{task.repository} at {task.head[:10] or 'no commit yet'}",
        "By": task.who,
        "Tests": state.tests.command if state.tests else "",
        "Took": spent(state),
    }
    return "\n".join(f"- {name}: {fact}" for name, fact in facts.items() if fact)


def _result(state: RunState) -> str:
    end = state.finished
    if end is None:
        return "The run has no end yet."
    return "\n\n".join(filter(None, [f"**{end.outcome.capitalize()}.** {end.why}", end.summary]))


def _section(heading: str, text: str) -> str:
    return f"## {heading}\n\n{text}" if text else ""


def _told(record: Record) -> Iterator[str]:
    """The event's paragraphs: a line with its time and words, and what belongs to it."""
    event = record.event
    if isinstance(event, ModelSpoke):
        yield from _spoken(record.at, event)
    elif isinstance(event, ToolAnswered):
        yield _clipped(event.text)
    elif not isinstance(event, PatchProposed | PlanChanged) or event.by == "user":
        yield _line(record.at, words(event))
        yield from _more(event)


def _line(at: str, text: str, who: str = "") -> str:
    return f"`{at[11:19]}` {who}{' '.join(text.split())}"


def _spoken(at: str, event: ModelSpoke) -> Iterator[str]:
    if event.text.strip():
        yield _line(at, "", f"**{event.model or 'Genie'}**").rstrip()
        yield _quoted(event.text)
    for call in event.calls:
        yield _line(at, f"`{call.name}`", "Called ")
        yield from _arguments(call)


def _arguments(call: ToolCall) -> Iterator[str]:
    """Texts of several lines as they are, the rest as JSON."""
    try:
        table = json.loads(call.arguments or "{}")
    except ValueError:
        table = None
    if not isinstance(table, dict):
        yield _clipped(call.arguments)
        return
    long = {name: value for name, value in table.items() if isinstance(value, str) and "\n" in value}
    short = {name: value for name, value in table.items() if name not in long}
    if short:
        yield _clipped(json.dumps(short, ensure_ascii=False, indent=1), "json")
    for value in long.values():
        yield _clipped(value)


def _more(event: Event) -> Iterator[str]:
    match event:
        case Said(text=text) | TaskEdited(text=text) | Commented(text=text) | Replied(text=text):
            yield _quoted(text)
        case Asked(question=question, choices=choices):
            yield _quoted("\n".join([question, *(f"- {one}" for one in choices)]))
        case Answered(answer=answer, by=by):
            yield _quoted(f"{'The user' if by == 'user' else 'Nobody was asked'}: {answer}")
        case PlanChanged(steps=steps):
            yield listed(steps).strip()
        case PatchProposed(changes=changes):
            yield fenced("\n".join(map(unified, changes)), "diff")
        case FileEdited(change=change):
            yield fenced(unified(change), "diff")
        case HunkDecided(reason=reason) if reason:
            yield _quoted(reason)
        case TestsRan():
            yield from _failures(event)
        case Finished(summary=summary) if summary:
            yield _quoted(summary)


def _failures(ran: TestsRan) -> Iterator[str]:
    failed = failing(ran.outcomes)
    rows = [f"- {one.id}" for one in failed[:MOST_TESTS]]
    more = [f"- … {len(failed) - MOST_TESTS} more"] if len(failed) > MOST_TESTS else []
    if rows:
        yield "\n".join(rows + more)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def _clipped(text: str, language: str = "") -> str:
    lines = text.rstrip().splitlines()
    left = len(lines) - MOST_LINES
    more = [f"… {left} more lines in the log"] if left > 0 else []
    return fenced("\n".join(_short(lines[:MOST_LINES] + more)), language)


def _short(lines: Iterable[str]) -> Iterator[str]:
    return (line if len(line) <= 500 else line[:500] + " …" for line in lines)
