"""One repository's index, kept up to date: begun, paused, begun anew, and told of what has changed."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..agent.indexing import open_repository_index
from ..config import IndexSettings
from ..errors import GenieError, SetupError
from ..index.embedding import Embedded
from ..index.index import Index
from ..index.update import Counts
from ..processes import resident_bytes
from ..protocol.index import IndexPhase, IndexState

MANY = 200
"""More changed files than this are a change of branch: everything is looked at, not each of them."""

_log = logging.getLogger(__name__)


class Stopped(Exception):
    """Ends the update under way; what it has written stays."""


class Upkeep:
    """Owns the opened index of the repository at `root`, and the task that keeps it up to date.

    Work begins at once, in a thread of `worker`, one piece after the other: first the words, then vectors,
    a second's worth at a time. `told` is called on the event loop whenever `state` is another one.
    `settings` are asked when the index is opened. All methods but `index` belong on the event loop.
    """

    def __init__(
        self, root: Path, worker: Executor, told: Callable[[], None], settings: Callable[[], IndexSettings]
    ) -> None:
        self.root = root
        self._settings = settings
        self._vectors: Iterator[Embedded] | None = None
        self._saved: set[str] = set()
        self.state = IndexState(str(root), "indexing")
        self._worker = worker
        self._told = told
        self._opened: Index | None = None
        self._opening = threading.Lock()
        self._resources = ExitStack()
        self._all = True
        self._anew = False
        self._paths: set[str] = set()
        self._paused = False
        self._stop = threading.Event()
        self._due = asyncio.Event()
        self._idle = asyncio.Event()
        self._settled = asyncio.Event()
        self._taken_in = asyncio.Event()
        self._taken_in.set()
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._keep(), name=f"index of {root}")
        self._due.set()

    def index(self) -> Index:
        """The opened index, also for a search while it is updated. Blocks. Raises SetupError, UsageError."""
        with self._opening:
            if self._opened is None:
                self._opened = self._resources.enter_context(
                    open_repository_index(self.root, self._settings())
                )
            return self._opened

    def changed(self, paths: Iterable[str], everything: bool = False) -> None:
        """Takes in some files (relative to the root), or looks at everything; when paused, later."""
        self._paths.update(paths)
        self._all = self._all or everything or len(self._paths) > MANY
        if not self._paused:
            self._taken_in.clear()
        self._due.set()

    async def pause(self) -> None:
        """Stops the work until `resume`; returns when it has stopped."""
        self._paused = True
        self._stop.set()
        self._taken_in.set()
        self._tell("paused")
        await self._idle.wait()

    def resume(self) -> None:
        """Goes on where it was paused: what is written by then is only looked at."""
        self._paused = False
        self._due.set()

    def update(self) -> None:
        """Looks at everything, also when paused or failed."""
        self._all = True
        self.resume()

    def rebuild(self) -> None:
        """Forgets everything and begins anew, also when paused or failed."""
        self._anew = True
        self._vectors = None
        self._stop.set()
        self.update()

    def reopen(self) -> None:
        """Opens the index as the settings now have it; what searches at this moment keeps the one before."""
        with self._opening:
            self._opened = None
        self.update()

    async def settled(self, seconds: float) -> bool:
        """Waits while everything is looked at; whether that is done."""
        return await _happens(self._settled, seconds)

    async def taken_in(self, seconds: float) -> bool:
        """Waits for what `changed` was told, unless it is put off: paused, or a part of everything."""
        return await _happens(self._taken_in, seconds)

    def end(self) -> None:
        """Ends the work at its next step. Nothing is lost if the process goes before that."""
        self._stop.set()
        self._task.cancel()

    async def _keep(self) -> None:
        while True:
            while self._vectors is not None and not self._paused and not self._due.is_set():
                self._idle.clear()
                await self._embed()
            self._idle.set()
            await self._due.wait()
            self._due.clear()
            if self._paused:
                continue
            self._idle.clear()
            if self._all or self._paths:
                await self._take_in()
            else:
                self._tell("ready")

    async def _take_in(self) -> None:
        everything, anew, paths = self._all, self._anew, tuple(self._paths)
        self._all = self._anew = False
        self._paths.clear()
        self._stop.clear()
        if everything:
            self._tell("indexing", done=0, total=0)
            self._taken_in.set()
        done = self._loop.run_in_executor(self._worker, self._work, everything, anew, paths)
        await asyncio.wait([done])
        error = done.exception()
        if error is None:
            counts = done.result()
            self._embed_next(everything, paths)
            known = 0 if everything else self.state.embedded
            phase: IndexPhase = "paused" if self._paused else "ready"
            self._tell(phase, files=counts.files, chunks=counts.chunks, embedded=known)
        elif isinstance(error, Stopped):
            self._all = True
        else:
            self._fail(error)
        if not self._due.is_set():
            self._taken_in.set()

    def _embed_next(self, everything: bool, paths: tuple[str, ...]) -> None:
        """Some files' new chunks get their vectors when all others have theirs."""
        if everything:
            self._saved.clear()
            self._vectors = self.index().embed()
        else:
            self._saved.update(paths)
            self._vectors = self._vectors or self._of_saved()

    def _of_saved(self) -> Iterator[Embedded] | None:
        paths, self._saved = self._saved, set()
        return self.index().embed(paths) if paths else None

    async def _embed(self) -> None:
        """One step of making vectors. Where that fails, searches go by words: the index is none the worse."""
        assert self._vectors is not None
        done = self._loop.run_in_executor(self._worker, next, self._vectors, None)
        await asyncio.wait([done])
        error = done.exception()
        step = None if error else done.result()
        if error is not None:
            _log.warning("No vectors for %s: %s", self.root, error)
            self._tell(self.state.state, trouble=str(error))
        elif step is not None:
            self._tell(self.state.state, embedded=max(step.done, self.state.embedded), trouble="")
        if step is None:
            self._vectors = self._of_saved()
            if error is None and self.state.embedded and self._vectors is None:
                self._tell(self.state.state, embedded=self.state.chunks)

    def _work(self, everything: bool, anew: bool, paths: tuple[str, ...]) -> Counts:
        self._go_on()
        if not self.root.is_dir():
            raise SetupError(f"{self.root} is no longer there.")
        index = self.index()
        if anew:
            index.rebuild()
        if everything:
            return index.update(self.root, progress=self._progress)
        return index.refresh(self.root, paths)

    def _progress(self, done: int, total: int) -> None:
        """Called in the worker's thread."""
        self._go_on()
        self._loop.call_soon_threadsafe(self._advance, done, total)

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise Stopped

    def _advance(self, done: int, total: int) -> None:
        self._tell(self.state.state, done=done, total=total)

    def _fail(self, error: BaseException) -> None:
        """What was to be taken in is lost: the next change leads to a look at everything."""
        self._all = True
        if isinstance(error, GenieError):
            self._tell("failed", message=str(error))
        else:
            _log.error("The index of %s broke down", self.root, exc_info=error)
            self._tell("failed", message=f"Genie itself failed ({type(error).__name__}: {error}).")

    def _tell(self, phase: IndexPhase, **news: Any) -> None:
        memory = resident_bytes() // 1_000_000
        self.state = replace(self.state, state=phase, memory_mb=memory, **({"message": ""} | news))
        if phase == "indexing":
            self._settled.clear()
        else:
            self._settled.set()
        self._told()


async def _happens(event: asyncio.Event, seconds: float) -> bool:
    """Whether it does within so many seconds."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()
