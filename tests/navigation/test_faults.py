"""Servers that crash, hang, flood, grow and multiply, each a real process; and the end of all of them."""

import asyncio
import contextlib
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from genie_engineer.errors import NavigationError
from genie_engineer.navigation.places import Place
from genie_engineer.navigation.seat import MOST_FAILURES, REST_SECONDS
from genie_engineer.workbench.files import write

from .conftest import FAKE, USES, Ground, Lay, place

CALL = place(USES, "uses.py", "area()")
SHORT = 0.2


async def refusal(ground: Ground, where: Place = CALL) -> str:
    with pytest.raises(NavigationError) as refused:
        await ground.locate("definition", where)
    return str(refused.value)


async def family(process: psutil.Process) -> list[psutil.Process]:
    """All processes below one, as soon as the detached sleeper is among them."""
    while True:
        found = process.children(recursive=True)
        with contextlib.suppress(psutil.Error):
            if any("1000000" in one.cmdline() for one in found):
                return found
        await asyncio.sleep(0.01)


async def test_a_good_answer_comes_back_in_our_columns(lay: Lay) -> None:
    ground = await lay("behaves")
    answer = await ground.locate("definition", CALL)
    assert answer is not None
    assert answer.places == (CALL,)


async def test_links_are_read_once_and_by_the_name(lay: Lay) -> None:
    ground = await lay("links")
    answer = await ground.locate("definition", CALL)
    assert answer is not None
    assert answer.places == (Place("uses.py", 5, 7),)


async def test_the_servers_own_requests_and_noise_are_taken(lay: Lay) -> None:
    ground = await lay("chatters")
    assert await ground.found("definition", CALL) == [("uses.py", CALL.line)]


async def test_a_server_is_given_its_settings(lay: Lay) -> None:
    command = shlex.join([sys.executable, str(FAKE), "configures"])
    ground = await lay(servers={"TypeScript": command})
    write(ground.bench, "a.ts", b"area()\n")
    assert '"useSyntaxServer": "never"' in await refusal(ground, Place("a.ts", 1, 1))


async def test_a_server_that_still_reads_the_project_is_asked_again_once(lay: Lay) -> None:
    ground = await lay(servers={"TypeScript": shlex.join([sys.executable, str(FAKE), "warms up"])})
    write(ground.bench, "a.ts", b"area()\n")
    assert await ground.found("definition", Place("a.ts", 1, 1)) == [("a.ts", 1)]
    assert await ground.found("definition", Place("a.ts", 1, 1)) == []


async def test_a_crash_is_told_rested_from_and_in_the_end_final(lay: Lay) -> None:
    ground = await lay("crashes")
    for number in range(1, MOST_FAILURES + 1):
        assert "it ended (Error: a fine mess)" in await refusal(ground)
        assert "not started again" in await refusal(ground)
        assert len(ground.started) == number
        ground.now[0] += REST_SECONDS * 2**number
    assert f"after {MOST_FAILURES} failures it is not started again" in await refusal(ground)
    assert len(ground.started) == MOST_FAILURES


@pytest.mark.parametrize(("fault", "why"), [("can't start", "no such toolchain"), ("dull", "no definitions")])
async def test_a_server_that_cannot_start_says_why(lay: Lay, fault: str, why: str) -> None:
    ground = await lay(fault)
    assert why in await refusal(ground)
    assert ground.alive() == []


async def test_a_server_that_never_starts_is_ended(lay: Lay) -> None:
    ground = await lay("never starts", start_seconds=SHORT)
    assert "no answer in 0.2 s" in await refusal(ground)
    assert ground.alive() == []


async def test_a_program_that_is_not_there_is_no_server(lay: Lay) -> None:
    ground = await lay(servers={"Python": "no-such-language-server"})
    assert await ground.locate("definition", CALL) is None


async def test_one_silence_is_forgiven_and_two_are_not(lay: Lay) -> None:
    ground = await lay("hangs", answer_seconds=SHORT)
    assert "no answer in 0.2 s" in await refusal(ground)
    assert len(ground.alive()) == 1
    assert "no answer in 0.2 s" in await refusal(ground)
    assert ground.alive() == []


async def test_a_flood_ends_the_conversation(lay: Lay) -> None:
    ground = await lay("floods")
    assert "99999999999 bytes" in await refusal(ground)
    assert ground.alive() == []


@pytest.mark.parametrize(("fault", "why"), [("rambles", "protocol"), ("refuses", "no identifier here")])
async def test_a_wrong_answer_costs_the_server_nothing(lay: Lay, fault: str, why: str) -> None:
    ground = await lay(fault)
    for _ in range(MOST_FAILURES + 1):
        assert why in await refusal(ground)
    assert len(ground.alive()) == len(ground.started) == 1


async def test_an_idle_server_is_ended_and_comes_again(lay: Lay) -> None:
    ground = await lay("behaves", idle_seconds=600)
    await ground.locate("definition", CALL)
    ground.now[0] += 599
    await ground.pool.tend()
    assert len(ground.alive()) == 1
    ground.now[0] += 1
    await ground.pool.tend()
    assert ground.alive() == []
    assert await ground.found("definition", CALL) == [("uses.py", CALL.line)]


async def test_a_server_that_grows_is_ended(lay: Lay) -> None:
    ground = await lay("grows", memory_mb=200)
    answer = await ground.locate("definition", CALL)
    assert answer is not None
    assert answer.megabytes > 200
    await ground.pool.tend()
    assert ground.alive() == []
    assert "navigation.memory_mb" in await refusal(ground)


async def test_a_server_that_keeps_within_its_memory_stays(lay: Lay) -> None:
    ground = await lay("grows", memory_mb=2000)
    await ground.locate("definition", CALL)
    await ground.pool.tend()
    assert len(ground.alive()) == 1


async def test_what_a_server_detached_ends_with_it(lay: Lay) -> None:
    ground = await lay("multiplies")
    await ground.locate("definition", CALL)
    (server,) = ground.started
    children = await family(server)
    await ground.pool.close()
    assert [child for child in children if child.is_running()] == []


async def test_being_cancelled_while_it_starts_leaves_nothing(lay: Lay) -> None:
    ground = await lay("never starts")
    asking = asyncio.create_task(ground.locate("definition", CALL))
    while not ground.started:
        await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert ground.alive() == []


async def test_no_server_is_asked_where_there_is_none(lay: Lay) -> None:
    ground = await lay("behaves")
    assert await ground.locate("definition", Place("notes.txt", 1, 1)) is None
    off = await lay("behaves", language_servers=False)
    assert await off.locate("definition", CALL) is None
    none = await lay(servers={"Python": ""})
    assert await none.locate("definition", CALL) is None
    assert ground.started == off.started == none.started == []


OWNER = """
import asyncio, sys
from pathlib import Path
from genie_engineer.config import CommandLimits, NavigationSettings
from genie_engineer.navigation.places import Place
from genie_engineer.navigation.pool import Pool
from genie_engineer.workbench.command import reader
from genie_engineer.workbench.copy import make
from genie_engineer.workbench.sandbox import detect

async def main(repository, folder, mode, command):
    bench = await make(Path(repository), Path(folder))
    sandbox = await detect(mode)
    start = lambda words: reader(bench, words, CommandLimits(), sandbox)
    settings = NavigationSettings(servers={"python": command})
    pool = Pool(sandbox.place(bench), bench.repository, lambda path: "area()", start, settings)
    await pool.locate("definition", Place("uses.py", 1, 1), {})
    print("answered", flush=True)
    await asyncio.Event().wait()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize("mode", ["off", "require"])
async def test_nothing_outlives_us_when_we_are_killed(lay: Lay, tmp_path: Path, mode: str) -> None:
    ground = await lay("behaves")
    command = shlex.join([sys.executable, str(FAKE), "multiplies"])
    words = [sys.executable, "-c", OWNER, str(ground.bench.repository), str(tmp_path / "own"), mode, command]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"answered\n"
        below = await family(psutil.Process(owner.pid))
        owner.send_signal(signal.SIGKILL)
    psutil.wait_procs(below, timeout=60)
    assert [one for one in below if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []
