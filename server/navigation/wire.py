"""JSON-RPC from the client's side: pygls' protocol, with what any server may send taken care of.

Contents stay plain JSON until they are known to be what was asked for: not every server keeps to the letter
of the protocol, and pygls would make nested named tuples of them.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from lsprotocol import types
from pygls.client import JsonRPCClient
from pygls.protocol import (
    JsonRPCNotification,
    JsonRPCProtocol,
    JsonRPCRequestMessage,
    JsonRPCResponseMessage,
)

MOST_BYTES = 1 << 26
"""Of one message: what is read into our own memory must have a bound."""

quiet = logging.getLogger(__name__)
"""Where pygls reports what a server sends wrongly, at length: nothing that a user could mend."""
quiet.setLevel(logging.CRITICAL)


class Wire(JsonRPCProtocol):
    """Answers the server's requests as a client that changes nothing, and doesn't listen to its news."""

    folder: Mapping[str, str]
    settings: Mapping[str, Any]

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Called for each JSON object; those that are messages become envelopes."""
        if "jsonrpc" not in data:
            return data
        version, number = data["jsonrpc"], data.get("id")
        if "method" in data:
            method, params = data["method"], data.get("params")
            if number is None:
                return JsonRPCNotification(method, version, params)
            return JsonRPCRequestMessage(number, method, version, params)
        self._result_types.pop(number or 0, None)  # pygls pops it where it structures the answer.
        error = data.get("error")
        if error is None:
            return JsonRPCResponseMessage(number or 0, version, data.get("result"))
        told = types.ResponseError(int(error["code"]), str(error["message"]))
        return types.ResponseErrorMessage(number, told)

    def _handle_notification(self, method_name: str, params: Any) -> None:
        """Logs, progress and diagnostics are nothing to us."""

    def _handle_request(self, msg_id: int | str, method_name: str, params: Any) -> None:
        result: Any = None
        if method_name == types.WORKSPACE_CONFIGURATION:
            result = [self.settings.get(item.get("section")) for item in params["items"]]
        elif method_name == types.WORKSPACE_WORKSPACE_FOLDERS:
            result = [self.folder]
        elif method_name == types.WORKSPACE_APPLY_EDIT:
            result = {"applied": False, "failureReason": "Genie asks only."}
        # Not by pygls' own method, which looks up its type by number, also among numbers of ours.
        self._send_data(JsonRPCResponseMessage(msg_id, self.VERSION, result))


def new_wire(folder: Mapping[str, str], settings: Mapping[str, Any]) -> Wire:
    """A conversation not yet connected, about one workspace folder (`uri`, `name`)."""
    wire = JsonRPCClient(Wire).protocol
    assert isinstance(wire, Wire)
    wire.folder, wire.settings = folder, settings
    return wire


class Bounded:
    """A stream that refuses messages that are too long."""

    def __init__(self, stream: asyncio.StreamReader) -> None:
        self._stream = stream

    async def readline(self) -> bytes:
        """As pygls' readers have it."""
        return await self._stream.readline()

    async def readexactly(self, n: int) -> bytes:
        """Raises ValueError, which ends the conversation."""
        if n > MOST_BYTES:
            raise ValueError(f"The server sends {n} bytes at once.")
        return await self._stream.readexactly(n)
