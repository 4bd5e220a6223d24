"""JSON-RPC 2.0 as MCP has it over stdio: one message a line, requests cancelled by a notification.

https://modelcontextprotocol.io/specification/2025-11-25/basic
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import BinaryIO

from ..models.contract import Json

LONGEST_LINE = 1 << 20
MOST_REQUESTS = 64
"""At once; nothing that a model asks comes near it."""

NOT_JSON, NO_REQUEST, NO_METHOD, WRONG_PARAMETERS, OWN_FAULT = -32700, -32600, -32601, -32602, -32603

_log = logging.getLogger(__name__)

Params = Mapping[str, Json]
Notify = Callable[[str, Params], None]


class Refused(Exception):
    """A request that is answered by an error: its code, and a sentence."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Wire:
    """One conversation. `methods` answer requests: from their parameters to a result. They raise Refused."""

    def __init__(
        self, stdin: BinaryIO, stdout: BinaryIO, methods: Mapping[str, Callable[[Params], Awaitable[Json]]]
    ) -> None:
        self._stdin, self._stdout, self._methods = stdin, stdout, methods
        self._open: dict[str | int, asyncio.Future[Json]] = {}

    async def talk(self) -> None:
        """Until the other side has said all and is answered. Raises BrokenPipeError if it doesn't listen."""
        loop, reader = asyncio.get_running_loop(), ThreadPoolExecutor(1, "stdin")
        while line := await loop.run_in_executor(reader, self._stdin.readline, LONGEST_LINE):
            if line.endswith(b"\n"):
                self._take(line)
                continue
            while line and not line.endswith(b"\n"):
                line = await loop.run_in_executor(reader, self._stdin.readline, LONGEST_LINE)
            self._refuse(None, Refused(NO_REQUEST, f"A message has at most {LONGEST_LINE:,} bytes."))
        if self._open:
            await asyncio.wait(self._open.values())

    def notify(self, method: str, params: Params) -> None:
        """Says something that isn't answered."""
        self._send({"method": method, "params": dict(params)})

    def _take(self, line: bytes) -> None:
        if not line.strip():
            return
        try:
            message = json.loads(line)
        except (ValueError, RecursionError) as error:
            self._refuse(None, Refused(NOT_JSON, f"A message must be JSON on one line ({error})."))
            return
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            self._refuse(None, Refused(NO_REQUEST, "A message must be one JSON-RPC 2.0 object."))
            return
        number, method, params = message.get("id"), message.get("method"), message.get("params") or {}
        if method == "notifications/cancelled" and isinstance(params, dict):
            self._cancel(params.get("requestId"))
        elif method is not None and isinstance(number, str | int):
            self._begin(number, method, params)
        elif method is not None and "id" in message:
            self._refuse(None, Refused(NO_REQUEST, "The id of a request must be a string or an integer."))

    def _begin(self, number: str | int, method: Json, params: Json) -> None:
        try:
            if number in self._open:
                raise Refused(NO_REQUEST, f"The id {number!r} is that of a request that is still open.")
            if not isinstance(method, str) or method not in self._methods:
                raise Refused(NO_METHOD, f"There is no method {method!r}.")
            if not isinstance(params, dict):
                raise Refused(WRONG_PARAMETERS, "The parameters must be an object.")
            if len(self._open) >= MOST_REQUESTS:
                raise Refused(OWN_FAULT, f"{MOST_REQUESTS} requests are open. Wait for their answers.")
        except Refused as why:
            self._refuse(number, why)
            return
        task = asyncio.ensure_future(self._methods[method](params))
        self._open[number] = task
        task.add_done_callback(partial(self._answer, number))

    def _answer(self, number: str | int, task: asyncio.Future[Json]) -> None:
        """A cancelled request has no answer."""
        del self._open[number]
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            self._send({"id": number, "result": task.result()})
        elif isinstance(error, Refused):
            self._refuse(number, error)
        else:
            _log.error("A request broke down", exc_info=error)
            said = f"Genie itself failed ({type(error).__name__}: {error})."
            self._refuse(number, Refused(OWN_FAULT, said))

    def _cancel(self, number: Json) -> None:
        task = self._open.get(number) if isinstance(number, str | int) else None
        if task:
            task.cancel()

    def _refuse(self, number: Json, why: Refused) -> None:
        self._send({"id": number, "error": {"code": why.code, "message": str(why)}})

    def _send(self, message: dict[str, Json]) -> None:
        """Waits for a reader that is slow, so that nothing piles up here."""
        self._stdout.write(json.dumps({"jsonrpc": "2.0"} | message).encode() + b"\n")
        self._stdout.flush()
