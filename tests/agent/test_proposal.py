"""Modes are part of a proposal: proposed, rejected, brought into a fresh copy, accepted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from genie_engineer.agent.desk import open_desk
from genie_engineer.agent.events import HunkDecided
from genie_engineer.agent.log import Run
from genie_engineer.agent.proposal import propose, rejected_again, replay, take_back_rejected
from genie_engineer.agent.review import accept
from genie_engineer.config import Settings
from genie_engineer.edits.changes import EXECUTABLE, PLAIN
from genie_engineer.errors import EditError
from tests.conftest import CALC, git

MENDED = CALC.replace("a - b", "a + b").encode()
NEW = b"#!/bin/sh\necho hello\n"


@pytest.fixture
def run(begun: Callable[[str], Run]) -> Run:
    return begun("Make it a script")


def mode_of(path: Path) -> str:
    return f"{path.stat().st_mode & 0o777:o}"


async def test_modes_reach_the_copy_the_proposal_and_the_checkout(run: Run, repository: Path) -> None:
    modes = {"new.sh": EXECUTABLE, "calc.py": EXECUTABLE, "conftest.py": EXECUTABLE, "no/such": EXECUTABLE}
    async with open_desk(run, Settings(), headless=True) as desk:
        propose(desk, {"calc.py": MENDED, "new.sh": NEW}, "scripts", modes)
        assert [mode_of(desk.bench.root / path) for path in ("calc.py", "conftest.py", "new.sh")] == [
            "755"
        ] * 3
    hunks = {
        change.path: [(hunk.is_mode, hunk.mode) for hunk in change.hunks] for change in run.state.changes
    }
    assert hunks == {
        "calc.py": [(True, EXECUTABLE), (False, None)],
        "conftest.py": [(True, EXECUTABLE)],
        "new.sh": [(False, EXECUTABLE)],
    }
    assert mode_of(repository / "calc.py") == "644"
    assert accept(run).problems == ()
    assert [mode_of(repository / path) for path in ("calc.py", "conftest.py", "new.sh")] == ["755"] * 3
    assert (repository / "calc.py").read_bytes() == MENDED
    git(repository, "add", ".")
    assert git(repository, "ls-files", "-s", "new.sh").startswith("100755")


async def test_a_rejected_mode_is_taken_out_and_not_proposed_again(run: Run, repository: Path) -> None:
    (repository / "calc.py").chmod(0o755)
    async with open_desk(run, Settings(), headless=True) as desk:
        propose(desk, {"calc.py": MENDED}, "", {"calc.py": PLAIN})
        mode, text = run.state.changes[0].hunks
        run.record(HunkDecided(mode.id, "rejected", "It is a script."))
        take_back_rejected(desk)
        assert [hunk.id for hunk in run.state.changes[0].hunks] == [text.id]
        assert mode_of(desk.bench.root / "calc.py") == "755"
        assert (desk.bench.root / "calc.py").read_bytes() == MENDED
        assert rejected_again(desk, {}, {"calc.py": PLAIN}) == "calc.py"
        assert rejected_again(desk, {}, {"calc.py": EXECUTABLE}) == ""


async def test_a_resumed_run_has_its_modes_again(run: Run, repository: Path) -> None:
    async with open_desk(run, Settings(), headless=True) as desk:
        propose(desk, {"new.sh": NEW}, "", {"calc.py": EXECUTABLE, "new.sh": EXECUTABLE})
    before = run.state.changes
    async with open_desk(run, Settings(), headless=True) as desk:
        replay(desk)
        assert [mode_of(desk.bench.root / path) for path in ("calc.py", "new.sh")] == ["755", "755"]
    assert run.state.changes == before


async def test_a_binary_file_is_refused_before_anything_is_written(run: Run, repository: Path) -> None:
    (repository / "logo.png").write_bytes(b"\x89PNG\0\0")
    async with open_desk(run, Settings(), headless=True) as desk:
        with pytest.raises(EditError, match="binary"):
            propose(desk, {"calc.py": MENDED, "logo.png": None}, "")
        assert (desk.bench.root / "calc.py").read_text() == CALC
        propose(desk, {}, "", {"logo.png": EXECUTABLE})
        assert mode_of(desk.bench.root / "logo.png") == "755"
    assert [change.path for change in run.state.changes] == ["logo.png"]
