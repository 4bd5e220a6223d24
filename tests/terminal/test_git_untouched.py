"""Whatever is run, accepted and taken back: git's own files stay as they are, to the byte and the time."""

from pathlib import Path

import pytest

from tests.conftest import SCRIPT, Genie, git
from tests.trapped import KINDS, Fingerprint, of_git, staled, trap


@pytest.mark.parametrize("kind", KINDS)
def test_an_accepted_and_undone_run_leaves_git_alone(
    genie: Genie, fingerprint: Fingerprint, tmp_path: Path, kind: str
) -> None:
    repository = KINDS[kind](genie.folder)
    mark = tmp_path / "mark"
    trap(repository, mark)
    mark.unlink(missing_ok=True)
    staled(repository)
    here = Genie(genie.home, repository)
    before, files = of_git(repository, fingerprint), fingerprint(repository)
    assert len(before) > 20
    done = here("solve", "add(2, 3) gives -1", "--json", "--apply", "--model", here.script(SCRIPT))
    assert done.status == 0, done.err
    assert "a + b" in (repository / "calc.py").read_text()
    assert of_git(repository, fingerprint) == before
    assert here("runs", "undo", "last").status == 0
    for verb in (("doctor",), ("index",), ("search", "add"), ("runs",)):
        here(*verb)
    assert of_git(repository, fingerprint) == before
    assert fingerprint(repository) == files
    assert not mark.exists(), mark.read_text()


def test_the_traps_would_have_been_sprung(repository: Path, fingerprint: Fingerprint, tmp_path: Path) -> None:
    trap(repository, tmp_path / "mark")
    staled(repository)
    before = of_git(repository, fingerprint)
    git(repository, "status")
    assert (tmp_path / "mark").exists()
    assert of_git(repository, fingerprint) != before
