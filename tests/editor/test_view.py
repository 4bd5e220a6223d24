"""What the user reads of a run."""

from collections.abc import Sequence
from typing import get_args

import pytest

from genie_engineer.agent.events import (
    Answered,
    Asked,
    Event,
    Finished,
    Found,
    HunkDecided,
    ModelSpoke,
    PatchProposed,
    PlanChanged,
    Record,
    Resumed,
    Said,
    Step,
    TaskGiven,
    ToolAnswered,
    Warned,
    WorkbenchMade,
)
from genie_engineer.agent.fold import fold
from genie_engineer.agent.remarks import Commented, Place, Replied, Side, ThreadMarked
from genie_engineer.agent.steering import (
    AnswerUsed,
    Assumed,
    Branched,
    FileEdited,
    PlaybookChosen,
    SpanMarked,
    TaskEdited,
)
from genie_engineer.agent.tested import CandidatesTried, TestsRan
from genie_engineer.agent.words import words
from genie_engineer.editor.places import Present, present
from genie_engineer.editor.reviewed import reviewed
from genie_engineer.editor.view import MOST_FOUND, file_view, phase, view
from genie_engineer.editor.view import tests as line_of_tests
from genie_engineer.edits.changes import diff
from genie_engineer.index.spans import Span
from genie_engineer.models.contract import ToolCall, Usage
from genie_engineer.protocol.editing import FoundSpan
from genie_engineer.protocol.runs import Question, RunView

TASK = TaskGiven("# Fix the sum\n\nIt is off by one.", "/r", "abc", "offline")
CHANGE = diff("a.py", b"x = 1\r\n", b"x = 2\r\n")
assert CHANGE is not None


def ran(moment: str, passed: int, failed: int, **more: object) -> TestsRan:
    return TestsRan("pytest", moment, passed, failed, (), 1.0, **more)  # type: ignore[arg-type]


def shown(events: Sequence[Event], working: bool = True, text: str = "x = 1\r\n") -> RunView:
    records = [Record(number, "", event) for number, event in enumerate((TASK, *events))]

    def look(path: str, side: Side) -> Present:
        return present(f"file:///r/{path}", text)

    state = fold(records)
    files = [file_view(one, look(path, "user")) for path, one in reviewed(state).items()]
    return view("run", state, working, look, tuple(one for one in files if one))


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (TASK, "Making a private copy of the repository"),
        (WorkbenchMade(5, 0.1, "in bubblewrap"), "Copied 5 files, reading the code"),
        (Found("sum", (Span("a.py", 1, 2),)), "Found 1 place in the code"),
        (PlanChanged(()), "Planned"),
        (PlanChanged((), by="user"), "You changed the plan"),
        (Asked("q", "Which?"), "Waiting for your answer"),
        (Answered("q", "this"), "Thinking about your answer"),
        (Answered("q", "this", by="genie"), "Went on with an assumption"),
        (Said("Faster!"), "Thinking about what you said"),
        (ModelSpoke("Hm."), "Thinking"),
        (ModelSpoke("", (ToolCall("1", "run_tests", "{}"),)), "Running the tests"),
        (ModelSpoke("", (ToolCall("1", "no_such_tool", "{}"),)), "Thinking"),
        (ToolAnswered("1", "run_tests", "ok"), "Thinking"),
        (PatchProposed((CHANGE,)), "Proposed 1 change in 1 file"),
        (PatchProposed(()), "Took the change back"),
        (HunkDecided("h", "rejected"), "A change was rejected"),
        (HunkDecided("h", "undone"), "A change was taken back"),
        (HunkDecided("h", "conflict", "It moved."), "A change could not be accepted: It moved."),
        (ran("after", 41, 3), "Tests: 3 failed, 41 passed"),
        (ran("after", 1, 0, by_test=False), "Tests: passed"),
        (ran("after", 0, 0, trouble="timed out"), "Tests: timed out"),
        (CandidatesTried(64, 2, 1.0), "Tested 64 candidate repairs, 2 passed"),
        (PlaybookChosen("Release", "r.md", "user", "you chose it", ""), "Following “Release”: you chose it"),
        (Assumed("Ten is meant."), "Assumed: Ten is meant."),
        (AnswerUsed("q", True), "Your answer changed the plan"),
        (AnswerUsed("q", False), "Going on with your answer"),
        (Branched("a-run", 7), "Gone back to event 7 of a-run"),
        (FileEdited(CHANGE), "You edited the change of a.py"),
        (TaskEdited("Mend all."), "You changed the task"),
        (SpanMarked(Span("a.py", 1, 2), "drop"), "You dropped a.py:1-2"),
        (Commented("c", "Why?", Place("a.py", 2, "user", "x = 1")), "You remarked on a.py:2"),
        (Commented("d", "Why?", thread="c"), "You replied to Genie"),
        (Replied("c", "So."), "Answered your remark"),
        (ThreadMarked("c", "resolved"), "You took a remark for settled"),
        (Warned("Mind the gap."), "Mind the gap."),
        (Resumed(), "Going on"),
        (Finished("solved", "All tests pass."), "All tests pass."),
    ],
)
def test_every_event_has_its_words(event: Event, expected: str) -> None:
    assert words(event) == expected


def test_no_event_is_without_words() -> None:
    assert {kind for kind in get_args(Event)} <= set(words.registry)


@pytest.mark.parametrize(
    ("events", "working", "expected"),
    [
        ([], True, "working"),
        ([], False, "stopped"),
        ([Asked("q", "Which?")], True, "asking"),
        ([Asked("q", "Which?")], False, "stopped"),
        ([Asked("q", "Which?"), Answered("q", "this")], True, "working"),
        ([Finished("solved", "")], False, "finished"),
        ([Finished("stopped", "")], False, "stopped"),
        ([Finished("stopped", ""), Resumed()], True, "working"),
    ],
)
def test_phase(events: list[Event], working: bool, expected: str) -> None:
    records = [Record(number, "", event) for number, event in enumerate((TASK, *events))]
    assert phase(fold(records), working) == expected


def test_the_tests_before_and_after() -> None:
    records = [Record(0, "", ran("before", 41, 1)), Record(1, "", ran("after", 42, 0))]
    assert line_of_tests(fold(records)) == "1 failed, 41 passed → 42 passed"
    assert line_of_tests(fold(records[:1])) == "1 failed, 41 passed"
    assert line_of_tests(fold([])) == ""


def test_a_view_shows_the_whole_run() -> None:
    steps = (Step("1", "Look"),)
    made = shown(
        [
            PlanChanged(steps),
            Found("sum", (Span("a.py", 1, 2),)),
            ModelSpoke("", usage=Usage(100, 20)),
            PatchProposed((CHANGE,)),
            Asked("q", "Which?", ("a", "b")),
        ]
    )
    assert (made.run, made.folder, made.title) == ("run", "/r", "Fix the sum")
    assert (made.plan, made.found, made.tokens) == (steps, (FoundSpan("a.py", 1, 2, "", "", "none"),), 120)
    assert made.question == Question("q", "Which?", ("a", "b"))
    [file] = made.changes
    assert (file.path, file.uri, file.kind) == ("a.py", "file:///r/a.py", "modified")
    [hunk] = file.hunks
    assert (hunk.line, hunk.removed, hunk.added, hunk.state) == (0, ("x = 1",), ("x = 2",), "open")


def test_a_run_that_nobody_works_on_says_so() -> None:
    assert shown([ModelSpoke("Hm.")], working=False).status == "Interrupted; resume to go on"


def test_only_the_best_of_what_was_found_is_shown() -> None:
    spans = tuple(Span("a.py", line, line) for line in range(1, 1000))
    assert [span.start for span in shown([Found("x", spans)]).found] == list(range(1, MOST_FOUND + 1))


def test_a_log_without_a_beginning_is_shown_empty() -> None:
    made = view("run", fold([]), False, lambda path, side: present("", None), ())
    assert (made.title, made.status, made.phase) == ("", "", "stopped")


def test_tokens_and_cost_are_those_of_all_answers() -> None:
    spoken = [ModelSpoke("", usage=Usage(900, 100), cost=cost) for cost in (0.25, 0.5)]
    assert (shown(spoken).tokens, shown(spoken).cost) == (2000, "$0.75")
    assert shown([*spoken, ModelSpoke("")]).cost == "$0.75 and what has no known price"
    assert shown([ModelSpoke("", cost=0.0)]).cost == ""


def test_a_run_that_a_limit_has_ended_asks_whether_to_go_on() -> None:
    why = "The limit of 60 turns is reached; the plan is kept. No change."
    end = Finished("unsolved", why, limit="turns")
    assert shown([end]).limit == "The limit of 60 turns is reached. Go on for as long again?"
    assert shown([end, Resumed()]).limit == ""
    assert shown([Finished("solved", "The limit of 60 turns is reached; …", limit="turns")]).limit == ""
    assert shown([Finished("unsolved", "Still failing.")]).limit == ""
