"""What happens in a run in the user's words: an event, as what is going on because of it."""

from functools import singledispatch

from .candidates import CandidateChosen, CandidateEnded, CandidatesBegan
from .events import (
    Answered,
    Asked,
    Condensed,
    Event,
    Finished,
    Found,
    HunkDecided,
    ModelProbed,
    ModelSpoke,
    PatchProposed,
    PlanChanged,
    Resumed,
    Said,
    TaskGiven,
    ToolAnswered,
    Warned,
    WorkbenchMade,
)
from .remarks import Commented, Replied, ThreadMarked
from .spans import place_of
from .steering import AnswerUsed, Assumed, Branched, FileEdited, PlaybookChosen, SpanMarked, TaskEdited
from .tested import CandidatesTried, Reproduced, TestsChosen, TestsRan

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
    "reply": "Answering your remark",
    "ask_user": "Asking you",
    "finish": "Finishing",
}


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
    return "Waiting for your approval" if event.approval else "Waiting for your answer"


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
def _(event: FileEdited) -> str:
    return f"You edited the change of {event.change.path}"


@words.register
def _(event: SpanMarked) -> str:
    done = {"pin": "pinned", "drop": "dropped", "none": "unmarked"}[event.mark]
    return f"You {done} {place_of(event.span)}"


@words.register
def _(event: Commented) -> str:
    if event.place is None:
        return "You replied to Genie"
    return f"You remarked on {event.place.path}:{event.place.line}"


@words.register
def _(event: Replied) -> str:
    return "Answered your remark"


@words.register
def _(event: ThreadMarked) -> str:
    return {
        "open": "You opened a remark again",
        "resolved": "You took a remark for settled",
        "deleted": "You took a remark back",
    }[event.mark]


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
    match event:
        case CandidatesBegan(runs=runs):
            return f"{len(runs)} candidates are at work"
        case CandidateEnded(outcome=outcome):
            return f"A candidate ended: {outcome}"
        case CandidateChosen(why=why):
            return f"Chose a candidate. {why}"


@words.register
def _(event: Warned) -> str:
    return event.text


@words.register
def _(event: Resumed) -> str:
    return "Going on"


@words.register
def _(event: Finished) -> str:
    return event.why


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
