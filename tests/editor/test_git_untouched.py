"""Solving, accepting and taking back in an editor leaves git's own files as they are."""

from pathlib import Path

import pytest

from tests.conftest import CALC, SCRIPT, TESTS, Genie, git
from tests.trapped import KINDS, Fingerprint, of_git, staled, trap

from .client import editor
from .turns import has_ended


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The one of the terminal's tests, with a bug and a failing test."""
    folder = tmp_path / "a repo ☂"
    (folder / "tests").mkdir(parents=True)
    for name, text in {"calc.py": CALC, "conftest.py": "", "tests/test_calc.py": TESTS}.items():
        (folder / name).write_text(text)
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "first")):
        git(folder, *words)
    return folder


@pytest.mark.parametrize("kind", ["plain", "worktree"])
async def test_a_run_in_the_editor_leaves_git_alone(
    home: Path, repository: Path, fingerprint: Fingerprint, tmp_path: Path, kind: str
) -> None:
    folder = KINDS[kind](repository)
    mark = tmp_path / "mark"
    trap(folder, mark)
    mark.unlink(missing_ok=True)
    staled(folder)
    before = of_git(folder, fingerprint)
    model = Genie(home, folder).script(SCRIPT)
    async with editor(home, folder) as client:
        client.open(folder / "calc.py")
        wish = {"folder": str(folder), "text": "add", "model": model, "test_command": "python3 -m pytest"}
        run = (await client.request("genie/solve", wish))["run"]
        view = await client.view(run, has_ended)
        hunks = [hunk["id"] for file in view["changes"] for hunk in file["hunks"]]
        accept = {"run": run, "hunks": hunks, "decision": "accepted", "reason": ""}
        assert (await client.request("genie/decide", accept))["done"] == 1
        assert "a + b" in client.text(folder / "calc.py")
        undo = {"run": run, "hunks": [], "path": ""}
        assert (await client.request("genie/undo", undo))["done"] == 1
        assert await client.leave() == 0
    assert of_git(folder, fingerprint) == before
    assert not mark.exists(), mark.read_text()
