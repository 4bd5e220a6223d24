"""How tests are run is told before they first are, and is the user's to change while Genie works."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from genie_engineer.agent.choosing_tests import named_tests
from genie_engineer.agent.events import ModelSpoke, PatchProposed, Record
from genie_engineer.agent.log import Run
from genie_engineer.agent.solve import work
from genie_engineer.agent.tested import TestsChosen, TestsRan
from genie_engineer.config import Settings
from genie_engineer.models.scripted import Call, Scripted, Turn
from tests.conftest import PATCH

TEST = Turn("I test.", (Call("run_tests", {}),))
PROPOSE = Turn("Mend.", (Call("propose_patch", {"patch": PATCH}),))
FINISH = Turn("Done.", (Call("finish", {"outcome": "solved", "summary": "Mended."}),))


@pytest.fixture
def run(begun: Callable[[str], Run]) -> Run:
    return begun("add(2, 3) gives -1")


def events(run: Run, kind: type) -> list[Record]:
    return [record for record in run.records if isinstance(record.event, kind)]


async def test_the_command_and_its_reason_are_told_before_the_first_use(run: Run) -> None:
    await work(run, Scripted([TEST, PROPOSE, FINISH]), Settings())
    (chosen,) = events(run, TestsChosen)
    assert isinstance(chosen.event, TestsChosen)
    assert chosen.event.command.endswith("-m pytest")
    assert "conftest.py is there" in chosen.event.reason
    assert chosen.event.framework == "pytest"
    assert chosen.seq < events(run, TestsRan)[0].seq


async def test_a_command_that_was_named_with_the_task_goes_before_the_settings(run: Run) -> None:
    assert run.state.task
    run.record(replace(run.state.task, test_command="test -f calc.py"))
    await work(run, Scripted([TEST, FINISH]), Settings(test_command="test -f other.py"))
    assert run.state.tests
    assert run.state.tests.command == "test -f calc.py"


async def test_the_users_command_is_the_run_s_from_then_on(run: Run, repository: Path) -> None:
    def change(record: Record) -> None:
        if isinstance(record.event, PatchProposed):
            run.record(named_tests("test -f calc.py", repository))

    run.listen(change)
    await work(run, Scripted([TEST, PROPOSE, FINISH]), Settings())
    ran = [record.event for record in events(run, TestsRan)]
    commands = [event.command for event in ran if isinstance(event, TestsRan)]
    assert commands[0].endswith("-m pytest")
    assert commands[1:] == ["test -f calc.py"] * 2
    assert run.state.before is not None
    assert run.state.before.command == "test -f calc.py"


async def test_results_of_a_command_that_was_changed_meanwhile_do_not_count(
    run: Run, repository: Path
) -> None:
    def change(record: Record) -> None:
        if isinstance(record.event, ModelSpoke) and len(events(run, ModelSpoke)) == 1:
            run.record(named_tests("test -f calc.py", repository))

    run.listen(change)
    await work(run, Scripted([TEST, PROPOSE, FINISH]), Settings())
    assert run.state.tests is not None
    assert (run.state.tests.command, run.state.tests.by) == ("test -f calc.py", "user")
    run.record(TestsRan("python -m pytest", "after", 0, 3, (), 1.0))
    assert run.state.after is not None
    assert run.state.after.command == "test -f calc.py"
