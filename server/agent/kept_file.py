"""A text beside a run's log that both the run and the user write, the user at any time and in any editor."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

from .events import Event, Record, Warned
from .log import Run

_SECONDS_BETWEEN_LOOKS = 0.2
_SECONDS_TO_SETTLE = 0.05
_MOST_LOOKS = 20
_LARGEST = 200_000

_Stamp = tuple[int, int, int]


class KeptFile:
    """Keeps a file and the run the same: what either side changes comes to the other.

    What it shows, and what an edit of it means, is for those who inherit. `kinds` are the events that change
    what it shows.
    """

    name: str
    kinds: tuple[type[Event], ...]

    def __init__(self, run: Run) -> None:
        self.path: Path = run.folder / self.name
        self._run = run
        self._made: tuple[int, str] = (-1, "")
        self._written = self.rendered() if self.path.exists() else None
        self._stamp: _Stamp | None = None
        self._fresh: _Stamp | None = None

    def show(self) -> str:
        """The text as the run now stands; "" while there is nothing to show."""
        raise NotImplementedError

    def take_in(self, text: str) -> None:
        """Records what the user made of it. Raises ValueError in words for the user."""
        raise NotImplementedError

    def rendered(self) -> str:
        """`show`, made once for each state of the run."""
        if self._made[0] != self._run.state.count:
            self._made = self._run.state.count, self.show()
        return self._made[1]

    def moments(self) -> list[int]:
        """The places in the log of the events of its kinds: a text's version is how many there had been."""
        return [record.seq for record in self._run.records if isinstance(record.event, self.kinds)]

    def look(self) -> bool:
        """Takes in what the user saved, as soon as two looks find the same, and writes what has changed.

        An editor may empty a file before it fills it, so that one look isn't enough: True calls for another.
        """
        stamp = self._stamp_now()
        if stamp is not None and stamp != self._stamp:
            if stamp != self._fresh:
                self._fresh = stamp
                return True
            self._stamp = stamp
            self._read()
        self.write()
        return False

    def catch_up(self) -> None:
        """Takes in and writes at once, of a run that nobody works on: the second look finds what the first
        did, and the third what the second has written.
        """
        for _ in range(3):
            self.look()

    def write(self) -> None:
        """Writes the present text, unless the user has saved something that wasn't taken in yet."""
        text = self.rendered()
        if text in ("", self._written):
            return
        draft = self.path.with_suffix(".draft")
        with suppress(OSError):  # A full disk costs the view of the run, not the run.
            draft.write_text(text, "utf-8")
            if self._stamp_now() in (None, self._stamp):
                draft.replace(self.path)
                self._written, self._stamp = text, self._stamp_now()

    def _read(self) -> None:
        try:
            text = self.path.read_bytes()[: _LARGEST + 1].decode("utf-8")
            if len(text) > _LARGEST:
                raise ValueError("it is too large")
            if text != self._written:
                self._written = text
                self.take_in(text)
        except FileNotFoundError:
            return
        except UnicodeDecodeError as error:
            self._put_aside(f"it can't be read ({error})")
        except (OSError, ValueError) as error:
            self._put_aside(str(error))

    def _put_aside(self, why: str) -> None:
        aside = self.path.with_suffix(".unread.md")
        with suppress(OSError):
            self.path.replace(aside)
            self._stamp, self._written = None, None
        self._run.record(
            Warned(f"Your edit of {self.path} was not taken in: {why}. It is kept as {aside.name}.")
        )

    def _stamp_now(self) -> _Stamp | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


class Kept(Protocol):
    """What is kept: a file, or several."""

    @property
    def kinds(self) -> tuple[type[Event], ...]:
        """The events that change what it shows."""
        ...

    def look(self) -> bool:
        """Takes in what the user saved. True calls for another look."""
        ...

    def write(self) -> None:
        """Writes what has changed."""
        ...


async def settled(files: Sequence[Kept]) -> None:
    """Returns when what the user saved is taken in, or after a second of one save after the other."""
    for _ in range(_MOST_LOOKS):
        if not any([file.look() for file in files]):
            return
        await asyncio.sleep(_SECONDS_TO_SETTLE)


@asynccontextmanager
async def kept(run: Run, files: Sequence[Kept]) -> AsyncIterator[None]:
    """While this is open the files are kept up to date and looked at five times a second.

    What was saved while nobody worked on the run is taken in at once.
    """

    def hear(record: Record) -> None:
        for file in files:
            if isinstance(record.event, file.kinds):
                file.write()

    async def watch() -> None:
        while True:
            for file in files:
                file.look()
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)

    await settled(files)
    forget = run.listen(hear)
    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        forget()
