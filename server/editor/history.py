"""Earlier runs for the editor: listed, handed on, and deleted."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from ..agent.deleting import delete_run, going, told
from ..agent.exporting import export
from ..agent.log import is_held
from ..agent.repositories import locate
from ..agent.state import RunState
from ..agent.store import RunInfo, find_run, info, list_runs, title
from ..errors import SetupError, UsageError
from ..protocol.history import Exported, ExportRun, RunGoing
from ..protocol.runs import Folder, Nothing, RunRef, RunSummary
from ..protocol.runs import Runs as RunList
from .files import folder_at
from .runs import Runs
from .view import phase


class History:
    """What the editor may ask of runs as a whole. `forgotten` is called with one that is gone."""

    def __init__(self, runs: Runs, forgotten: Callable[[str], None]) -> None:
        self._runs = runs
        self._forgotten = forgotten

    async def list(self, wish: Folder) -> RunList:
        """The runs in the repository around a folder, newest first; none outside of a repository."""
        try:
            root, _ = await asyncio.to_thread(locate, folder_at(wish.folder))
        except SetupError:
            return RunList(())
        return RunList(tuple(self._summary(one) for one in await asyncio.to_thread(list_runs, root)))

    async def before_deleting(self, ref: RunRef) -> RunGoing:
        """What would go with the run, in words. Raises UsageError, also for one that is under way."""
        gone = await asyncio.to_thread(going, ref.run)
        known = info(gone.folder)
        return RunGoing(title(known.task.text) if known else gone.folder.name, told(gone))

    async def delete(self, ref: RunRef) -> Nothing:
        """Removes a run for good. Raises UsageError, also for one that is under way."""
        gone = await asyncio.to_thread(going, ref.run)
        await asyncio.to_thread(delete_run, gone)
        for one in (gone.folder, *gone.candidates):
            self._forgotten(one.name)
        return Nothing()

    async def export(self, wish: ExportRun) -> Exported:
        """Writes a run for others to read. Raises UsageError, RunLogError."""
        target = Path(wish.path)
        if not target.is_absolute():
            raise UsageError(f"{wish.path} is no absolute path.")
        made = await asyncio.to_thread(export, find_run(wish.run), target, replace=True)
        return Exported(made.path.as_uri(), made.struck)

    def _summary(self, info: RunInfo) -> RunSummary:
        working = self._runs.is_working(info.id) or (info.finished is None and is_held(info.folder))
        state = self._runs.state(info.id) if working else RunState(finished=info.finished)
        outcome = state.finished.outcome if state.finished else None
        origin = f"branch of {info.branched.run}" if info.branched else ""
        return RunSummary(info.id, info.at, title(info.task.text), phase(state, working), outcome, origin)
