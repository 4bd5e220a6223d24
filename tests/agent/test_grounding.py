"""A patch that can't be parsed changes nothing; names that stand nowhere are pointed out."""

from collections.abc import Callable
from pathlib import Path

import pytest

from genie_engineer.agent.events import PatchProposed, ToolAnswered
from genie_engineer.agent.log import Run
from genie_engineer.agent.solve import work
from genie_engineer.config import Settings
from genie_engineer.models.scripted import Call, Scripted, Turn

FINISH = Turn("Done.", (Call("finish", {"outcome": "unsolved", "summary": "Tried."}),))


@pytest.fixture
def run(begun: Callable[[str], Run]) -> Run:
    return begun("add(2, 3) gives -1; call mend_later()")


def becomes(new: str) -> Turn:
    patch = f"calc.py\n<<<<<<< SEARCH\n    return a - b\n=======\n{new}\n>>>>>>> REPLACE\n"
    return Turn("Mend.", (Call("propose_patch", {"patch": patch}),))


async def answers(run: Run, *turns: Turn) -> list[ToolAnswered]:
    await work(run, Scripted([*turns, FINISH]), Settings())
    told = [record.event for record in run.records if isinstance(record.event, ToolAnswered)]
    return [each for each in told if each.tool == "propose_patch"]


async def test_what_can_no_longer_be_parsed_is_not_applied_and_shown(run: Run) -> None:
    (answer,) = await answers(run, becomes("    return (a + b"))
    assert not answer.ok
    assert "can no longer be parsed" in answer.text
    assert "|    return (a + b" in answer.text
    assert not [record for record in run.records if isinstance(record.event, PatchProposed)]


async def test_who_proposes_the_same_again_insists(run: Run) -> None:
    first, second = await answers(run, *[becomes("    return (a + b")] * 2)
    assert (first.ok, second.ok) == (False, True)
    assert [change.path for change in run.state.changes] == ["calc.py"]


async def test_a_file_that_was_broken_before_may_be_edited(run: Run, repository: Path) -> None:
    (repository / "calc.py").write_text("def add(a, b):\n    return a - b\n\n\ndef (:\n")
    (answer,) = await answers(run, becomes("    return a + b"))
    assert answer.ok


async def test_names_that_stand_nowhere_are_pointed_out(run: Run) -> None:
    lines = (
        "    total = add_carefully(a, b)  # see the_comment",
        "    self.remember(total)",
        "    other.of_a_library(mend_later(), 'in_a_string')",
        "    return subtract_all(total)",
    )
    (answer,) = await answers(run, becomes("\n".join(lines)))
    assert answer.ok
    assert "stand nowhere in the repository: add_carefully, remember, other, subtract_all." in answer.text


async def test_a_grounded_patch_is_praised_by_silence(run: Run) -> None:
    (answer,) = await answers(
        run, becomes("    total = add(a, -b) if isinstance(a, int) else a\n    return total")
    )
    assert "stand nowhere" not in answer.text
