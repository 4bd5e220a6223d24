"""What another agent gets of Genie by MCP: a real process on a real repository."""

import asyncio
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from genie_engineer.agent.lending import LONGEST_TEXT
from genie_engineer.agent.tools import TOOLS
from genie_engineer.mcp.wire import LONGEST_LINE

from .conftest import PATIENCE, Agent, Serve

FRESH = "from genie_engineer.mcp import library\nlibrary.FRESH = 0\n"

HELD = (
    FRESH
    + """
import time
from pathlib import Path
from genie_engineer.index import update
library.PATIENCE = {patience}
update._BATCH_FILES = 1
write = update._write
def held(store, batch, counts):
    while batch.entries[0].path == "zeta.py" and not Path({gate!r}).exists():
        time.sleep(0.01)
    return write(store, batch, counts)
update._write = held
"""
)
"""Each file is a batch, and "zeta.py" isn't indexed before the file `gate` is there."""


@pytest.fixture
def gate(tmp_path: Path, repository: Path) -> Path:
    (repository / "zeta.py").write_text("def in_zeta():\n    return 1\n")
    return tmp_path / "gate"


async def test_an_agent_is_offered_the_engineers_own_tools(serve: Serve) -> None:
    async with serve() as agent:
        begun = await agent.answer(agent.ask("initialize", {"protocolVersion": "2025-06-18"}))
        assert begun["result"]["protocolVersion"] == "2025-06-18"
        assert begun["result"]["capabilities"] == {"tools": {}}
        agent.notify("notifications/initialized", {})
        other = await agent.answer(agent.ask("initialize", {"protocolVersion": "1999-01-01"}))
        assert other["result"]["protocolVersion"] == "2025-11-25"
        told = await agent.answer(agent.ask("tools/list"))
        offered = {tool["name"]: tool for tool in told["result"]["tools"]}
        assert list(offered) == [
            "search_code",
            "list_files",
            "open_file",
            "go_to_definition",
            "find_references",
        ]
        for name, tool in offered.items():
            assert (tool["description"], tool["inputSchema"]) == (
                TOOLS[name].description,
                TOOLS[name].spec.parameters,
            )
            assert tool["annotations"]["readOnlyHint"] is True


async def test_it_finds_follows_and_shows_and_changes_nothing(
    serve: Serve, repository: Path, fingerprint: Callable[[Path], dict[str, str]]
) -> None:
    before = fingerprint(repository)
    async with serve() as agent:
        text, _ = await agent.call("search_code", query="the sum of two numbers: add", limit=3)
        assert "calc.py:1-6  (defines add" in text
        assert "    1  def add(a, b):" in text
        assert (await agent.call("list_files", glob="*.py"))[0].split() == [
            "calc.py",
            "conftest.py",
            "tests/test_calc.py",
        ]
        text, _ = await agent.call("open_file", path="calc.py", start=5, end=5)
        assert text == "calc.py, lines 5-5 of 6\n    5  def mul(a, b):"
        absolute = str(repository / "calc.py")
        assert await agent.call("open_file", path=absolute, start=5, end=5) == (text, False)
        text, _ = await agent.call("go_to_definition", name="mul", path="tests/test_calc.py")
        assert "calc.py:5-6 mul" in text
        text, _ = await agent.call("find_references", name="mul")
        assert "tests/test_calc.py:9-9" in text
        assert await agent.end() == 0
    assert fingerprint(repository) == before


async def test_it_knows_what_was_written_a_moment_ago(serve: Serve, repository: Path) -> None:
    async with serve(FRESH) as agent:
        assert "new.py" not in (await agent.call("search_code", query="brand_new"))[0]
        (repository / "new.py").write_text("def brand_new():\n    return 1\n")
        assert "new.py:1-2  (defines brand_new)" in (await agent.call("search_code", query="brand_new"))[0]


async def test_while_the_index_is_made_it_answers_from_what_is_there(serve: Serve, gate: Path) -> None:
    async with serve(HELD.format(gate=str(gate), patience=0.05)) as agent:
        text = ""
        while "calc.py" not in text:
            text, failed = await agent.call("search_code", query="add")
            assert text.startswith("The index is being made")
            assert not failed
        assert "may be more to find" in (await agent.call("search_code", query="in_zeta"))[0]
        gate.touch()
        while "being made" in text:
            text, _ = await agent.call("search_code", query="in_zeta")
        assert "zeta.py:1-2  (defines in_zeta)" in text


async def test_a_call_that_waits_tells_its_progress_and_can_be_cancelled(serve: Serve, gate: Path) -> None:
    async with serve(HELD.format(gate=str(gate), patience=600)) as agent:
        wish = {"name": "search_code", "arguments": {"query": "add"}}
        given_up = agent.ask("tools/call", wish | {"_meta": {"progressToken": "of mine"}})
        first = await agent.next()
        assert first["method"] == "notifications/progress"
        assert first["params"]["progressToken"] == "of mine"
        assert first["params"]["progress"] < first["params"]["total"] == 4
        agent.notify("notifications/cancelled", {"requestId": given_up})
        agent.notify("notifications/cancelled", {"requestId": "never asked"})
        patient = agent.ask("tools/call", wish | {"_meta": {"progressToken": 7}})
        assert (await agent.answer(agent.ask("ping")))["result"] == {}
        gate.touch()
        assert "calc.py" in json.dumps(await agent.answer(patient))
        assert given_up not in agent.answers
        assert [note["params"]["progress"] for note in agent.heard[1:]] == [2, 3, 4]
        assert {note["params"]["progressToken"] for note in agent.heard[1:]} == {7}


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/etc/passwd", "lies outside of"),
        ("../secret", "leads out of the repository"),
        ("link/secret", "leads out of the repository"),
        (".git/config", "belongs to git"),
        ("tests", "is a folder"),
        ("absent/calc.py", "Perhaps: calc.py"),
        ("huge", "9,000,000 bytes"),
        ("picture", "binary file"),
    ],
)
async def test_what_is_no_file_of_the_repository_is_refused(
    serve: Serve, repository: Path, path: str, why: str
) -> None:
    (repository.parent / "secret").write_text("secret")
    (repository / "link").symlink_to("..")
    (repository / "picture").write_bytes(b"\x89PNG\0\0\xff")
    with (repository / "huge").open("wb") as huge:
        huge.truncate(9_000_000)
    async with serve() as agent:
        text, failed = await agent.call("open_file", path=path)
        assert failed
        assert why in text
        if why.startswith(("lies", "leads", "belongs")):
            assert await agent.call("go_to_definition", name="add", path=path) == (text, True)


async def test_long_answers_are_clipped(serve: Serve, repository: Path) -> None:
    (repository / "long.py").write_text("value = 'a line of forty characters or so'\n" * 5000)
    async with serve() as agent:
        text, _ = await agent.call("open_file", path="long.py")
        assert LONGEST_TEXT - 100 < len(text) < LONGEST_TEXT + 100
        assert text.endswith("more lines are left out. Ask for fewer at a time.")


async def refused(agent: Agent, line: str, number: Any) -> int:
    agent.send(line)
    return int((await agent.answer(number))["error"]["code"])


async def test_nonsense_is_answered_and_ends_nothing(serve: Serve) -> None:
    async with serve() as agent:
        assert await refused(agent, "{not json", None) == -32700
        assert await refused(agent, "[" * 100_000, None) == -32700
        assert await refused(agent, '[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]', None) == -32600
        assert await refused(agent, '{"id": 1, "method": "ping"}', None) == -32600
        assert await refused(agent, '{"jsonrpc": "2.0", "id": [], "method": "ping"}', None) == -32600
        assert (
            await refused(agent, '{"jsonrpc": "2.0", "id": "a", "method": "resources/list"}', "a") == -32601
        )
        assert await refused(
            agent, '{"jsonrpc": "2.0", "id": "b", "method": "ping", "params": [1]}', "b"
        ) == (-32602)
        assert await refused(agent, json.dumps({"long": "x" * 2 * LONGEST_LINE}), None) == -32600
        agent.send("")
        unknown = await agent.answer(agent.ask("tools/call", {"name": "rm", "arguments": {}}))
        assert "There is no tool 'rm'" in unknown["error"]["message"]
        text, failed = await agent.call("search_code", question="what?")
        assert failed
        assert "Wrong arguments for search_code" in text
        assert "calc.py" in (await agent.call("search_code", query="add"))[0]


async def test_a_folder_that_is_no_repository_is_said_to_be_none(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    async with serve(folder=tmp_path / "plain") as agent:
        assert "result" in await agent.answer(agent.ask("initialize", {}))
        text, failed = await agent.call("search_code", query="add")
        assert failed
        assert "is not in a git repository" in text


async def test_it_ends_with_all_its_processes_when_it_is_told_to(serve: Serve, gate: Path) -> None:
    async with serve(HELD.format(gate=str(gate), patience=600)) as agent:
        agent.ask(
            "tools/call",
            {"name": "search_code", "arguments": {"query": "add"}, "_meta": {"progressToken": 1}},
        )
        await agent.next()
        family = psutil.Process(agent.process.pid).children(recursive=True)
        agent.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(agent.process.wait(), PATIENCE) == 128 + signal.SIGTERM
        _, left = await asyncio.to_thread(psutil.wait_procs, family, PATIENCE)
        assert left == []
