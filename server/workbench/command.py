"""Runs one command in the workbench, within bounds, and leaves no process behind."""

import asyncio
import contextlib
import os
import shlex
import shutil
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from ..config import CommandLimits
from ..errors import WorkbenchError
from .copy import Workbench
from .environment import scrubbed
from .sandbox import PROBE, Sandbox, bubblewrap_arguments, link_ignored

_BOUNDED = 'ulimit -c 0; ulimit -d "$1" 2>/dev/null || :; exec "$2" -c "$3"'
"""RLIMIT_DATA, not RLIMIT_AS: Node, Go and Java reserve address space by the gigabyte without using it."""

_GRACE = 5.0
_BLOCK = 1 << 16


@dataclass(frozen=True)
class CommandResult:
    """What came of a command. `exit_code` is 128 + n for a process that signal n ended, 124 on time-out.

    `output` is standard output and error; where it was too long, its middle is missing (`truncated`).
    """

    exit_code: int
    seconds: float
    output: str
    truncated: bool
    timed_out: bool


@dataclass
class _Output:
    """The first and last bytes of a stream, `limit` together."""

    limit: int
    head: bytearray = field(default_factory=bytearray)
    tail: bytearray = field(default_factory=bytearray)
    total: int = 0

    def add(self, data: bytes) -> None:
        self.total += len(data)
        room = self.limit // 2 - len(self.head)
        self.head += data[: max(room, 0)]
        self.tail += data[max(room, 0) :]
        if len(self.tail) > self.limit:
            del self.tail[: -(self.limit - self.limit // 2)]

    @property
    def truncated(self) -> bool:
        return self.total > self.limit

    def text(self) -> str:
        if not self.truncated:
            return (self.head + self.tail).decode("utf-8", "replace")
        tail = self.tail[-(self.limit - len(self.head)) :]
        left_out = self.total - len(self.head) - len(tail)
        middle = f"\n… {left_out} bytes left out …\n"
        return self.head.decode("utf-8", "replace") + middle + tail.decode("utf-8", "replace")


async def run(
    bench: Workbench,
    command: str,
    limits: CommandLimits,
    sandbox: Sandbox,
    env: Mapping[str, str] | None = None,
) -> CommandResult:
    """Runs the shell text `command` at the copy's root; `env` is added to the scrubbed environment.

    When this returns or is cancelled, every process that the command started is gone. Raises WorkbenchError
    if nothing could be started.
    """
    environment = scrubbed() | dict(env or {})
    argv = _argv(bench, command, limits, sandbox, environment)
    began = time.monotonic()
    process = await _start(bench, argv, environment, stdin=DEVNULL, stderr=STDOUT)
    output = _Output(max(limits.output_bytes, 2))
    assert process.stdout is not None
    reading = asyncio.create_task(_drain(process.stdout, output))
    timed_out = False
    try:
        await asyncio.wait_for(process.wait(), limits.seconds)
    except TimeoutError:
        timed_out = True
    finally:
        await _whatever_happens(_end(process, reading))
    code = process.returncode or 0
    code = 124 if timed_out else code if code >= 0 else 128 - code
    return CommandResult(code, time.monotonic() - began, output.text(), output.truncated, timed_out)


@asynccontextmanager
async def reader(
    bench: Workbench, words: Sequence[str], limits: CommandLimits, sandbox: Sandbox
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program that reads the copy for as long as it is needed, with pipes for all that it says and hears.

    In bubblewrap the copy is read-only to it. When the context ends, or we are killed, every process that it
    started is gone. Raises WorkbenchError if nothing could be started.
    """
    environment = scrubbed()
    argv = _argv(bench, shlex.join(words), limits, sandbox, environment, writable=False)
    process = await _start(bench, argv, environment, stdin=PIPE, stderr=PIPE)
    try:
        yield process
    finally:
        await _whatever_happens(_end(process, _drained(process)))


def _argv(
    bench: Workbench,
    command: str,
    limits: CommandLimits,
    sandbox: Sandbox,
    environment: Mapping[str, str],
    writable: bool = True,
) -> list[str]:
    shell = shutil.which("bash") or "/bin/sh"
    inner = ["/bin/sh", "-c", _BOUNDED, "sh", str(limits.memory_mb * 1024), shell, command]
    if sandbox.program:
        path = environment.get("PATH", "")
        inner = [*bubblewrap_arguments(sandbox, bench, _words(command), path, writable), *inner]
    else:
        link_ignored(bench)
    return [sys.executable, "-I", "-S", str(PROBE / "genie_reaper.py"), str(os.getpid()), *inner]


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()


async def _start(
    bench: Workbench, argv: list[str], environment: Mapping[str, str], stdin: int, stderr: int
) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *argv,
            cwd=bench.root,
            env=environment,
            stdin=stdin,
            stdout=PIPE,
            stderr=stderr,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise WorkbenchError(f"The command can't be started: {error}.") from error


async def _drain(stream: asyncio.StreamReader, output: _Output) -> None:
    while data := await stream.read(_BLOCK):
        output.add(data)


def _drained(process: asyncio.subprocess.Process) -> asyncio.Future[Any]:
    """Reads what nobody reads any more: asyncio takes a process for ended when its pipes are."""
    streams = [stream for stream in (process.stdout, process.stderr) if stream is not None]
    return asyncio.gather(*(_drain(stream, _Output(2)) for stream in streams))


async def _end(process: asyncio.subprocess.Process, reading: asyncio.Future[Any]) -> None:
    """Ends what still runs, by way of the reaper.

    bubblewrap's --die-with-parent alone is not enough: its inner process misses the death of the outer one
    while it is still setting up its mounts.
    """
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _GRACE)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(reading, _GRACE)


async def _whatever_happens(ending: Coroutine[Any, Any, None]) -> None:
    """Awaits `ending` to its end even if we are cancelled meanwhile, and only then lets that through."""
    task = asyncio.ensure_future(ending)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
