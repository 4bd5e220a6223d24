"""The tests of a run as the editor's view of tests shows them."""

from pathlib import Path

from genie_engineer.agent.events import PatchProposed, TaskGiven
from genie_engineer.agent.fold import step
from genie_engineer.agent.state import RunState
from genie_engineer.agent.tested import TestsRan
from genie_engineer.editor.results import latest, results
from genie_engineer.edits.changes import diff
from genie_engineer.workbench.report import Frame, TestOutcome

CALC, TEST = "calc.py", "tests/test_calc.py"


def state_in(folder: Path) -> RunState:
    for path in (CALC, TEST):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text("x\n")
    return step(RunState(), TaskGiven("Mend it", str(folder), "", "offline"))


def bad(name: str, *frames: Frame) -> TestOutcome:
    return TestOutcome(f"{TEST}::{name}", "failed", f"{name} is wrong", frames, 0.25)


def ran(moment: str, *outcomes: TestOutcome, whole: bool = True) -> TestsRan:
    return TestsRan("pytest", moment, 5, len(outcomes), outcomes, 1.5, whole=whole)  # type: ignore[arg-type]


def test_a_failure_stands_in_its_test_and_its_message_where_it_happened(tmp_path: Path) -> None:
    frames = (Frame(TEST, 4), Frame(TEST, 9), Frame(CALC, 2))
    state = step(state_in(tmp_path), ran("before", bad("test_add", *frames), bad("test_sub")))
    view = results(state)
    first, second = view.tests
    assert (first.label, first.uri, first.line) == ("test_add", (tmp_path / TEST).as_uri(), 3)
    assert (first.failed_uri, first.failed_line) == ((tmp_path / CALC).as_uri(), 1)
    assert (first.status, first.message) == ("failed", "test_add is wrong")
    assert (second.uri, second.line, second.failed_uri) == ((tmp_path / TEST).as_uri(), 0, "")
    assert view.told == "2 failed, 5 passed"


def test_what_failed_before_and_passes_now_is_shown_as_passing(tmp_path: Path) -> None:
    state = step(state_in(tmp_path), ran("before", bad("test_add"), bad("test_sub")))
    before = latest(state)
    change = diff(CALC, b"x\n", b"y\n")
    assert change is not None
    state = step(state, PatchProposed((change,)))
    part = step(state, ran("after", whole=False))
    assert results(part).tests == ()
    state = step(state, ran("after", bad("test_sub")))
    assert [(one.label, one.status, one.seconds) for one in results(state).tests] == [
        ("test_sub", "failed", 0.25),
        ("test_add", "passed", 0.0),
    ]
    assert latest(state) != before


def test_without_results_there_is_nothing_to_show(tmp_path: Path) -> None:
    assert latest(RunState()) == ""
    assert results(state_in(tmp_path)).tests == ()


def test_a_test_of_no_known_file_is_shown_by_its_whole_name(tmp_path: Path) -> None:
    state = step(state_in(tmp_path), ran("before", TestOutcome("TestAdd/negative", "error")))
    (view,) = results(state).tests
    assert (view.label, view.uri, view.status) == ("TestAdd/negative", "", "error")
    assert view.message == "It failed without a message."
