"""An agent's end of `genie serve --mcp`: a real process, JSON lines."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Genie

PATIENCE = 60
"""Seconds after which a test gives up waiting for a message."""


class Agent:
    """One conversation. `heard` are the notifications."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process = process
        self.heard: list[Any] = []
        self.answers: dict[Any, Any] = {}
        self._to, self._from = process.stdin, process.stdout
        self._number = 0

    def send(self, line: str) -> None:
        """One line, whatever it is."""
        self._to.write(line.encode() + b"\n")

    def ask(self, method: str, params: Any = None) -> int:
        """Sends a request; its number."""
        self._number += 1
        self.send(json.dumps({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}))
        return self._number

    def notify(self, method: str, params: Any) -> None:
        self.send(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}))

    async def next(self) -> Any:
        """The next message."""
        message = json.loads(await asyncio.wait_for(self._from.readline(), PATIENCE))
        if "method" in message:
            self.heard.append(message)
        else:
            self.answers[message["id"]] = message
        return message

    async def answer(self, number: Any) -> Any:
        """The whole answer to a request."""
        while number not in self.answers:
            await self.next()
        return self.answers.pop(number)

    async def call(self, tool: str, **arguments: Any) -> tuple[str, bool]:
        """What a tool says, and whether it is a failure."""
        told = await self.answer(self.ask("tools/call", {"name": tool, "arguments": arguments}))
        [content] = told["result"]["content"]
        assert content["type"] == "text"
        return content["text"], told["result"]["isError"]

    async def end(self) -> int:
        """Says no more, and waits for the process to end."""
        self._to.close()
        return await asyncio.wait_for(self.process.wait(), PATIENCE)


Serve = Callable[..., AbstractAsyncContextManager[Agent]]


@pytest.fixture
def serve(genie: Genie) -> Serve:
    """Starts the server in the repository, or in `folder`, with `prelude` run before it."""

    @asynccontextmanager
    async def start(prelude: str = "", folder: Path | None = None) -> AsyncIterator[Agent]:
        code = f"{prelude}\nfrom genie_engineer.__main__ import main\nraise SystemExit(main())\n"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", code, "serve", "--mcp"),
            cwd=folder or genie.folder,
            env=os.environ | genie.environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 22,
        )
        try:
            yield Agent(process)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    return start
