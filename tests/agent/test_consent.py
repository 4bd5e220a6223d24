"""Without a sandbox a command runs only as the user says: once, always, or not; with one nobody is asked."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from genie_engineer.agent.approvals import (
    ALWAYS,
    NO,
    ONCE,
    Approved,
    approvals_home,
    approve,
    approved,
    revoke,
)
from genie_engineer.agent.choosing_tests import named_tests
from genie_engineer.agent.events import Asked, Finished, PatchProposed, Record
from genie_engineer.agent.log import Run
from genie_engineer.agent.solve import work
from genie_engineer.agent.tested import TestsRan
from genie_engineer.config import Settings
from genie_engineer.models.scripted import Call, Scripted, Turn
from tests.conftest import PATCH

from .conftest import answering

TEST = Turn("I test.", (Call("run_tests", {}),))
PROPOSE = Turn("Mend.", (Call("propose_patch", {"patch": PATCH}),))
FINISH = Turn("Done.", (Call("finish", {"outcome": "solved", "summary": "Mended."}),))
COMMAND = "grep -q 'a + b' calc.py"


@pytest.fixture
def run(begun: Callable[[str], Run], no_bubblewrap: None) -> Run:
    made = begun("add(2, 3) gives -1")
    assert made.state.task
    made.record(replace(made.state.task, test_command=COMMAND))
    return made


def ran(run: Run) -> list[str]:
    return [one.event.command for one in run.records if isinstance(one.event, TestsRan)]


async def test_a_command_is_shown_and_asked_for_once_in_a_run(run: Run) -> None:
    asked = answering(run, ONCE)
    await work(run, Scripted([TEST, PROPOSE, TEST, FINISH]), Settings())
    [question] = asked
    assert question.choices == (ONCE, ALWAYS, NO)
    assert COMMAND in question.question
    assert question.approval
    assert run.state.task
    assert (question.approval.command, question.approval.folder) == (COMMAND, run.state.task.repository)
    assert "bubblewrap can't run here (bwrap: No permissions)" in question.approval.sandbox
    assert len(ran(run)) > 1
    assert run.state.finished
    assert run.state.finished.outcome == "solved"
    assert approved() == []
    assert run.state.asked == ()  # It is no question of the model's, which hears nothing of it.


async def test_always_is_remembered_for_this_command_in_this_repository_alone(
    run: Run, begun: Callable[[str], Run]
) -> None:
    answering(run, ALWAYS)
    await work(run, Scripted([TEST, FINISH]), Settings())
    assert run.state.task
    [known] = approved()
    assert (known.repository, known.command) == (run.state.task.repository, COMMAND)

    again = begun("the same again")
    again.record(run.state.task)
    asked = answering(again)
    await work(again, Scripted([TEST, FINISH]), Settings(), headless=True)
    assert ran(again)
    assert not asked

    other = begun("another command")
    other.record(replace(run.state.task, test_command=f"{COMMAND} "))
    await work(other, Scripted([TEST, FINISH]), Settings(), headless=True)
    assert other.state.finished
    assert other.state.finished.setup
    assert f"Not run: {COMMAND} \n" in other.state.finished.why

    elsewhere = Approved("/elsewhere", COMMAND)
    assert (revoke([elsewhere]), revoke([known]), revoke([known])) == (0, 1, 0)
    third = begun("it is asked for again")
    third.record(run.state.task)
    assert answering(third, NO) == []
    await work(third, Scripted([TEST, FINISH]), Settings())
    assert ran(third) == []


async def test_what_is_declined_is_not_run_and_the_model_is_told(run: Run) -> None:
    asked = answering(run, NO, ONCE)
    model = Scripted([TEST, PROPOSE, FINISH])
    await work(run, model, Settings())
    assert ran(run) == []
    assert len(asked) == 1
    assert "The user doesn't let the tests run" in model.asked[1][-1].text
    assert run.state.changes
    assert isinstance(run.state.last, Finished)
    assert run.state.last.outcome == "unsolved"

    run.resume()  # The user may think otherwise now.
    await work(run, Scripted([TEST, PROPOSE, FINISH, TEST, FINISH]), Settings())
    assert len(asked) == 2
    assert ran(run)


async def test_another_command_in_mid_run_is_asked_for_too(run: Run, repository: Path) -> None:
    asked = answering(run, ONCE, NO)

    def change(record: Record) -> None:
        if isinstance(record.event, PatchProposed):
            run.record(named_tests("test -f calc.py", repository))

    run.listen(change)
    await work(run, Scripted([TEST, PROPOSE, TEST, FINISH]), Settings())
    assert [one.approval.command for one in asked if one.approval] == [COMMAND, "test -f calc.py"]
    assert set(ran(run)) == {COMMAND}


async def test_nothing_is_asked_where_the_settings_say_so(run: Run) -> None:
    asked = answering(run)
    await work(run, Scripted([TEST, FINISH]), Settings(sandbox="off"), headless=True)
    assert ran(run)
    assert not asked


async def test_a_language_server_is_asked_for_as_any_command(run: Run) -> None:
    look = {"name": "add", "path": "tests/test_calc.py", "line": 5}
    asked = answering(run, ONCE, NO)
    model = Scripted([Turn("I look.", (Call("go_to_definition", look),)) for _ in range(2)] + [FINISH])
    await work(run, model, Settings())
    assert [one.approval.command == COMMAND for one in asked if one.approval] == [True, False]
    seen = model.asked[1][-1].text
    assert "doesn't let it run without a sandbox" in seen
    assert "def add" in seen  # by the index


async def test_nothing_is_asked_in_a_sandbox(begun: Callable[[str], Run]) -> None:
    run = begun("add(2, 3) gives -1")
    asked = answering(run)
    await work(run, Scripted([TEST, PROPOSE, FINISH]), Settings())
    assert run.state.finished
    assert run.state.finished.outcome == "solved"
    assert not asked


async def test_an_approval_that_was_open_when_the_run_was_torn_is_asked_for_again(run: Run) -> None:
    def tear(record: Record) -> None:
        if isinstance(record.event, Asked):
            raise KeyboardInterrupt

    forget = run.listen(tear)
    with pytest.raises(KeyboardInterrupt):
        await work(run, Scripted([TEST, FINISH]), Settings())
    forget()
    run.close()
    again = Run.open(run.folder)
    again.resume()
    asked = answering(again, ONCE)
    await work(again, Scripted([TEST, FINISH]), Settings())
    assert len(asked) == 1
    assert ran(again)
    again.close()


def test_a_file_that_says_something_else_approves_nothing(run: Run) -> None:
    approve("/a", "make test")
    [file] = approvals_home().iterdir()
    for text in (
        "",
        "[]",
        '{"repository": "/a"}',
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ):
        file.write_text(text, "latin-1")
        assert approved() == []
    approve("/a", "make test")
    assert [one.command for one in approved()] == ["make test"]
