"""What a list of runs shows, read from the logs without reading all of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from genie_engineer.agent.events import (
    Answered,
    Asked,
    Event,
    Finished,
    HunkDecided,
    PatchProposed,
    PlanChanged,
    Resumed,
    Said,
    Step,
    ToolAnswered,
    Warned,
)
from genie_engineer.agent.log import LOG, Run
from genie_engineer.agent.steering import Branched, FileEdited, SpanMarked, TaskEdited
from genie_engineer.agent.store import info, new_folder
from genie_engineer.edits.changes import diff
from genie_engineer.index.spans import Span

CHANGE = diff("calc.py", b"a\n", b"b\n")
END = Finished("solved", "Done.")


@pytest.mark.parametrize(
    "event",
    [
        Asked("q", "Which?"),
        Answered("q", "another"),
        TaskEdited("Mend it"),
        SpanMarked(Span("calc.py", 1, 2, "", ""), "pin"),
        PlanChanged((Step("1", "look"),), by="user"),
        Said("x" * 200_000),
        FileEdited(CHANGE),
        PatchProposed((CHANGE,), by="user"),
        HunkDecided("h", "undone"),
        Warned('"kind": "Resumed"'),
    ],
    ids=lambda event: type(event).__name__,
)
def test_a_finished_run_stays_so_until_it_is_taken_up(begun: Callable[[str], Run], event: Event) -> None:
    run = begun("add is wrong")
    run.record(ToolAnswered("c", "finish", '{"kind": "Finished"}'))
    assert info(run.folder).finished is run.state.finished is None
    for taken_up in (Resumed(), Branched("another", 3)):
        run.record(END)
        run.record(event)
        assert info(run.folder).finished == run.state.finished == END
        run.record(taken_up)
        assert info(run.folder).finished is run.state.finished is None


def test_two_runs_that_begin_together_have_names_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENIE_HOME", str(tmp_path))
    for _ in range(2_000):
        new_folder("Mend it").mkdir(parents=True)


def test_the_text_of_the_task_is_as_last_edited(begun: Callable[[str], Run]) -> None:
    run = begun("add is wrong")
    run.record(TaskEdited("add is “wrong”\nfor odd numbers"))
    run.record(TaskEdited("add is wrong for odd numbers"))
    with (run.folder / LOG).open("ab") as file:
        file.write(b'{"v": 1, "text": "half of an edit", "kind": "TaskEdited"')
    assert info(run.folder).task == run.state.task
    assert info(run.folder).task.text == "add is wrong for odd numbers"
