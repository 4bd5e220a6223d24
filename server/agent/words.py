"""What happens in a run in the user's words: an event, as what is going on because of it."""

from functools import singledispatch

from ..language import tell, tell_number
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

DOING = {
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
"""What goes on while a tool is at work, by the tool's name."""


def counts(ran: TestsRan) -> str:
    """One run of the tests in a few words."""
    if ran.trouble:
        return ran.trouble
    if not ran.by_test:
        return tell("failed") if ran.failed else tell("passed")
    failed = [tell("{count} failed", count=ran.failed)] if ran.failed else []
    return ", ".join([*failed, tell("{count} passed", count=ran.passed)])


@singledispatch
def words(event: Event) -> str:
    """The event in words, as what is going on because of it."""
    raise TypeError(event)


@words.register
def _(event: TaskGiven) -> str:
    return tell("Making a private copy of the repository")


@words.register
def _(event: ModelProbed) -> str:
    return tell("Found out how to ask {model}: {found}", model=event.model, found=event.found)


@words.register
def _(event: WorkbenchMade) -> str:
    return tell_number(
        event.files, "Copied 1 file, reading the code", "Copied {count} files, reading the code"
    )


@words.register
def _(event: TestsChosen) -> str:
    if not event.command:
        return tell("No tests were found")
    return tell("Tests are run by: {command}", command=event.command)


@words.register
def _(event: Found) -> str:
    return tell_number(len(event.spans), "Found 1 place in the code", "Found {count} places in the code")


@words.register
def _(event: PlanChanged) -> str:
    return tell("You changed the plan") if event.by == "user" else tell("Planned")


@words.register
def _(event: PlaybookChosen) -> str:
    return tell("Following “{name}”: {why}", name=event.name, why=event.why)


@words.register
def _(event: Asked) -> str:
    return tell("Waiting for your approval") if event.approval else tell("Waiting for your answer")


@words.register
def _(event: Answered) -> str:
    return tell("Thinking about your answer") if event.by == "user" else tell("Went on with an assumption")


@words.register
def _(event: Assumed) -> str:
    return tell("Assumed: {text}", text=event.text)


@words.register
def _(event: AnswerUsed) -> str:
    if event.plan_changed:
        return tell("Your answer changed the plan")
    return tell("Going on with your answer")


@words.register
def _(event: TaskEdited) -> str:
    return tell("You changed the task")


@words.register
def _(event: Branched) -> str:
    return tell("Gone back to event {seq} of {run}", seq=event.seq, run=event.run)


@words.register
def _(event: FileEdited) -> str:
    return tell("You edited the change of {path}", path=event.change.path)


@words.register
def _(event: SpanMarked) -> str:
    place = place_of(event.span)
    match event.mark:
        case "pin":
            return tell("You pinned {place}", place=place)
        case "drop":
            return tell("You dropped {place}", place=place)
        case "none":
            return tell("You unmarked {place}", place=place)


@words.register
def _(event: Commented) -> str:
    if event.place is None:
        return tell("You replied to Genie")
    return tell("You remarked on {path}:{line}", path=event.place.path, line=event.place.line)


@words.register
def _(event: Replied) -> str:
    return tell("Answered your remark")


@words.register
def _(event: ThreadMarked) -> str:
    match event.mark:
        case "open":
            return tell("You opened a remark again")
        case "resolved":
            return tell("You took a remark for settled")
        case "deleted":
            return tell("You took a remark back")


@words.register
def _(event: Said) -> str:
    return tell("Thinking about what you said")


@words.register
def _(event: ModelSpoke) -> str:
    return tell(DOING.get(event.calls[0].name, "Thinking") if event.calls else "Thinking")


@words.register
def _(event: Condensed) -> str:
    return tell("Condensed a long output by {model}", model=event.model)


@words.register
def _(event: ToolAnswered) -> str:
    return tell("Thinking")


@words.register
def _(event: PatchProposed) -> str:
    hunks = sum(len(change.hunks) for change in event.changes)
    if not event.changes:
        return tell("Took the change back")
    files = tell_number(len(event.changes), "1 file", "{count} files")
    return tell_number(
        hunks, "Proposed 1 change in {files}", "Proposed {count} changes in {files}", files=files
    )


@words.register
def _(event: HunkDecided) -> str:
    match event.decision:
        case "conflict":
            return tell("A change could not be accepted: {reason}", reason=event.reason)
        case "undone":
            return tell("A change was taken back")
        case "accepted":
            return tell("A change was accepted")
        case "rejected":
            return tell("A change was rejected")


@words.register
def _(event: TestsRan) -> str:
    if event.flaky:
        return tell("Flaky: {tests}", tests=", ".join(event.flaky))
    if event.stage == "again":
        return tell("Tests again: {counts}", counts=counts(event))
    return tell("Tests: {counts}", counts=counts(event))


@words.register
def _(event: Reproduced) -> str:
    if event.shown:
        return tell_number(
            len(event.shown),
            "Reproduced: 1 new test failed without the change",
            "Reproduced: {count} new tests failed without the change",
        )
    if event.silent:
        return tell("The new tests pass without the change too")
    return tell("Looked at the new tests")


@words.register
def _(event: CandidatesTried) -> str:
    return tell_number(
        event.tried,
        "Tested 1 candidate repair, {passed} passed",
        "Tested {count} candidate repairs, {passed} passed",
        passed=event.passed,
    )


@words.register
def _(event: CandidatesBegan | CandidateEnded | CandidateChosen) -> str:
    match event:
        case CandidatesBegan(runs=runs):
            return tell("{count} candidates are at work", count=len(runs))
        case CandidateEnded(outcome=outcome):
            return tell("A candidate ended: {outcome}", outcome=outcome)
        case CandidateChosen(why=why):
            return tell("Chose a candidate. {why}", why=why)


@words.register
def _(event: Warned) -> str:
    return event.text


@words.register
def _(event: Resumed) -> str:
    return tell("Going on")


@words.register
def _(event: Finished) -> str:
    return event.why
