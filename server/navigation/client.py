"""One conversation with one language server, over the pipes of a process that somebody else started.

The Language Server Protocol 3.17 as far as definitions and references need it. Messages of the server stay
plain JSON until they are known to be what was asked for, since not every server keeps to the protocol.
"""

import asyncio
import os
from collections import deque
from itertools import count
from pathlib import Path, PurePosixPath
from threading import Event
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.io_ import run_async
from pygls.uris import to_fs_path
from pygls.workspace import PositionCodec

from .. import __version__
from ..errors import NavigationError
from .places import Edited, Gone, Place, Read, Silence, Wish, line_of
from .servers import LanguageServer
from .wire import Bounded, new_wire, quiet

_ENCODINGS = [types.PositionEncodingKind.Utf32, types.PositionEncodingKind.Utf16]
"""The last is what a server uses that says nothing."""
_ABLE = types.ClientCapabilities(
    general=types.GeneralClientCapabilities(position_encodings=_ENCODINGS),
    text_document=types.TextDocumentClientCapabilities(
        definition=types.DefinitionClientCapabilities(link_support=True),
        references=types.ReferenceClientCapabilities(),
        synchronization=types.TextDocumentSyncClientCapabilities(),
    ),
    workspace=types.WorkspaceClientCapabilities(
        configuration=True,
        workspace_folders=True,
        did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
    ),
)


class Client:
    """Owns what the server was told of the files. Every method raises NavigationError when it fails."""

    def __init__(
        self, process: asyncio.subprocess.Process, server: LanguageServer, root: Path, read: Read
    ) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self.pid = process.pid
        self._server, self._root, self._read = server, root, read
        self._codec = PositionCodec(_ENCODINGS[-1])
        self._open: dict[str, tuple[int, str]] = {}
        self._edited: Edited = {}
        self._numbers = count(1)
        self._last_words: deque[str] = deque(maxlen=50)
        self._wire = new_wire({"uri": root.as_uri(), "name": root.name}, server.settings)
        self._wire.set_writer(process.stdin)
        reader = Bounded(process.stdout)
        self._reading = asyncio.create_task(run_async(Event(), reader, self._wire, logger=quiet))
        self._listening = asyncio.create_task(self._listen(process.stderr))

    async def start(self, options: Any, seconds: float) -> None:
        """Initializes the server with its own `options` within `seconds`."""
        uri = self._root.as_uri()
        params = types.InitializeParams(
            process_id=None,  # It may live in another process namespace, where our number means nothing.
            root_uri=uri,
            root_path=str(self._root),
            workspace_folders=[types.WorkspaceFolder(uri, self._root.name)],
            client_info=types.ClientInfo("genie", __version__),
            initialization_options=options,
            capabilities=_ABLE,
        )
        result = await self._ask(types.INITIALIZE, params, seconds)
        able = result.get("capabilities") if isinstance(result, dict) else None
        if not isinstance(able, dict) or not able.get("definitionProvider"):
            raise NavigationError("it knows no definitions")
        encoding = able.get("positionEncoding")
        self._codec = PositionCodec(next((one for one in _ENCODINGS if one == encoding), _ENCODINGS[-1]))
        self._wire.notify(types.INITIALIZED, types.InitializedParams())

    def tell(self, edited: Edited) -> None:
        """Tells which files are other than when the server started."""
        events = [
            types.FileEvent(self._uri(path), _change(*pair))
            for path, pair in edited.items()
            if self._edited.get(path) != pair
        ]
        events += [
            types.FileEvent(self._uri(path), _change(now, before))
            for path, (before, now) in self._edited.items()
            if path not in edited
        ]
        self._edited = dict(edited)
        if events:
            changes = types.DidChangeWatchedFilesParams(events)
            self._wire.notify(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, changes)
        for path in list(self._open):
            self._show(path)

    async def locate(self, wish: Wish, place: Place, seconds: float) -> tuple[Place, ...]:
        """Where the name at `place` is defined or used, in the server's order, without repetitions."""
        self._show(place.path)
        if place.path not in self._open:
            return ()
        _, text = self._open[place.path]
        column = self._codec.client_num_units(line_of(text, place.line)[: place.column - 1])
        document = types.TextDocumentIdentifier(self._uri(place.path))
        position = types.Position(place.line - 1, column)
        if wish == "definition":
            definition = types.DefinitionParams(document, position)
            found = await self._ask(types.TEXT_DOCUMENT_DEFINITION, definition, seconds)
        else:
            context = types.ReferenceContext(include_declaration=False)
            references = types.ReferenceParams(context, document, position)
            found = await self._ask(types.TEXT_DOCUMENT_REFERENCES, references, seconds)
        return self._places(found)

    async def close(self) -> None:
        """Stops listening. The process is its owner's."""
        for task in (self._reading, self._listening):
            task.cancel()
        await asyncio.gather(self._reading, self._listening, return_exceptions=True)

    async def _ask(self, method: str, params: object, seconds: float) -> Any:
        number = f"genie-{next(self._numbers)}"
        answer = asyncio.ensure_future(self._wire.send_request_async(method, params, number))
        try:
            await asyncio.wait((answer, self._reading), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return answer.result()
        except JsonRpcException as error:
            raise NavigationError(f"it answered with an error ({str(error)[:200]})") from error
        finally:
            answer.cancel()
        if self._reading.done():
            raise Gone(await self._end_in_words())
        self._wire.notify(types.CANCEL_REQUEST, types.CancelParams(number))
        raise Silence(f"it gave no answer in {seconds:g} s")

    def _show(self, path: str) -> None:
        """Opens the file with its present text, again if that has changed; closes one that is gone."""
        text = self._read(path)
        version, told = self._open.get(path, (0, None))
        if text == told:
            return
        uri = self._uri(path)
        if version:
            del self._open[path]
            closed = types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri))
            self._wire.notify(types.TEXT_DOCUMENT_DID_CLOSE, closed)
        if text is None:
            return
        self._open[path] = (version + 1, text)
        language = self._server.endings[PurePosixPath(path).suffix.lower()]
        item = types.TextDocumentItem(uri, language, version + 1, text)
        self._wire.notify(types.TEXT_DOCUMENT_DID_OPEN, types.DidOpenTextDocumentParams(item))

    def _places(self, found: Any) -> tuple[Place, ...]:
        if found is None:
            return ()
        try:
            ranges = [_range(one) for one in (found if isinstance(found, list) else [found])]
        except (KeyError, TypeError, ValueError) as error:
            raise NavigationError("its answer is not what the protocol says") from error
        return tuple(dict.fromkeys(self._place(uri, start) for uri, start in ranges))

    def _place(self, uri: str, start: types.Position) -> Place:
        path = os.path.realpath(to_fs_path(uri) or uri)
        root = os.path.realpath(self._root)
        inside = path.startswith(root + os.sep)
        name = path[len(root) + 1 :].replace(os.sep, "/") if inside else path
        text = self._read(name) if inside else None
        row = line_of(text or "", start.line + 1)
        before = self._codec.position_from_client_units([row], types.Position(0, start.character))
        return Place(name, start.line + 1, before.character + 1)

    def _uri(self, path: str) -> str:
        return (self._root / path).as_uri()

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        """Reads the server's errors: unread, a full pipe would stop it."""
        while data := await stream.read(1 << 16):
            self._last_words.extend(data.decode("utf-8", "replace").splitlines())

    async def _end_in_words(self) -> str:
        problem = None if self._reading.cancelled() else self._reading.exception()
        if problem:
            return f"what it sends can't be read ({problem})"
        await asyncio.wait((self._listening,), timeout=1.0)
        said = [line.strip() for line in self._last_words if line.strip()]
        told = [line for line in said if line.lower().startswith("error")] or said[-1:]
        return f"it ended ({told[0][:200]})" if told else "it ended"


def _change(before: bytes | None, now: bytes | None) -> types.FileChangeType:
    if now is None:
        return types.FileChangeType.Deleted
    return types.FileChangeType.Created if before is None else types.FileChangeType.Changed


def _range(found: Any) -> tuple[str, types.Position]:
    """The URI and start of a Location or LocationLink. Raises KeyError, TypeError, ValueError."""
    link = "targetUri" in found
    start = found["targetSelectionRange" if link else "range"]["start"]
    return str(found["targetUri" if link else "uri"]), types.Position(
        int(start["line"]), int(start["character"])
    )
