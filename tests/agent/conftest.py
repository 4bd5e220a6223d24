"""What the agent's tests begin with: a run that isn't worked on yet."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from genie_engineer.agent.log import Run
from genie_engineer.agent.solve import begin
from genie_engineer.config import Settings


@pytest.fixture
def begun(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Run]]:
    """Begins the run of a task in the repository, in a home of its own."""
    monkeypatch.setenv("GENIE_HOME", str(tmp_path / "home"))
    with ExitStack() as opened:
        yield lambda task: opened.enter_context(closing(begin(task, repository, Settings(), "scripted")))
