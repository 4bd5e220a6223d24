"""Sends views: as often as an eye can follow, and always the last one."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from ..protocol.runs import RunNews, RunView

SECONDS = 0.05
PATIENCE = 0.5
"""Seconds for which several steps may be shown as one."""


class Publisher:
    """Sends at most one view of a run in `SECONDS`, made at the moment it is sent, and none twice.

    Owns the timers and what was sent last. All methods are called on the event loop.
    """

    def __init__(
        self,
        make: Callable[[str], RunView],
        send: Callable[[RunNews], None],
        changes_moved: Callable[[], None],
    ) -> None:
        self._make = make
        self._send = send
        self._changes_moved = changes_moved
        self._due: dict[str, asyncio.TimerHandle] = {}
        self._sent: dict[str, tuple[float, RunView]] = {}
        self._together: set[str] = set()

    def touch(self, run: str) -> None:
        """Something about the run may look different now."""
        if run in self._due:
            return
        loop = asyncio.get_running_loop()
        last = self._sent[run][0] if run in self._sent else 0.0
        soon = PATIENCE if run in self._together else 0.0
        self._due[run] = loop.call_at(max(loop.time() + soon, last + SECONDS), self.flush, run)

    @contextmanager
    def together(self, run: str) -> Iterator[None]:
        """The steps within are seen as one, at once at their end, or after `PATIENCE`."""
        self._together.add(run)
        if self._cancel(run):
            self.touch(run)
        try:
            yield
        finally:
            self._together.discard(run)
            if run in self._due:
                self.flush(run)

    def flush(self, run: str) -> None:
        """Sends the view now, if it is another than the last."""
        self._cancel(run)
        made = self._make(run)
        before = self._sent[run][1] if run in self._sent else None
        self._sent[run] = asyncio.get_running_loop().time(), made
        if made != before:
            self._send(_news(made, before))
        if made.changes != (before.changes if before else ()):
            self._changes_moved()

    def forget(self, run: str) -> None:
        """The run is gone: nothing is sent of it any more, and its hunks stand nowhere."""
        self._cancel(run)
        if self._sent.pop(run, None):
            self._changes_moved()

    def flush_all(self) -> None:
        """Sends at once whatever is due."""
        for run in tuple(self._due):
            self.flush(run)

    def _cancel(self, run: str) -> bool:
        due = self._due.pop(run, None)
        if due:
            due.cancel()
        return due is not None


def _news(made: RunView, before: RunView | None) -> RunNews:
    """The view without the files that were in the one before."""
    known = {one.number for one in before.changes} if before else set()
    changed = tuple(one for one in made.changes if one.number not in known)
    return RunNews(replace(made, changes=changed), tuple(one.number for one in made.changes))
