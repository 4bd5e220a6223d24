"""The editor's definition and reference providers, asked by requests in the reverse direction."""

import asyncio
import os
from pathlib import Path

from pygls.exceptions import JsonRpcException
from pygls.uris import to_fs_path

from ..navigation.places import Place, Read, Wish
from ..protocol.reverse import FoundAt, Locations, Navigate
from .files import look, real
from .places import present
from .wire import Server, ask_client

SECONDS = 10.0


class Providers:
    """A `navigation.editor.EditorProviders` over the wire."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def locate(self, root: Path, wish: Wish, place: Place, read: Read) -> tuple[Place, ...]:
        """The editor's places; none when it gives none in time, or when a text in the copy is another."""
        asked = look(self._server.workspace, root, place.path)
        if not self._is_same(root, place.path, read):
            return ()
        column = _units((asked.lines or ())[place.line - 1][: place.column - 1])
        params = Navigate(asked.uri, place.line - 1, column, wish)
        try:
            answer: Locations = await asyncio.wait_for(
                ask_client(self._server, "genie/navigate", params), SECONDS
            )
        except (JsonRpcException, TimeoutError):
            return ()
        found = tuple(dict.fromkeys(self._place(root, one) for one in answer.locations))
        inside = {one.path for one in found if not Path(one.path).is_absolute()}
        return found if all(self._is_same(root, path, read) for path in inside) else ()

    def _is_same(self, root: Path, path: str, read: Read) -> bool:
        """Whether the copy's text is what the user has, apart from line endings; or both have none."""
        return look(self._server.workspace, root, path).lines == present("", read(path)).lines

    def _place(self, root: Path, found: FoundAt) -> Place:
        path, folder = real(Path(to_fs_path(found.uri) or found.uri)), real(root)
        if not path.startswith(folder + os.sep):
            return Place(path, found.line + 1, found.column + 1)
        name = path[len(folder) + 1 :].replace(os.sep, "/")
        lines = look(self._server.workspace, root, name).lines or ()
        row = lines[found.line] if found.line < len(lines) else ""
        before = row.encode("utf-16-le")[: 2 * found.column].decode("utf-16-le", "ignore")
        return Place(name, found.line + 1, len(before) + 1)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
