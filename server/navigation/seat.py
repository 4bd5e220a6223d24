"""One language server's life: started when it is asked, ended when it fails, started again after a rest."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from ..config import NavigationSettings
from ..errors import NavigationError, WorkbenchError
from .places import Edited, Gone, Place, Read, Silence, Wish
from .servers import LanguageServer, name_of, options_for

if TYPE_CHECKING:
    from .client import Client

Start = Callable[[Sequence[str]], AbstractAsyncContextManager[asyncio.subprocess.Process]]
"""Starts a command with pipes at the folder; at the end of the context nothing of it is left."""

FIRST_PAUSE = 0.1
MOST_FAILURES = 3
MOST_SILENCES = 2
REST_SECONDS = 10.0
"""After the first failure; twice as long after the second."""


class Seat:
    """Owns the server's process while there is one. It is asked one question after the other."""

    def __init__(
        self,
        server: LanguageServer,
        command: tuple[str, ...],
        start: Start,
        settings: NavigationSettings,
        clock: Callable[[], float],
    ) -> None:
        self.language, self.name = server.language, name_of(command)
        self._server, self._command, self._start = server, command, start
        self._settings, self._clock = settings, clock
        self._asking = asyncio.Lock()
        self._life = AsyncExitStack()
        self._client: Client | None = None
        self._used = clock()
        self._silences = self._failures = 0
        self._rests_until = 0.0
        self._trouble = ""
        self._is_warm = False

    @property
    def is_running(self) -> bool:
        """Whether there is a process."""
        return self._client is not None

    @property
    def idle_seconds(self) -> float:
        """Since the last answer; 0 while it is asked."""
        return 0.0 if self._asking.locked() else self._clock() - self._used

    async def locate(
        self, wish: Wish, place: Place, edited: Edited, root: Path, read: Read
    ) -> tuple[Place, ...]:
        """Asks the server for files below `root`. Raises NavigationError: who failed and why."""
        async with self._asking:
            try:
                client = self._client or await self._begin(root, read)
                client.tell(edited)
                found = await self._patiently(client, wish, place)
            except NavigationError as error:
                await self._judge(error)
                why = self._trouble if isinstance(error, Gone) else error
                raise NavigationError(f"{self.name} gave no answer: {why}.") from error
            self._used, self._silences = self._clock(), 0
            return found

    async def fail(self, why: str) -> None:
        """Ends a server that is no good; after a rest it may be started again, but not for ever."""
        if self._client is not None:
            self._note(why)
            await self.end()

    async def end(self) -> None:
        """Ends the server and all its processes."""
        self._client = None
        await self._life.aclose()

    def megabytes(self) -> int:
        """The resident memory of all its processes; 0 when none runs."""
        if self._client is None:
            return 0
        total = 0
        try:
            process = psutil.Process(self._client.pid)
            family = [process, *process.children(recursive=True)]
        except psutil.Error:
            return 0
        for one in family:
            try:
                total += one.memory_info().rss
            except psutil.Error:
                continue  # It ended while we were counting.
        return total >> 20

    async def _patiently(self, client: "Client", wish: Wish, place: Place) -> tuple[Place, ...]:
        """Asks again where nothing is found, but once only after each start: it may still be reading."""
        limit, began, pause = self._settings.answer_seconds, time.monotonic(), FIRST_PAUSE
        while True:
            found = await client.locate(wish, place, limit)
            if found or self._is_warm or time.monotonic() - began >= limit:
                self._is_warm = True
                return found
            await asyncio.sleep(pause)
            pause *= 1.5

    async def _begin(self, root: Path, read: Read) -> "Client":
        if self._failures >= MOST_FAILURES:
            raise NavigationError(f"after {MOST_FAILURES} failures it is not started again ({self._trouble})")
        rest = self._rests_until - self._clock()
        if rest > 0:
            raise NavigationError(f"it is not started again for {rest:.0f} s ({self._trouble})")
        from .client import Client  # pygls is dear to import

        self._silences, self._trouble, self._is_warm = 0, "", not self._server.warms_up
        try:
            async with AsyncExitStack() as life:
                process = await life.enter_async_context(self._start(self._command))
                client = Client(process, self._server, root, read)
                life.push_async_callback(client.close)
                options = options_for(self._server, self._command, root)
                await client.start(options, self._settings.start_seconds)
                self._life = life.pop_all()
        except (NavigationError, WorkbenchError) as error:
            self._note(f"at its start {error}")
            raise NavigationError(self._trouble) from error
        self._client = client
        return client

    async def _judge(self, error: NavigationError) -> None:
        """Ends the server after what can't be put right. One silence may only be a slow start."""
        self._silences += isinstance(error, Silence)
        if isinstance(error, Gone) or self._silences >= MOST_SILENCES:
            await self.fail(str(error))

    def _note(self, why: str) -> None:
        self._trouble = why
        self._rests_until = self._clock() + REST_SECONDS * 2**self._failures
        self._failures += 1
