"""A run of 300 turns and two megabytes of observations: every prompt in its budget, and memory bounded."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest

from bench.long_run import BUDGET, read_on, write_sources
from tests.conftest import git

TURNS = 300


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
    reader = await read_on(repository, TURNS)
    assert len(reader.prompts) == TURNS
    assert reader.seen > 2_000_000
    assert max(reader.prompts) <= BUDGET
    assert mean(reader.prompts[50:]) > BUDGET / 2
    assert mean(reader.shares) > 0.8
    # What is kept is the log: an observation as text and as data, and little besides.
    assert reader.held[-1] - reader.held[0] < 4 * reader.seen
