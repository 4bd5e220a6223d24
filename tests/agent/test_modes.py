"""A patch that tells a file's mode reaches the proposal; a file that moves keeps its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from genie_engineer.agent.events import ToolAnswered
from genie_engineer.agent.log import Run
from genie_engineer.agent.solve import work
from genie_engineer.config import Settings
from genie_engineer.models.scripted import Call, Scripted, Turn

FINISH = Turn("Done.", (Call("finish", {"outcome": "unsolved", "summary": "Tried."}),))


@pytest.fixture
def run(begun: Callable[[str], Run]) -> Run:
    return begun("Make calc.py a script.")


async def proposed(run: Run, patch: str) -> list[tuple[str, str, int | None]]:
    await work(run, Scripted([Turn("So.", (Call("propose_patch", {"patch": patch}),)), FINISH]), Settings())
    answer = next(one.event for one in run.records if isinstance(one.event, ToolAnswered))
    assert answer.ok, answer.text
    return [(change.path, change.kind, change.mode) for change in run.state.changes]


async def test_a_patch_of_the_mode_alone_is_proposed(run: Run) -> None:
    patch = "diff --git a/calc.py b/calc.py\nold mode 100644\nnew mode 100755\n"
    assert await proposed(run, patch) == [("calc.py", "modified", 0o755)]


async def test_a_new_file_can_be_run(run: Run) -> None:
    head = "diff --git a/run.sh b/run.sh\nnew file mode 100755\n--- /dev/null\n+++ b/run.sh\n"
    patch = f"{head}@@ -0,0 +1 @@\n+echo\n"
    assert await proposed(run, patch) == [("run.sh", "created", 0o755)]


async def test_a_file_that_moves_keeps_its_mode(run: Run, repository: Path) -> None:
    (repository / "calc.py").chmod(0o755)
    patch = "diff --git a/calc.py b/sum.py\nrename from calc.py\nrename to sum.py\n"
    assert await proposed(run, patch) == [("calc.py", "deleted", None), ("sum.py", "created", 0o755)]
