"""The fold in the user's words: RunState → RunView. Pure, but for the look at files that it is given."""

from collections.abc import Callable
from dataclasses import replace
from functools import singledispatch
from pathlib import Path

from ..agent.branching import kinship
from ..agent.candidates import CandidateChosen, CandidateEnded, CandidatesBegan
from ..agent.events import (
    Answered,
    Asked,
    CandidatesTried,
    Condensed,
    Event,
    Finished,
    Found,
    HunkDecided,
    ModelProbed,
    ModelSpoke,
    PatchProposed,
    PlanChanged,
    Reproduced,
    Resumed,
    Said,
    TaskGiven,
    TestsChosen,
    TestsRan,
    ToolAnswered,
    Warned,
    WorkbenchMade,
)
from ..agent.plan_file import PLAN
from ..agent.spans import place_of
from ..agent.spending import dollars
from ..agent.state import RunState, hunk_ids
from ..agent.steering import AnswerUsed, Assumed, Branched, PlaybookChosen, SpanMarked, TaskEdited
from ..agent.store import run_folder, title
from ..agent.task_file import TASK
from ..edits.changes import FileChange, Hunk, mode_words
from ..edits.text import content
from ..protocol.runs import FileView, Followed, HunkView, RunPhase, RunView
from .editing import found_spans, question
from .places import Present, Standing, stand, stand_all
from .working import candidate_words, candidates, models

MOST_FOUND = 100
"""How many of the spans that were found are shown."""

_TOOLS = {
    "list_files": "Looking at the files",
    "search_text": "Searching the text",
    "search_code": "Searching the code",
    "open_file": "Reading",
    "go_to_definition": "Following a definition",
    "find_references": "Looking for uses",
    "set_plan": "Planning",
    "propose_patch": "Writing a change",
    "run_tests": "Running the tests",
    "ask_user": "Asking you",
    "finish": "Finishing",
}


def view(run: str, state: RunState, working: bool, look: Callable[[str], Present]) -> RunView:
    """All that the views show of a run. `look` gives the present file at a path of the change."""
    task = state.task or TaskGiven("", "", "", "")
    asked = state.question
    return RunView(
        run=run,
        folder=task.repository,
        title=title(task.text),
        task=task.text,
        model=models(state),
        phase=phase(state, working),
        outcome=state.finished.outcome if state.finished else None,
        status=status(state, working),
        summary=state.finished.summary if state.finished else "",
        tests=tests(state),
        test_command=state.tests.command if state.tests else "",
        test_reason=state.tests.reason if state.tests else "",
        tokens=state.tokens,
        cost=dollars(state),
        limit=longer(state),
        plan=state.plan,
        plan_file=(run_folder(run) / PLAN).as_uri() if state.plan else "",
        found=found_spans(state, MOST_FOUND),
        changes=_files(state, look),
        playbooks=tuple(_followed(task.repository, one) for one in state.playbooks),
        question=question(asked, state) if asked else None,
        assumed=tuple(one.text for one in state.assumed),
        candidates=candidates(state),
        task_file=(run_folder(run) / TASK).as_uri(),
        origin=kinship(state),
        questions=tuple(question(one, state) for one in state.asked),
    )


def longer(state: RunState) -> str:
    """The question whether a run that a limit has ended should go on; "" where none did."""
    end = state.finished
    if end is None or not end.limit or end.outcome == "solved":
        return ""
    return f"{end.why.partition(';')[0]}. Go on for as long again?"


def phase(state: RunState, working: bool) -> RunPhase:
    """A run that isn't worked on and has no end was interrupted: it counts as stopped."""
    if state.finished:
        return "stopped" if state.finished.outcome == "stopped" else "finished"
    if not working:
        return "stopped"
    return "asking" if state.question else "working"


def status(state: RunState, working: bool) -> str:
    """What is going on, or how it ended."""
    if state.last is None:
        return ""
    if not working and not state.finished:
        return "Interrupted; resume to go on"
    return words(state.last)


def tests(state: RunState) -> str:
    """The tests before and after, e.g. "1 failed, 41 passed → 42 passed"; "" when none ran.

    Behind them what is known of flaky tests, and of those that reproduce what was wrong.
    """
    ran = " → ".join(counts(ran) for ran in (state.before, state.after) if ran)
    parts = [ran, f"{len(state.flaky)} flaky" if state.flaky else ""]
    if state.reproduced:
        shown, silent = (len(names) for names in (state.reproduced.shown, state.reproduced.silent))
        parts += [
            f"{shown} new reproduced it" if shown else "",
            f"{silent} new show nothing" if silent else "",
        ]
    return ", ".join(filter(None, parts))


def counts(ran: TestsRan) -> str:
    """One run of the tests in a few words."""
    if ran.trouble:
        return ran.trouble
    if not ran.by_test:
        return "failed" if ran.failed else "passed"
    failed = f"{ran.failed} failed, " if ran.failed else ""
    return f"{failed}{ran.passed} passed"


@singledispatch
def words(event: Event) -> str:
    """The event in words, as what is going on because of it."""
    raise TypeError(event)


@words.register
def _(event: TaskGiven) -> str:
    return "Making a private copy of the repository"


@words.register
def _(event: ModelProbed) -> str:
    return f"Found out how to ask {event.model}: {event.found}"


@words.register
def _(event: WorkbenchMade) -> str:
    return f"Copied {event.files} files, reading the code"


@words.register
def _(event: TestsChosen) -> str:
    return f"Tests are run by: {event.command}" if event.command else "No tests were found"


@words.register
def _(event: Found) -> str:
    return f"Found {_number(len(event.spans), 'place')} in the code"


@words.register
def _(event: PlanChanged) -> str:
    return "You changed the plan" if event.by == "user" else "Planned"


@words.register
def _(event: PlaybookChosen) -> str:
    return f"Following “{event.name}”: {event.why}"


@words.register
def _(event: Asked) -> str:
    return "Waiting for your answer"


@words.register
def _(event: Answered) -> str:
    return "Thinking about your answer" if event.by == "user" else "Went on with an assumption"


@words.register
def _(event: Assumed) -> str:
    return f"Assumed: {event.text}"


@words.register
def _(event: AnswerUsed) -> str:
    return "Your answer changed the plan" if event.plan_changed else "Going on with your answer"


@words.register
def _(event: TaskEdited) -> str:
    return "You changed the task"


@words.register
def _(event: Branched) -> str:
    return f"Gone back to event {event.seq} of {event.run}"


@words.register
def _(event: SpanMarked) -> str:
    done = {"pin": "pinned", "drop": "dropped", "none": "unmarked"}[event.mark]
    return f"You {done} {place_of(event.span)}"


@words.register
def _(event: Said) -> str:
    return "Thinking about what you said"


@words.register
def _(event: ModelSpoke) -> str:
    return _TOOLS.get(event.calls[0].name, "Thinking") if event.calls else "Thinking"


@words.register
def _(event: Condensed) -> str:
    return f"Condensed a long output by {event.model}"


@words.register
def _(event: ToolAnswered) -> str:
    return "Thinking"


@words.register
def _(event: PatchProposed) -> str:
    hunks = sum(len(change.hunks) for change in event.changes)
    if not event.changes:
        return "Took the change back"
    return f"Proposed {_number(hunks, 'change')} in {_number(len(event.changes), 'file')}"


@words.register
def _(event: HunkDecided) -> str:
    if event.decision == "conflict":
        return f"A change could not be accepted: {event.reason}"
    return "A change was taken back" if event.decision == "undone" else f"A change was {event.decision}"


@words.register
def _(event: TestsRan) -> str:
    if event.flaky:
        return f"Flaky: {', '.join(event.flaky)}"
    return f"Tests{' again' if event.stage == 'again' else ''}: {counts(event)}"


@words.register
def _(event: Reproduced) -> str:
    if event.shown:
        return f"Reproduced: {_number(len(event.shown), 'new test')} failed without the change"
    return "The new tests pass without the change too" if event.silent else "Looked at the new tests"


@words.register
def _(event: CandidatesTried) -> str:
    return f"Tested {_number(event.tried, 'candidate repair')}, {event.passed} passed"


@words.register
def _(event: CandidatesBegan | CandidateEnded | CandidateChosen) -> str:
    return candidate_words(event)


@words.register
def _(event: Warned) -> str:
    return event.text


@words.register
def _(event: Resumed) -> str:
    return "Going on"


@words.register
def _(event: Finished) -> str:
    return event.why


def _followed(repository: str, chosen: PlaybookChosen) -> Followed:
    return Followed(chosen.name, Path(repository, chosen.path).as_uri(), chosen.why)


def _files(state: RunState, look: Callable[[str], Present]) -> tuple[FileView, ...]:
    """What is proposed, and what was accepted earlier and is proposed no longer since it is in the files."""
    views = {change.path: _file(change, state, look(change.path)) for change in state.changes}
    proposed = hunk_ids(state.changes)
    for one in state.taken.values():
        file = look(one.path)
        standing = stand(one.change, one.hunk, state.decisions.get(one.hunk.id), file)
        if one.hunk.id not in proposed and standing.state == "accepted":
            known = views.get(one.path, FileView(one.path, file.uri, one.change.kind, ()))
            views[one.path] = replace(known, hunks=(*known.hunks, _hunk(one.hunk, standing)))
    return tuple(views.values())


def _file(change: FileChange, state: RunState, file: Present) -> FileView:
    standings = stand_all(change, state.decisions, file)
    hunks = tuple(_hunk(*pair) for pair in zip(change.hunks, standings, strict=True))
    return FileView(change.path, file.uri, change.kind, hunks)


def _hunk(hunk: Hunk, standing: Standing) -> HunkView:
    removed, added = (tuple(content(line) for line in lines) for lines in (hunk.before, hunk.after))
    return HunkView(
        hunk.id, standing.line, removed, added, standing.state, standing.problem, mode_words(hunk)
    )


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
