"""`genie serve --mcp`: the methods of the protocol, and the server's life."""

import asyncio
import logging
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from .. import __version__
from ..agent.lending import LENT, look, read_wish
from ..config import Settings
from ..errors import GenieError
from ..models.contract import Json
from ..processes import take_wire
from .library import Library, Progress
from .wire import WRONG_PARAMETERS, Notify, Params, Refused, Wire

VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
"""Of the protocol, the newest first; of what is used here they say the same."""

INSTRUCTIONS = (
    "Genie has an index of the repository {folder}. Begin with search_code: it finds the functions and "
    "classes that a sentence, some names, an error message or a piece of code is about. Paths are relative "
    "to the repository. Nothing here changes a file or runs one."
)


def serve(settings: Settings, folder: Path) -> NoReturn:
    """Serves one agent over standard input and output until it goes; then ends the process."""
    asyncio.run(_live(settings, folder.resolve()))
    raise AssertionError("_live ends the process")


class Server:
    """The methods. `notify` is set once there is a wire."""

    notify: Notify

    def __init__(self, folder: Path, library: Library) -> None:
        self._folder, self._library = folder, library
        self.methods = {
            "initialize": self.initialize,
            "ping": self.ping,
            "tools/list": self.list_tools,
            "tools/call": self.call_tool,
        }

    async def initialize(self, params: Params) -> Json:
        """The client's version of the protocol where we know it, else our newest."""
        wanted = params.get("protocolVersion")
        return {
            "protocolVersion": wanted if wanted in VERSIONS else VERSIONS[0],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "genie", "title": "Genie", "version": __version__},
            "instructions": INSTRUCTIONS.format(folder=self._folder),
        }

    async def ping(self, _: Params) -> Json:
        """Says that we are there."""
        return {}

    async def list_tools(self, _: Params) -> Json:
        """All at once: they are few."""
        return {
            "tools": [
                {
                    "name": tool.name,
                    "description": tool.description,
                    "inputSchema": dict(tool.spec.parameters),
                    "annotations": {"readOnlyHint": True, "openWorldHint": False},
                }
                for tool in LENT.values()
            ]
        }

    async def call_tool(self, params: Params) -> Json:
        """What a tool says. What is wrong with its arguments or the folder is said to the model as well."""
        name, arguments = params.get("name"), params.get("arguments") or {}
        if not isinstance(name, str) or name not in LENT:
            raise Refused(WRONG_PARAMETERS, f"There is no tool {name!r}; there are {', '.join(LENT)}.")
        if not isinstance(arguments, dict):
            raise Refused(WRONG_PARAMETERS, "The arguments of a tool must be an object.")
        try:
            wish = read_wish(name, arguments)
            code, note = await self._library.codebase(self._progress(params))
            seen = await look(name, code, wish)
        except GenieError as error:
            return _content(str(error), ok=False)
        return _content("\n\n".join(filter(None, (note, seen.text))), seen.ok)

    def _progress(self, params: Params) -> Progress:
        meta = params.get("_meta")
        token = meta.get("progressToken") if isinstance(meta, dict) else None

        def progress(done: int, total: int) -> None:
            if token is not None:
                news = {"progressToken": token, "progress": done, "total": total, "message": "Indexing"}
                self.notify("notifications/progress", news)

        return progress


def _content(text: str, ok: bool) -> Json:
    return {"content": [{"type": "text", "text": text}], "isError": not ok}


async def _live(settings: Settings, folder: Path) -> None:
    """Talks until the end, and ends the process: nothing else stops a thread that is deep in an index."""
    library = Library(folder, settings.index)
    server = Server(folder, library)
    wire = Wire(*take_wire(), server.methods)
    server.notify = wire.notify
    me = asyncio.current_task()
    assert me is not None
    with suppress(NotImplementedError):  # Windows
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, me.cancel)
    status = 0
    try:
        await wire.talk()
    except asyncio.CancelledError:
        status = 128 + signal.SIGTERM
    except BrokenPipeError:
        status = 1
    finally:
        library.end()
        logging.shutdown()
        os._exit(status)
