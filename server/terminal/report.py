"""A run as a person reads it in the terminal: a fold over the same events that everything else shows."""

from math import ceil
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from ..agent.candidates import CandidateChosen, CandidateEnded, CandidatesBegan, Standing
from ..agent.events import (
    Answered,
    Asked,
    Condensed,
    Event,
    Finished,
    Found,
    Limit,
    ModelProbed,
    ModelSpoke,
    PatchProposed,
    PlanChanged,
    Record,
    Step,
    TaskGiven,
    Warned,
    WorkbenchMade,
)
from ..agent.fold import step
from ..agent.plan_file import PLAN
from ..agent.remarks import Commented, Replied, ThreadMarked
from ..agent.spans import place_of
from ..agent.spending import spent
from ..agent.state import RunState
from ..agent.steering import Assumed, Branched, PlaybookChosen, SpanMarked, TaskEdited
from ..agent.store import title
from ..agent.tested import CandidatesTried, Reproduced, TestsChosen, TestsRan
from ..edits.changes import FileChange
from ..edits.unified import unified
from .remarking import of_remarks
from .tested import Lines, of_tests

MARKS = {"todo": "○", "doing": "◐", "done": "●", "struck": "⊘"}
OUTCOMES = {"solved": "bold green", "unsolved": "bold yellow", "stopped": "bold yellow", "failed": "bold red"}

MARKED = {"pin": "Pinned", "drop": "Dropped", "none": "Unmarked"}

_ROOM = " " * 5
"""What a number takes."""

MOST_FOUND = 6


class Report:
    """Shows a run's records as they come, going on from `state`. It remembers what it has shown."""

    def __init__(self, folder: Path, state: RunState, numbered: bool = False) -> None:
        """`numbered`: with the number of each event, by which it can be gone back to."""
        self._folder = folder
        self._numbered = numbered
        self._state = state
        self._console = Console(highlight=False, soft_wrap=True)
        self._found = False
        self._changed = False
        self._plan: tuple[Step, ...] = ()
        self._asked: dict[str, str] = {}
        self._assumed: list[str] = []

    def show(self, record: Record) -> None:
        """Prints what is new in `record`."""
        self._state = step(self._state, record.event)
        lines = self._lines(record.event)
        if self._numbered and isinstance(record.event, ModelSpoke):
            calls = ", ".join(call.name for call in record.event.calls) or "no tool"
            lines = [*lines, f"[dim]  → {escape(calls)}[/]"]
        number = f"[dim]{record.seq:>4}[/] " if self._numbered else ""
        for line in lines:
            shown = line if not number or line == "" else _prefixed(number, line)
            number = _ROOM if self._numbered and line != "" else number
            self._console.print(shown)

    def _lines(self, event: Event) -> Lines:
        match event:
            case Found():
                return self._first_found(event)
            case PlanChanged():
                return self._new_steps(event)
            case PatchProposed():
                self._changed = bool(event.changes)
                return ["", _heading("Change"), *(_diff(change) for change in event.changes)]
            case Asked():
                self._asked[event.id] = event.question
            case Answered():
                who = "You" if event.by == "user" else "Nobody was asked"
                return [
                    f"[dim]{escape(self._asked.get(event.id, ''))}[/]",
                    f"  {who}: {escape(event.answer)}",
                ]
            case Assumed():
                self._assumed.append(event.text)
            case ModelSpoke():
                return [*_plain(event), *self._so_far(event)]
            case Finished():
                return self._end(event)
        return _plain(event)

    def _first_found(self, event: Found) -> Lines:
        if self._found or not event.spans:
            return []
        self._found = True
        rows = [
            f"  {escape(s.path)}:{s.start}-{s.end}  [dim]{escape(s.reason)}[/]"
            for s in event.spans[:MOST_FOUND]
        ]
        return ["", _heading("Found"), *rows]

    def _new_steps(self, event: PlanChanged) -> Lines:
        old = {step.id: step for step in self._plan}
        new = [step for step in event.steps if old.get(step.id) != step]
        now = {step.id for step in event.steps}
        first = not self._plan
        rows: Lines = [f"  {MARKS[step.state]} {escape(step.text)}" for step in new]
        rows += [f"  [dim]removed: {escape(step.text)}[/]" for step in self._plan if step.id not in now]
        self._plan = event.steps
        place = f"[dim]Edit it at any time: {escape(str(self._folder / PLAN))}[/]"
        return ["", _heading("Plan"), *rows, place] if first else rows

    def _so_far(self, event: ModelSpoke) -> Lines:
        usage, task = event.usage, self._state.task
        who = f"{escape(event.model)}: " if task and task.profile else ""
        return [f"[dim]{who}{spent(self._state)}[/]"] if usage.prompt + usage.completion else []

    def _end(self, event: Finished) -> Lines:
        lines: Lines = [
            "",
            Text(f"{event.outcome.capitalize()}. {event.why}", style=OUTCOMES[event.outcome]),
        ]
        if event.summary:
            lines += [Text(event.summary)]
        if self._assumed:
            lines += ["", _heading("Assumed"), *(f"  {escape(text)}" for text in self._assumed)]
        if self._state.tokens:
            lines += [f"[dim]{spent(self._state)}[/]"]
        lines += ["", f"[dim]The run is kept in {escape(str(self._folder))}[/]"]
        name = self._folder.name
        if self._changed:
            lines.append(f"Next: [bold]genie runs apply {name}[/] writes the change into your checkout.")
        if event.outcome in ("stopped", "failed") or (event.limit and event.outcome != "solved"):
            more = larger(self._state, event.limit)
            lines.append(f"Next: [bold]genie runs resume {name}{more}[/] goes on from here.")
        return lines


def larger(state: RunState, limit: Limit) -> str:
    """The option that lets a run which `limit` has ended go on for as long again; "" where it needs none."""
    match limit:
        case "turns":
            return f" --turns {2 * state.model_turns}"
        case "tokens":
            return f" --tokens {2 * state.tokens}"
        case "money":
            return f" --money {ceil(2 * state.cost)}"
        case "repeats":
            return ' --say "…"'
    return ""


def _prefixed(number: str, line: str | Text) -> Text:
    """The line with a number, or the room for one, before its first row, and that room before the others."""
    text = line if isinstance(line, Text) else Text.from_markup(line)
    rows = [
        Text.from_markup(number if not place else _ROOM) + row for place, row in enumerate(text.split("\n"))
    ]
    return Text("\n").join(rows)


def _plain(event: Event) -> Lines:
    """Lines of the events that need no memory."""
    match event:
        case TaskGiven():
            return _task(event)
        case ModelSpoke() if event.text.strip():
            return ["", Text(event.text.strip(), style="cyan")]
        case TestsChosen() | TestsRan() | Reproduced():
            return of_tests(event)
        case CandidatesTried():
            return [
                f"  tried {event.tried} alternative patches in {event.seconds:.1f} s: {event.passed} pass"
            ]
        case Warned():
            return [Text(event.text, style="yellow")]
    return _aside(event)


def _aside(event: Event) -> Lines:
    """What is told in passing."""
    match event:
        case ModelProbed(model=model, found=found, tokens=used):
            return [f"[dim]{escape(model)} was probed for {used:,} tokens: {escape(found)}[/]"]
        case Condensed(model=model, text=text):
            return [f"[dim]A long output was condensed by {escape(model)} to {len(text):,} characters.[/]"]
        case WorkbenchMade(files=files, seconds=seconds, sandbox=sandbox):
            return [f"[dim]Private copy of {files:,} files in {seconds:.2f} s. {escape(sandbox)}[/]"]
    return _steered(event)


def _steered(event: Event) -> Lines:
    """Lines of the events by which a run is steered."""
    match event:
        case PlaybookChosen(name=name, path=path, why=why, test_command=command):
            tests = f" It says that tests are run by: {escape(command)}" if command else ""
            return [f"[dim]Follows “{escape(name)}” ({escape(path)}): {escape(why)}.{tests}[/]"]
        case TaskEdited():
            return ["", _heading("Task edited"), f"  {escape(title(event.text))}"]
        case SpanMarked():
            return [f"[dim]{MARKED[event.mark]} {escape(place_of(event.span))}[/]"]
        case Commented() | Replied() | ThreadMarked():
            return of_remarks(event)
        case Branched():
            return [f"[dim]Branched from {escape(event.run)} behind its event {event.seq}.[/]"]
    return _candidates(event)


def _candidates(event: Event) -> Lines:
    match event:
        case CandidatesBegan(runs=runs):
            return ["", _heading("Candidates"), f"  {len(runs)} go on beside each other from here"]
        case CandidateEnded(run=run, outcome=outcome, why=why, tokens=used):
            return [f"  {escape(run)}: {outcome}. {escape(why)} [dim]{used:,} tokens[/]"]
        case CandidateChosen(run=run, why=why, standings=standings):
            rows: Lines = [f"  {escape(_stands(one))}" for one in standings if one.lines]
            return [*rows, f"  [bold]Chosen: {escape(run or 'none')}[/]. {escape(why)}"]
    return []


def _stands(one: Standing) -> str:
    tests = f"breaks {one.broken}, mends {one.mended}" if one.tested else "untested"
    return f"{one.run}: {tests}, {one.agreeing} propose the same, {one.lines} lines"


def _task(event: TaskGiven) -> Lines:
    place = f"{event.repository} at {event.head[:10] or 'no commit yet'}"
    return [_heading(escape(title(event.text))), f"[dim]{escape(place)}, {escape(event.who)}[/]"]


def _diff(change: FileChange) -> Text:
    text = Text()
    for line in unified(change).splitlines():
        style = (
            "green"
            if line.startswith("+")
            else "red"
            if line.startswith("-")
            else "dim"
            if line[:1] == "@"
            else ""
        )
        text.append("  " + line + "\n", style)
    text.rstrip()
    return text


def _heading(words: str) -> str:
    return f"[bold]{words}[/]"
