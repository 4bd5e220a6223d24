"""Programs that go on and only read, such as language servers."""

import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from genie_engineer.config import CommandLimits
from genie_engineer.errors import WorkbenchError
from genie_engineer.workbench.command import reader
from genie_engineer.workbench.copy import Workbench
from genie_engineer.workbench.sandbox import Sandbox

from .conftest import Contents, Sleeper

Make = Callable[[Contents], Awaitable[Workbench]]
LIMITS = CommandLimits()

TELL = """
import json, os, sys

def works(path, mode):
    try:
        open(path, mode).close()
    except OSError:
        return False
    return True

for line in sys.stdin:
    told = {"secret": "MY_API_TOKEN" in os.environ, "ignored": os.listdir("deps"),
            "writes": works("new", "w"), "changes": works("a", "a"),
            "network": [line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line]}
    print(json.dumps(told), flush=True)
"""


async def test_a_reader_talks_through_pipes_and_sees_the_copy(bench_of: Make, sandbox: Sandbox) -> None:
    bench = await bench_of({"a": "text\n"})
    async with reader(bench, ["sh", "-c", "cat a; echo oh >&2; cat; pwd"], LIMITS, sandbox) as process:
        out, err = await process.communicate(b"said\n")
    assert out.decode() == f"text\nsaid\n{sandbox.place(bench)}\n"
    assert err == b"oh\n"


async def test_in_the_sandbox_a_reader_only_reads(
    bench_of: Make, bubblewrap: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_API_TOKEN", "x")
    bench = await bench_of({"a": "text\n", ".gitignore": "deps/\n", "tell.py": TELL})
    (bench.repository / "deps").mkdir()
    (bench.repository / "deps" / "d").touch()
    bench = replace(bench, ignored=("deps",))
    async with reader(bench, [sys.executable, "tell.py"], LIMITS, bubblewrap) as process:
        out, _ = await process.communicate(b"tell\n")
    assert json.loads(out) == {
        "secret": False,
        "ignored": ["d"],
        "writes": False,
        "changes": False,
        "network": ["lo"],
    }


async def test_nothing_outlives_the_context(bench_of: Make, sandbox: Sandbox, sleeper: Sleeper) -> None:
    bench = await bench_of({})
    script = f"trap '' TERM; setsid {sleeper.command} & echo on; {sleeper.command}"
    async with reader(bench, ["bash", "-c", script], LIMITS, sandbox) as process:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"on\n"
    assert sleeper.traces() == []


async def test_a_reader_that_nobody_listens_to_is_ended_too(bench_of: Make, sandbox: Sandbox) -> None:
    bench = await bench_of({})
    async with reader(bench, ["yes"], LIMITS, sandbox) as process:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"y\n"
    assert process.returncode is not None


async def test_what_cannot_be_started_is_told(bench_of: Make, sandbox: Sandbox) -> None:
    bench = await bench_of({})
    bench.root.rename(bench.root.with_name("gone"))
    with pytest.raises(WorkbenchError):
        async with reader(bench, ["true"], LIMITS, sandbox):
            pass
