"""What the agent's tests begin with: a run that isn't worked on yet."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from genie_engineer.agent.events import Answered, Asked, Record
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


def answering(run: Run, *answers: str) -> list[Asked]:
    """A user who gives these answers; returns what was asked, as it grows."""
    asked: list[Asked] = []

    def hear(record: Record) -> None:
        if isinstance(record.event, Asked):
            asked.append(record.event)
            run.record(Answered(record.event.id, answers[len(asked) - 1]))

    run.listen(hear)
    return asked
