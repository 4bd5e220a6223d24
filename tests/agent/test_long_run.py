"""A run of 300 turns and two megabytes of observations: every prompt in its budget, and memory bounded."""

import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import mean

import pytest

from genie_engineer.agent.events import ToolAnswered
from genie_engineer.agent.solve import begin, work
from genie_engineer.config import IndexSettings, Limits, Settings
from tests.conftest import git
from tests.doubles.reader import Reader, write_sources

TURNS, BUDGET = 300, 60_000


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


async def test_300_turns(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, traced: None
) -> None:
    monkeypatch.setenv("GENIE_HOME", str(tmp_path / "home"))
    write_sources(repository / "src")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "sources")
    limits = Limits(turns=TURNS, tokens=10**9, seconds=3600, context_tokens=BUDGET)
    settings = Settings(limits=limits, index=IndexSettings(vectors="off"))
    reader = Reader()
    with closing(begin("Read the parts.", repository, settings, reader.name)) as run:
        await work(run, reader, settings, headless=True)
    assert run.state.finished is not None
    assert run.state.finished.limit == "turns"
    assert len(reader.prompts) == TURNS
    assert all(one.event.ok for one in run.records if isinstance(one.event, ToolAnswered))
    assert reader.seen > 2_000_000
    assert max(reader.prompts) <= BUDGET
    assert mean(reader.prompts[50:]) > BUDGET / 2
    assert mean(reader.shares) > 0.8
    # What is kept is the log: an observation as text and as data, and little besides.
    assert reader.held[-1] - reader.held[0] < 4 * reader.seen
