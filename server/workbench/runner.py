"""One long-lived pytest process per tree, which forks for each candidate.

Starting pytest costs more than a small test does. The other end is probe/genie_serve.py.
"""

import asyncio
import contextlib
import json
import os
import shlex
import time
from dataclasses import dataclass, replace
from typing import Any

from .command import CommandResult, run
from .copy import Workbench
from .testing import Suite, environment, probe_files

_START_SECONDS = 60.0
_OPERATORS = frozenset(";&|<>()\n`$")


def can_serve(command: str) -> bool:
    """Whether `command` is one pytest run and nothing else, so that forking it runs all that it would."""
    if any(character in _OPERATORS for character in command):
        return False
    try:
        words = shlex.split(command)
    except ValueError:
        return False
    names = [os.path.basename(word) for word in words]
    return any(name in ("pytest", "py.test") for name in names)


@dataclass
class Runner:
    """The process, seen from here: `task` ends when it does."""

    task: asyncio.Task[CommandResult]
    requests: int
    replies: asyncio.StreamReader
    transport: asyncio.ReadTransport
    names: tuple[str, str]

    async def ask(self, options: str, seconds: float) -> CommandResult | None:
        """Has the tests run with the probe's options in the file `options`; None if the runner is gone."""
        began = time.monotonic()
        request = json.dumps({"options": options, "limit": seconds}).encode() + b"\n"
        try:
            os.write(self.requests, request)
        except OSError:
            return None
        reply = await self._reply(seconds + _START_SECONDS)
        if reply is None:
            return None
        code, timed_out = int(reply.get("exit", 1)), bool(reply.get("timed_out"))
        return CommandResult(code, time.monotonic() - began, "", False, timed_out)

    async def ready(self) -> bool:
        reply = await self._reply(_START_SECONDS)
        return reply is not None and reply.get("ready") is True

    async def _reply(self, seconds: float) -> dict[str, Any] | None:
        line = asyncio.ensure_future(self.replies.readline())
        try:
            await asyncio.wait((line, self.task), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if not line.done():
                return None
            reply = json.loads(line.result())
        except ValueError:
            return None
        finally:
            line.cancel()
        return reply if isinstance(reply, dict) else None

    async def close(self) -> None:
        """Ends the process and everything below it."""
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(self.task, return_exceptions=True)
        self.transport.close()
        os.close(self.requests)
        for name in self.names:
            with contextlib.suppress(OSError):
                os.unlink(name)


async def start_runner(bench: Workbench, suite: Suite, seconds: float) -> Runner | None:
    """A runner for at most `seconds`, or None where this command can't be served that way."""
    if not can_serve(suite.command):
        return None
    names = (str(bench.scratch / "requests"), str(bench.scratch / "replies"))
    for name in names:
        with contextlib.suppress(OSError):
            os.unlink(name)
        os.mkfifo(name, 0o600)
    requests = os.open(names[0], os.O_RDWR | os.O_NONBLOCK)
    replies = os.fdopen(os.open(names[1], os.O_RDWR | os.O_NONBLOCK), "rb", buffering=0)
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), replies
    )
    files = probe_files(bench, suite, {"serve": list(names)})
    limits = replace(suite.limits, seconds=seconds, output_bytes=20_000)
    command = run(bench, suite.command, limits, suite.sandbox, environment(bench, suite.command, files))
    runner = Runner(asyncio.create_task(command), requests, reader, transport, names)
    try:
        if await runner.ready():
            return runner
    except BaseException:
        await runner.close()
        raise
    await runner.close()
    return None
