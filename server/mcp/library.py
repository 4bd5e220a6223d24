"""The index of the folder that is served: opened at the first question, brought up to date before each."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from math import inf
from pathlib import Path
from threading import Event
from time import monotonic

from ..agent.codebase import Codebase, users_own
from ..agent.indexing import open_repository_index
from ..agent.lending import PATIENCE
from ..agent.repositories import root_of
from ..config import IndexSettings
from ..errors import GenieError
from ..index.index import Index

FRESH = 1.0
"""Seconds in which what has been looked at needs no second look."""

_log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]


class Stopped(Exception):
    """Ends the update under way; what it has written stays."""


class Library:
    """Owns the opened index of the repository around `folder`, and the thread that updates it."""

    def __init__(self, folder: Path, settings: IndexSettings) -> None:
        self._folder, self._settings = folder, settings
        self._worker = ThreadPoolExecutor(1, "index")
        self._resources = ExitStack()
        self._opened: tuple[Path, Index] | None = None
        self._update: asyncio.Future[None] | None = None
        self._seen, self._trouble = -inf, ""
        self._stop = Event()
        self._listeners: set[Progress] = set()
        self._state = (0, 0)

    async def codebase(self, listen: Progress) -> tuple[Codebase, str]:
        """What there is to look at, and a sentence where that isn't all, or not the newest.

        `listen` hears of files that were looked at, and of how many, while this waits. Raises SetupError,
        UsageError.
        """
        root, index = await self._open()
        return users_own(root, index), await self._refreshed(root, index, listen)

    def end(self) -> None:
        """Stops the update at its next step."""
        self._stop.set()

    async def _open(self) -> tuple[Path, Index]:
        if self._opened is not None:
            return self._opened
        return await asyncio.get_running_loop().run_in_executor(self._worker, self._open_now)

    def _open_now(self) -> tuple[Path, Index]:
        if self._opened is None:
            root = root_of(self._folder)
            index = self._resources.enter_context(open_repository_index(root, self._settings))
            self._opened = root, index
        return self._opened

    async def _refreshed(self, root: Path, index: Index, listen: Progress) -> str:
        if self._update is None and monotonic() - self._seen < FRESH:
            return self._trouble
        update = self._update or self._begin(root, index)
        self._listeners.add(listen)
        try:
            await asyncio.wait((update,), timeout=PATIENCE)
        finally:
            self._listeners.discard(listen)
        if update.done():
            return self._trouble
        done, total = self._state
        so_far = f", {done:,} of {total:,} files so far" if total else ""
        return f"The index is being made{so_far}: there may be more to find."

    def _begin(self, root: Path, index: Index) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        self._state = (0, 0)
        self._update = loop.run_in_executor(self._worker, self._work, root, index, loop)
        self._update.add_done_callback(self._updated)
        return self._update

    def _updated(self, update: asyncio.Future[None]) -> None:
        self._update, self._seen = None, monotonic()
        error = update.exception()
        self._trouble = f"What has changed of late is missing: {error}" if error else ""
        if error and not isinstance(error, GenieError):
            _log.error("The index of %s broke down", self._folder, exc_info=error)

    def _work(self, root: Path, index: Index, loop: asyncio.AbstractEventLoop) -> None:
        def progress(done: int, total: int) -> None:
            if self._stop.is_set():
                raise Stopped
            loop.call_soon_threadsafe(self._advance, done, total)

        index.update(root, progress=progress)

    def _advance(self, done: int, total: int) -> None:
        self._state = (done, total)
        for listen in tuple(self._listeners):
            listen(done, total)
