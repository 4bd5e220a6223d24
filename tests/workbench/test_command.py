import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from genie_engineer.config import CommandLimits
from genie_engineer.workbench.command import run
from genie_engineer.workbench.copy import Workbench
from genie_engineer.workbench.sandbox import Sandbox

from .conftest import Contents, Sleeper

Make = Callable[[Contents], Awaitable[Workbench]]
LIMITS = CommandLimits(seconds=60.0)


@pytest.mark.parametrize(
    ("command", "code", "output"),
    [
        ("echo out; echo err >&2", 0, "out\nerr\n"),
        ("exit 7", 7, ""),
        ("kill -9 $$", 137, ""),
        ("cat; echo end", 0, "end\n"),
        ("printf 'caf\\351'", 0, "caf\ufffd"),
        ("cat a", 0, "text\n"),
        ('echo "it\'s" $((1 + 1))', 0, "it's 2\n"),
    ],
)
async def test_a_command_gives_its_status_and_output(
    bench_of: Make, sandbox: Sandbox, command: str, code: int, output: str
) -> None:
    result = await run(await bench_of({"a": "text\n"}), command, LIMITS, sandbox)
    assert (result.exit_code, result.output, result.timed_out, result.truncated) == (
        code,
        output,
        False,
        False,
    )


async def test_a_missing_command_is_status_127(bench_of: Make, sandbox: Sandbox) -> None:
    result = await run(await bench_of({}), "no-such-program", LIMITS, sandbox)
    assert result.exit_code == 127
    assert "not found" in result.output


async def test_a_flood_keeps_its_head_and_tail(bench_of: Make, sandbox: Sandbox) -> None:
    limits = CommandLimits(seconds=60.0, output_bytes=10_000)
    command = "echo first; head -c 300000000 /dev/zero | tr '\\0' x; echo; echo last"
    result = await run(await bench_of({}), command, limits, sandbox)
    assert result.truncated
    assert result.output.startswith("first\nxxx")
    assert result.output.endswith("xxx\nlast\n")
    assert len(result.output) < 10_100


async def test_an_endless_flood_ends_with_the_time(bench_of: Make, sandbox: Sandbox) -> None:
    result = await run(await bench_of({}), "yes", CommandLimits(seconds=0.5, output_bytes=1000), sandbox)
    assert (result.exit_code, result.timed_out) == (124, True)


SURVIVORS = {
    "a child in the background": "{} &",
    "a new session": "setsid {} &",
    "a double fork": "(setsid sh -c '{} & exit' &) ; sleep 0.1",
    "a child deaf to SIGTERM": "trap '' TERM HUP INT; {} & setsid {} & disown",
    "a child without our output": "setsid {} >/dev/null 2>&1 </dev/null &",
    "forks that go on": "i=0; while [ $i -lt 40 ]; do setsid sh -c '{} & {}' & i=$((i+1)); done",
}


@pytest.mark.parametrize("kind", SURVIVORS)
async def test_nothing_outlives_a_command_that_ends(
    bench_of: Make, sandbox: Sandbox, sleeper: Sleeper, kind: str
) -> None:
    command = SURVIVORS[kind].replace("{}", sleeper.command) + "\ntrue"
    result = await run(await bench_of({}), command, LIMITS, sandbox)
    assert (result.exit_code, result.timed_out) == (0, False)
    assert sleeper.traces() == []


@pytest.mark.parametrize("kind", SURVIVORS)
async def test_nothing_outlives_a_command_that_hangs(
    bench_of: Make, sandbox: Sandbox, sleeper: Sleeper, kind: str
) -> None:
    command = SURVIVORS[kind].replace("{}", sleeper.command) + f"\ntrap '' TERM; {sleeper.command}; wait"
    result = await run(await bench_of({}), command, CommandLimits(seconds=1.0), sandbox)
    assert result.timed_out
    assert sleeper.traces() == []


async def test_nothing_outlives_a_command_that_is_cancelled(
    bench_of: Make, sandbox: Sandbox, sleeper: Sleeper
) -> None:
    bench = await bench_of({})
    command = f"trap '' TERM; setsid {sleeper.command} & {sleeper.command}"
    task = asyncio.create_task(run(bench, command, LIMITS, sandbox))
    while len(sleeper.alive()) < 2:
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sleeper.traces() == []


async def test_nothing_outlives_a_command_that_is_cancelled_while_it_starts(
    bench_of: Make, sandbox: Sandbox, sleeper: Sleeper
) -> None:
    bench = await bench_of({})
    for polls in range(0, 200, 10):
        task = asyncio.create_task(
            run(bench, f"setsid {sleeper.command} & {sleeper.command}", LIMITS, sandbox)
        )
        for _ in range(polls):
            await asyncio.sleep(0.0002)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert sleeper.traces() == []


OWNER = """
import asyncio, sys
from pathlib import Path
from genie_engineer.config import CommandLimits
from genie_engineer.workbench.command import run
from genie_engineer.workbench.copy import make
from genie_engineer.workbench.sandbox import detect

async def main():
    bench = await make(Path(sys.argv[1]), Path(sys.argv[2]))
    sandbox = await detect(sys.argv[3])
    await run(bench, sys.argv[4], CommandLimits(), sandbox)

asyncio.run(main())
"""


async def test_nothing_outlives_us_when_we_are_killed(
    bench_of: Make, sandbox: Sandbox, sleeper: Sleeper, tmp_path: Path
) -> None:
    bench = await bench_of({})
    mode = "require" if sandbox.program else "off"
    command = f"trap '' TERM; setsid {sleeper.command} & {sleeper.command}"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, "-c", OWNER, str(bench.repository), str(tmp_path / "own"), mode, command]
    with subprocess.Popen(words, env=environment) as owner:
        while len(sleeper.alive()) < 2:
            await asyncio.sleep(0.01)
        owner.send_signal(signal.SIGKILL)
    while sleeper.traces():
        await asyncio.sleep(0.01)


async def test_nothing_outlives_us_when_we_are_killed_while_a_command_starts(
    bench_of: Make, sandbox: Sandbox, sleeper: Sleeper, tmp_path: Path
) -> None:
    bench = await bench_of({})
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    for number in range(3):
        words = [
            str(bench.repository),
            str(tmp_path / f"own-{number}"),
            "require" if sandbox.program else "off",
        ]
        command = f"setsid {sleeper.command} & {sleeper.command}"
        with subprocess.Popen([sys.executable, "-c", OWNER, *words, command], env=environment) as owner:
            while len(sleeper.traces()) < 2 + number:
                await asyncio.sleep(0)
            owner.send_signal(signal.SIGKILL)
        while sleeper.traces():
            await asyncio.sleep(0.01)


async def test_memory_is_bounded(bench_of: Make, sandbox: Sandbox) -> None:
    limits = CommandLimits(seconds=60.0, memory_mb=200)
    command = f'{sys.executable} -c "print(len(bytearray(10**8))); bytearray(10**9)"'
    result = await run(await bench_of({}), command, limits, sandbox)
    assert "100000000" in result.output
    assert "MemoryError" in result.output


async def test_what_is_no_command_is_an_error_of_the_shell(bench_of: Make, sandbox: Sandbox) -> None:
    result = await run(await bench_of({}), "echo 'unclosed", LIMITS, sandbox)
    assert result.exit_code == 2 or result.exit_code == 1
