"""The plan as a file beside its run's log, which the user may edit at any time, in any editor."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from .events import PlanChanged, Record, Said, Warned
from .log import Run
from .plan import Plan, merged, read, render, version_of

PLAN = "plan.md"
"""The file's name in its run's folder."""

_SECONDS_BETWEEN_LOOKS = 0.2
_SECONDS_TO_SETTLE = 0.05
_MOST_LOOKS = 20
_LARGEST = 200_000

_Stamp = tuple[int, int, int]


class PlanFile:
    """Keeps the file and the run's plan the same: what either side changes comes to the other."""

    def __init__(self, run: Run) -> None:
        self.path = run.folder / PLAN
        self._run = run
        self._written = self._rendered() if self.path.exists() else None
        self._stamp: _Stamp | None = None
        self._fresh: _Stamp | None = None

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

    async def settled(self) -> None:
        """Returns when what was saved is taken in, or after a second of one save after the other."""
        for _ in range(_MOST_LOOKS):
            if not self.look():
                return
            await asyncio.sleep(_SECONDS_TO_SETTLE)

    def write(self) -> None:
        """Writes the present plan, unless the user has saved something that wasn't taken in yet."""
        text = self._rendered()
        if text == self._written or not self._plans():
            return
        draft = self.path.with_suffix(".draft")
        with suppress(OSError):  # A full disk costs the view of the plan, not the run.
            draft.write_text(text, "utf-8")
            if self._stamp_now() in (None, self._stamp):
                draft.replace(self.path)
                self._written, self._stamp = text, self._stamp_now()

    def _read(self) -> None:
        try:
            text = self.path.read_bytes()[: _LARGEST + 1].decode("utf-8")
        except FileNotFoundError:
            return
        except (OSError, UnicodeDecodeError) as error:
            self._put_aside(f"it can't be read ({error})")
            return
        if len(text) > _LARGEST:
            self._put_aside("it is too large for a plan")
        elif text != self._written:
            self._written = text
            self._take_in(text)

    def _put_aside(self, why: str) -> None:
        aside = self.path.with_name("plan.unread.md")
        with suppress(OSError):
            self.path.replace(aside)
            self._stamp, self._written = None, None
        self._run.record(
            Warned(f"Your edit of {self.path} was not taken in: {why}. It is kept as {aside.name}.")
        )

    def _take_in(self, text: str) -> None:
        plans = self._plans()
        # An editor may have held the text while the file was written anew: it says what it began from.
        version = version_of(text) or len(plans)
        base = plans[min(version, len(plans)) - 1] if plans else ()
        found = read(text, base)
        plan = merged(base, self._run.state.plan, found.steps) if found.steps else self._run.state.plan
        if plan != self._run.state.plan:
            self._run.record(PlanChanged(plan, by="user"))
        if found.remark:
            self._run.record(Said(found.remark))

    def _plans(self) -> list[Plan]:
        """All that there were; a plan's version is its number here, from 1."""
        return [record.event.steps for record in self._run.records if isinstance(record.event, PlanChanged)]

    def _rendered(self) -> str:
        return render(self._run.state.plan, len(self._plans()))

    def _stamp_now(self) -> _Stamp | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


@asynccontextmanager
async def kept_plan(run: Run) -> AsyncIterator[PlanFile]:
    """While this is open the plan's file is kept up to date and looked at five times a second.

    What was saved while nobody worked on the run is taken in at once.
    """
    file = PlanFile(run)

    def hear(record: Record) -> None:
        if isinstance(record.event, PlanChanged):
            file.write()

    async def watch() -> None:
        while True:
            file.look()
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)

    await file.settled()
    forget = run.listen(hear)
    watching = asyncio.create_task(watch())
    try:
        yield file
    finally:
        watching.cancel()
        forget()
