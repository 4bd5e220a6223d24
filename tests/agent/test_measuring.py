"""The order in which tests run, what reproduces, what is flaky: with real pytest and node in real copies."""

from collections.abc import Callable
from pathlib import Path

import pytest

from genie_engineer.agent import measuring
from genie_engineer.agent.events import ToolAnswered
from genie_engineer.agent.log import Run
from genie_engineer.agent.solve import work
from genie_engineer.agent.tested import Reproduced, TestsRan
from genie_engineer.config import Settings
from genie_engineer.models.scripted import Call, Scripted, Turn
from tests.conftest import PATCH, git

TEST = Turn("I test.", (Call("run_tests", {}),))
FINISH = Turn("Done.", (Call("finish", {"outcome": "solved", "summary": "Mended."}),))

NEW = """\
tests/test_new.py
<<<<<<< SEARCH
=======
from calc import add, mul


def test_reproduces():
    assert add(10, 4) == 14


def test_shows_nothing():
    assert mul(3, 1) == 3
>>>>>>> REPLACE
"""


def propose(*patches: str) -> Turn:
    return Turn("Mend.", tuple(Call("propose_patch", {"patch": patch}) for patch in patches))


def ran(run: Run) -> list[TestsRan]:
    return [record.event for record in run.records if isinstance(record.event, TestsRan)]


def answers(run: Run) -> list[str]:
    events = [record.event for record in run.records if isinstance(record.event, ToolAnswered)]
    return [event.text for event in events if event.tool == "run_tests"]


def end(run: Run) -> tuple[str, str]:
    assert run.state.finished is not None
    return run.state.finished.outcome, run.state.finished.why


def commit(repository: Path, **files: str) -> None:
    for name, text in files.items():
        path = repository / name.replace("__", "/").replace("_py", ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "more")


@pytest.fixture
def run(begun: Callable[[str], Run]) -> Run:
    return begun("add(2, 3) gives -1")


async def test_a_test_of_the_change_that_fails_without_it_reproduces(run: Run) -> None:
    await work(run, Scripted([TEST, propose(NEW, PATCH), TEST, FINISH]), Settings())
    assert run.state.after is not None
    assert 0 < run.state.after.slowest < run.state.after.seconds
    assert run.state.reproduced is not None
    assert run.state.reproduced.shown == ("tests/test_new.py::test_reproduces",)
    assert run.state.reproduced.silent == ("tests/test_new.py::test_shows_nothing",)
    assert "Reproduced: without your change these fail" in answers(run)[-1]
    assert "pass without your change too" in answers(run)[-1]
    assert len([one for one in run.records if isinstance(one.event, Reproduced)]) == 1


async def test_what_no_test_showed_before_is_solved_by_a_test_that_does(run: Run, repository: Path) -> None:
    (repository / "tests/test_calc.py").write_text(
        "from calc import mul\n\n\ndef test_mul():\n    assert mul(2, 1) == 2\n"
    )
    await work(run, Scripted([propose(NEW, PATCH), FINISH]), Settings())
    why = "1 new test fails without the change and passes with it, and no other test broke."
    assert end(run) == ("solved", why)


async def test_new_tests_that_pass_anyway_are_said_to_show_nothing(run: Run, repository: Path) -> None:
    (repository / "tests/test_calc.py").write_text(
        "from calc import mul\n\n\ndef test_mul():\n    assert mul(2, 1) == 2\n"
    )
    silent = NEW.replace("assert add(10, 4) == 14", "assert add(0, 0) == 0")
    await work(run, Scripted([propose(silent, PATCH), FINISH]), Settings())
    assert "pass without the change too" in end(run)[1]


FLAKY = """\
import os, pathlib

MARK = pathlib.Path(os.environ["GENIE_SCRATCH"]) / "mark"


def test_now_and_then():
    count = int(MARK.read_text()) if MARK.exists() else 0
    MARK.write_text(str(count + 1))
    assert count != {failing}
"""


@pytest.mark.parametrize("failing", [0, 1])
async def test_a_flaky_test_neither_solves_nor_fails_a_run(run: Run, repository: Path, failing: int) -> None:
    """It fails at the first run, which is before the change, or at the second, which is after it."""
    commit(repository, tests__test_flaky_py=FLAKY.format(failing=failing))
    await work(run, Scripted([TEST, propose(PATCH), TEST, FINISH]), Settings())
    name = "tests/test_flaky.py::test_now_and_then"
    assert run.state.flaky == {name}
    assert end(run) == ("solved", "1 test that failed now passes, and no other test broke.")
    assert any(one.stage == "again" and one.flaky == (name,) for one in ran(run))


async def test_what_really_broke_is_run_again_and_stays_broken(run: Run, repository: Path) -> None:
    commit(
        repository,
        tests__test_old_py="from calc import add\n\n\ndef test_old():\n    assert add(2, 3) == -1\n",
    )
    await work(run, Scripted([TEST, propose(PATCH), TEST, FINISH]), Settings())
    assert end(run)[0] == "unsolved"
    assert "breaks tests/test_old.py::test_old" in end(run)[1]
    assert run.state.flaky == frozenset()


async def test_the_likeliest_tests_come_first_and_their_failure_ends_the_run_of_the_suite(
    run: Run, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "QUICK_SECONDS", 0.0)
    far = "def test_far():\n    pass\n"
    commit(
        repository,
        user_py="from calc import add\n\n\ndef twice(a):\n    return add(a, a)\n",
        tests__test_user_py="from user import twice\n\n\ndef test_twice():\n    assert twice(2) == 4\n",
        tests__test_far_py=far,
    )
    wrong = PATCH.replace("a + b", "b - a")
    right = PATCH.replace("a - b", "b - a")
    await work(run, Scripted([TEST, propose(wrong), TEST, propose(right), TEST, FINISH]), Settings())
    stages = [(one.moment, one.stage, one.whole) for one in ran(run) if one.stage != "again"]
    assert stages[:2] == [("before", "", True), ("after", "likeliest", False)]
    assert ("after", "", True) in stages
    assert "the rest of the suite was not run" in answers(run)[1]
    assert "test_far" not in answers(run)[1]
    assert end(run)[0] == "solved"
