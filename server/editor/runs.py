"""The runs that this server works on or shows, each on its own task, none left behind."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..agent.events import Event, Finished
from ..agent.fold import step
from ..agent.log import LOG, Run, is_held, read_on
from ..agent.state import RunState
from ..agent.store import find_run, run_folder
from ..errors import RunLogError, UsageError

_log = logging.getLogger(__name__)

STOPPED = Finished("stopped", "Stopped before anything was done.")

SECONDS = 1.0
"""How often runs that rest here are looked at again: they may be worked on elsewhere."""

Work = Callable[[Run], Coroutine[None, None, None]]
"""Drives a run to its end; cancelling it ends the run as stopped."""


@dataclass(frozen=True)
class _Job:
    run: Run
    task: asyncio.Task[None]


@dataclass(frozen=True)
class _Rest:
    """What the first `end` bytes of a log tell, when its signature was this one.

    `elsewhere`: another process works on the run.
    """

    state: RunState
    end: int = 0
    signature: tuple[int, int] = (0, 0)
    elsewhere: bool = False


class Runs:
    """Owns the tasks of the runs under way, and remembers the state of those that only rest here.

    `touched` is called with a run's name whenever its state may be another, `failed` with a sentence when
    one broke down. A run's log is held (locked) only while it is worked on or added to. What another window
    or a terminal adds to a run that is known here is seen within a second.
    """

    def __init__(self, touched: Callable[[str], None], failed: Callable[[str], None]) -> None:
        self._touched = touched
        self._failed = failed
        self._jobs: dict[str, _Job] = {}
        self._resting: dict[str, _Rest] = {}
        self._held: dict[str, Run] = {}
        self._closed: dict[str, Run] = {}
        self._following: asyncio.Task[None] | None = None

    def known(self) -> list[str]:
        """The runs that are worked on or were asked for."""
        return [*self._jobs, *(run for run in self._resting if run not in self._jobs)]

    def is_working(self, run: str) -> bool:
        """Whether this server works on the run."""
        return run in self._jobs

    def is_elsewhere(self, run: str) -> bool:
        """Whether another window or a terminal works on the run."""
        return run not in self._jobs and run in self._resting and self._resting[run].elsewhere

    def state(self, run: str) -> RunState:
        """The run as it now stands, from its log if it is an earlier one. Raises UsageError, RunLogError."""
        if here := self._here(run):
            return here.state
        return self._resting[run].state if run in self._resting else self.look_again(run)

    def look_again(self, run: str) -> RunState:
        """The same; a run that rests here may have gone on elsewhere, in a terminal."""
        if here := self._here(run):
            return here.state
        self._resting[run] = _looked_at(_folder(run), self._resting.get(run, _Rest(RunState())))
        if self._following is None or self._following.done():
            self._following = asyncio.create_task(self._follow())
        return self._resting[run].state

    def forget(self, run: str) -> None:
        """The run is gone, or shown no longer."""
        self._resting.pop(run, None)
        self._closed.pop(run, None)

    def start(self, run: Run, work: Work) -> None:
        """Works on an open run in the background, and closes it at the end."""
        run.listen(lambda _: self._touched(run.id))
        task = asyncio.create_task(work(run), name=run.id)
        self._jobs[run.id] = _Job(run, task)
        task.add_done_callback(partial(self._ended, run))
        self._touched(run.id)

    def resume(self, run: str, prepare: Callable[[Run], Work]) -> None:
        """Takes up a run that rests. Raises UsageError when it is under way, RunLogError."""
        if run in self._jobs:
            raise UsageError("This run is under way already.")
        held = Run.open(_folder(run), self._closed.get(run))
        try:
            work = prepare(held)
            held.resume()
        except BaseException:
            held.close()
            raise
        self.start(held, work)

    async def stop(self, run: str) -> None:
        """Ends the work on a run and waits for its last word; nothing if it rests."""
        job = self._jobs.get(run)
        if job:
            job.task.cancel()
            await asyncio.wait([job.task])

    async def stop_all(self) -> None:
        """Ends all work, at the server's own end."""
        if self._following:
            self._following.cancel()
        await asyncio.gather(*(self.stop(run) for run in tuple(self._jobs)))

    def record(self, run: str, events: Iterable[Event]) -> None:
        """Adds to a run, whether it is under way or rests. Raises UsageError, RunLogError."""
        with self.held(run) as held:
            for event in events:
                held.record(event)

    @contextmanager
    def held(self, run: str) -> Iterator[Run]:
        """The run to be added to, under way or at rest; no other process adds to it meanwhile.

        Raises UsageError, and RunLogError where another one works on it.
        """
        if here := self._here(run):
            yield here
            return
        self._held[run] = rests = Run.open(_folder(run), self._closed.get(run))
        try:
            yield rests
        finally:
            del self._held[run]
            self._rest(rests)

    def at_rest(self, run: str, act: Callable[[Run], None]) -> None:
        """Does something to a run, unless it is worked on. Raises UsageError, RunLogError."""
        if run not in self._jobs:
            with self.held(run) as held:
                act(held)

    def _here(self, run: str) -> Run | None:
        """The run, if its log is open here."""
        return self._jobs[run].run if run in self._jobs else self._held.get(run)

    def _ended(self, run: Run, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error:
            _log.error("Run %s broke down", run.id, exc_info=error)
        if not run.state.finished:
            self._finish(run, Finished("failed", str(error)) if error else STOPPED)
        if error and not run.state.finished:
            self._failed(str(error))
        del self._jobs[run.id]
        self._rest(run)

    def _finish(self, run: Run, end: Finished) -> None:
        try:
            run.record(end)
        except RunLogError as error:
            _log.error("Run %s has no end in its log: %s", run.id, error)

    def _rest(self, run: Run) -> None:
        signature = _signature(run.folder / LOG)
        run.close()
        self._closed[run.id] = run
        self._resting[run.id] = _Rest(run.state, signature[0], signature)
        self._touched(run.id)

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(SECONDS)
            for run, known in tuple(self._resting.items()):
                if not self._here(run):
                    self._follow_one(run, known)

    def _follow_one(self, run: str, known: _Rest) -> None:
        with suppress(RunLogError):  # It may have been deleted elsewhere.
            now = _looked_at(run_folder(run), known)
            if now != known:
                self._resting[run] = now
                self._touched(run)


def _looked_at(folder: Path, known: _Rest) -> _Rest:
    """The run as it now is, of which something may be known. Raises RunLogError."""
    now = _signature(folder / LOG)
    state, end = known.state, known.end
    if now != known.signature:
        if now[0] < end:
            state, end = RunState(), 0
        records, end = read_on(folder / LOG, end)
        for record in records:
            state = step(state, record.event)
    return _Rest(state, end, now, state.finished is None and is_held(folder))


def _signature(log: Path) -> tuple[int, int]:
    """What tells that nobody has added to the log: its size and its time; (0, 0) where there is none."""
    try:
        stat = log.stat()
    except OSError:
        return 0, 0
    return stat.st_size, stat.st_mtime_ns


def _folder(run: str) -> Path:
    folder = find_run(run)
    if folder.name != run:
        raise UsageError(f"There is no run {run!r}.")
    return folder
