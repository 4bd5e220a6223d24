"""How a task begins in the editor: with a ticket, or with a test."""

import asyncio
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

from pygls.uris import to_fs_path

from ..agent.beginnings import Beginning, failed_tests, test_at
from ..agent.repositories import root_of
from ..agent.ticket_task import task_of
from ..config import Settings
from ..errors import SetupError
from ..protocol.starting import BeginningOffer, Beginnings, Cursor, TaskWords
from .files import folder_at, look, real
from .wire import Server


class Starting:
    """`settings` are asked anew each time."""

    def __init__(self, server: Server, settings: Callable[[], Settings]) -> None:
        self._server, self._settings = server, settings

    async def read_task(self, wish: TaskWords) -> TaskWords:
        """The task in words. Raises UsageError and SetupError where a ticket can't be read."""
        text = await task_of(wish.text, folder_at(wish.folder), self._settings())
        return TaskWords(wish.folder, text)

    async def beginnings(self, wish: Cursor) -> Beginnings:
        """What may be meant at this moment; nothing outside of a repository."""
        try:
            root = root_of(folder_at(wish.folder))
        except SetupError:
            return Beginnings(())
        here = self._test_at(root, wish)
        failed = await asyncio.to_thread(failed_tests, root)
        offers = ([here] if here else []) + failed
        return Beginnings(tuple(BeginningOffer(*astuple(one)) for one in offers))

    def _test_at(self, root: Path, wish: Cursor) -> Beginning | None:
        file = Path(real(Path(to_fs_path(wish.uri) or "/")))
        if not wish.uri or not file.is_relative_to(real(root)):
            return None
        path = file.relative_to(real(root)).as_posix()
        lines = look(self._server.workspace, root, path).lines or ()
        return test_at(path, "".join(lines).encode("utf-8", "replace"), wish.line + 1)
