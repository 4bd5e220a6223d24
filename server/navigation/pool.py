"""The language servers of one folder: one for each language, kept within time and memory."""

import asyncio
import logging
import time
from collections.abc import Callable
from operator import itemgetter
from pathlib import Path

from ..config import NavigationSettings
from .places import Answer, Edited, Place, Read, Wish
from .seat import Seat, Start
from .servers import command_for, server_for

TEND_SECONDS = 2.0

_log = logging.getLogger(__name__)


class Pool:
    """Owns the servers of the files below `root` (where the servers see them), and ends them in time.

    `read` gives the files' present texts. Nothing is started out of `repository`, which is the user's.
    """

    def __init__(
        self,
        root: Path,
        repository: Path,
        read: Read,
        start: Start,
        settings: NavigationSettings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._root, self._repository, self._read = root, repository, read
        self._start, self._settings, self._clock = start, settings, clock
        self._seats: dict[str, Seat | None] = {}
        self._tending: asyncio.Task[None] | None = None

    async def locate(self, wish: Wish, place: Place, edited: Edited) -> Answer | None:
        """Asks the language's server, which is started if need be; None where there is none.

        Raises NavigationError when it fails, with a sentence that says who and why.
        """
        seat = self._seat(place.path)
        if seat is None:
            return None
        self._tending = self._tending or asyncio.create_task(self._tend_on())
        places = await seat.locate(wish, place, edited, self._root, self._read)
        return Answer(places, seat.language, seat.name, seat.megabytes())

    async def tend(self) -> None:
        """Ends the servers that are idle and, while all together are too large, the largest."""
        for seat in self._running():
            if seat.idle_seconds >= self._settings.idle_seconds:
                await seat.end()
        sizes = sorted(((seat.megabytes(), seat) for seat in self._running()), key=itemgetter(0))
        while sum(size for size, _ in sizes) > self._settings.memory_mb:
            size, seat = sizes.pop()
            _log.warning("%s took %d MB and was ended.", seat.name, size)
            await seat.fail(f"it took {size:,} MB, more than navigation.memory_mb allows")

    async def close(self) -> None:
        """Ends all of them."""
        if self._tending:
            self._tending.cancel()
            await asyncio.wait((self._tending,))
        await asyncio.gather(*(seat.end() for seat in self._running()))

    def _running(self) -> list[Seat]:
        return [seat for seat in self._seats.values() if seat and seat.is_running]

    def _seat(self, path: str) -> Seat | None:
        server = server_for(path)
        if server is None or not self._settings.language_servers:
            return None
        if server.language not in self._seats:
            command = command_for(server, self._settings.servers, self._repository)
            seat = Seat(server, command, self._start, self._settings, self._clock) if command else None
            self._seats[server.language] = seat
        return self._seats[server.language]

    async def _tend_on(self) -> None:
        while True:
            await asyncio.sleep(TEND_SECONDS)
            await self.tend()
