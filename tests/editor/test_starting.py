"""How tasks begin in the editor: tickets, the test at the cursor, tests that failed last."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from genie_engineer.agent.beginnings import failed_tests
from genie_engineer.agent.events import TaskGiven
from genie_engineer.agent.log import Run
from genie_engineer.agent.tested import TestsRan
from genie_engineer.workbench.report import Frame, TestOutcome
from tests.doubles.ticket_server import TicketServer

from .client import Editor, Refused, editor

TESTS = """import calc


class TestCalc:
    def test_first(self):
        def inner():
            return calc.first()

        assert inner() == 1


def helper():
    return 1


# A remark that belongs to the test.
def test_second():
    assert calc.second() == 2
"""
FAILED = TestOutcome(
    "test_calc.py::test_second", "failed", "assert 3 == 2\nmore", (Frame("calc.py", 9, "second"),)
)
BROKEN = TestOutcome("test_calc.py::test_third", "error", "NameError: x")
SKIPPED = TestOutcome("test_calc.py::test_fourth", "skipped")


@pytest.fixture
def tested(home: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes the log of a run in which tests had these outcomes."""
    monkeypatch.setenv("GENIE_HOME", str(home))

    def write(name: str, *outcomes: TestOutcome, by_test: bool = True) -> None:
        run = Run.create(home / "runs" / name)
        run.record(TaskGiven("Look", str(repository.resolve()), "", "offline"))
        run.record(TestsRan("pytest", "before", 1, len(outcomes), outcomes, 0.1, by_test))
        run.close()

    return write


async def beginnings(client: Editor, repository: Path, file: Path | None = None, line: int = 0) -> list[Any]:
    where = {"folder": str(repository), "uri": file.as_uri() if file else "", "line": line}
    return list((await client.request("genie/beginnings", where))["offers"])


async def test_the_test_at_the_cursor_is_offered(home: Path, repository: Path) -> None:
    file = repository / "test_calc.py"
    file.write_text(TESTS)
    async with editor(home, repository) as client:
        offered = {line: await beginnings(client, repository, file, line - 1) for line in (1, 6, 12, 16, 18)}
        assert [len(offered[line]) for line in offered] == [0, 1, 0, 1, 1]
        assert offered[6][0]["text"] == "Make the test test_first (test_calc.py:5) pass."
        assert offered[16] == offered[18]
        uri = client.open(file)
        client.type(uri, 0, 0, "\n\n")
        [moved] = await beginnings(client, repository, file, 19)
        assert moved["text"] == "Make the test test_second (test_calc.py:19) pass."
        assert await beginnings(client, repository, repository / "calc.py", 4) == []
        assert await beginnings(client, repository, home / "settings.toml", 0) == []
        assert await beginnings(client, home, file, 15) == []


async def test_tests_that_failed_last_are_offered(
    home: Path, repository: Path, tested: Callable[..., None]
) -> None:
    tested("20260101-000000-older-0000", BROKEN)
    tested("20260102-000000-newer-0000", FAILED, SKIPPED)
    async with editor(home, repository) as client:
        [offer] = await beginnings(client, repository)
    assert offer["label"] == "Make test_calc.py::test_second pass"
    assert offer["detail"] == "failed last: assert 3 == 2"
    assert offer["text"] == (
        "The test test_calc.py::test_second fails.\n\nassert 3 == 2\nmore\n\nIt fails at:\n  calc.py:9 second"
    )


def test_several_are_one_task_too_and_nothing_is_made_of_an_exit_status(
    repository: Path, home: Path, tested: Callable[..., None]
) -> None:
    assert failed_tests(repository) == []
    tested("20260102-000000-newer-0000", FAILED, BROKEN)
    together, first, second = failed_tests(repository)
    assert together.text == (
        "2 tests fail.\n\n- test_calc.py::test_second: assert 3 == 2\n"
        "- test_calc.py::test_third: NameError: x"
    )
    assert (first.label, second.label) == (
        "Make test_calc.py::test_second pass",
        "Make test_calc.py::test_third pass",
    )
    (home / "runs" / "20260103-000000-torn-0000").mkdir()
    (home / "runs" / "20260103-000000-torn-0000" / "events.jsonl").write_bytes(b"{torn")
    assert len(failed_tests(repository)) == 3
    tested("20260104-000000-newest-0000", TestOutcome("pytest", "failed"), by_test=False)
    assert failed_tests(repository) == []


async def test_a_ticket_becomes_words_and_words_stay(home: Path, repository: Path) -> None:
    issue = {
        "title": "It breaks",
        "body": "Always.",
        "comments": 0,
        "html_url": "https://github.com/o/r/issues/7",
    }
    table = {"/repos/o/r/issues/7": (200, {}, issue), "/repos/o/r/issues/7/comments": (200, {}, [])}
    with TicketServer(table) as server:
        settings = home / "settings.toml"
        settings.write_text(
            settings.read_text() + f'[tickets."github.com"]\nkind = "github"\napi = "{server.url}"\n'
        )
        async with editor(home, repository) as client:

            async def read(text: str) -> Any:
                wish = {"folder": str(repository), "text": text}
                return (await client.request("genie/readTask", wish))["text"]

            assert await read("https://github.com/o/r/issues/7") == (
                "It breaks\n\nAlways.\n\n(https://github.com/o/r/issues/7)"
            )
            assert await read("second() gives 3") == "second() gives 3"
            with pytest.raises(Refused, match=r"no ticket o/r#8 at github\.com"):
                await read("https://github.com/o/r/issues/8")
            with pytest.raises(Refused, match="no remote named origin"):
                await read("#7")
