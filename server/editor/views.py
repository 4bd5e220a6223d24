"""The views of the runs that an editor knows, each part made again only when what it shows is another."""

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path

from ..agent.proposed_files import PROPOSED
from ..agent.remarks import Side
from ..agent.state import RunState
from ..agent.store import run_folder
from ..errors import RunLogError
from ..protocol.runs import FileView, RunView
from .files import Files, real, real_of_uri
from .lineages import Lineages, Review, found_as
from .places import Present
from .publish import PATIENCE
from .reviewed import Reviewed, reviewed
from .runs import Runs
from .view import abroad, file_view, view
from .wire import Server


@dataclass(frozen=True)
class _Made:
    """A file's view, None where there is nothing to show, and all that it was made of."""

    one: Reviewed
    file: Present
    proposed: str
    view: FileView | None


class Views:
    """Owns what was last seen of the files under review, and their views; each has a number of its own."""

    def __init__(self, server: Server, runs: Runs) -> None:
        self._runs = runs
        self._files = Files(lambda: server.workspace)
        self._lineages = Lineages(found_as)
        self._reviewed: dict[str, tuple[RunState, dict[str, Reviewed]]] = {}
        self._made: dict[tuple[str, str], _Made] = {}
        self._numbers = count(1)
        self._heard = asyncio.Event()

    def view(self, run: str) -> RunView:
        """The run as it now stands. Raises UsageError, RunLogError."""
        state, elsewhere = self._runs.state(run), self._runs.is_elsewhere(run)
        proposed = run_folder(run) / PROPOSED
        files = [self._file(run, one, proposed) for one in self.reviewed(run).values()]
        shown = tuple(one for one in files if one)
        working = elsewhere or self._runs.is_working(run)
        made = view(run, state, working, partial(self.look, run), shown)
        return abroad(made) if elsewhere else made

    def known(self) -> list[RunView]:
        """The present views of all runs of this session."""
        return [self.view(run) for run in self._runs.known()]

    def look(self, run: str, path: str, side: Side = "user") -> Present:
        """A file as the user has it now, with its lineage, or as it is proposed. Never raises."""
        if side == "proposed":
            return self._files.look(run_folder(run) / PROPOSED, path)
        file = self._files.look(self.root(run), path)
        one = self.reviewed(run).get(path)
        return self._lineages.of(run, file, one) if one else file

    def review(self, run: str) -> Review:
        """The run's files, to be changed."""
        expect, settle = partial(self._lineages.expect, run), partial(self._settle, run)
        return Review(self.root(run), partial(self.look, run), expect, settle)

    def heard(self) -> None:
        """The editor has told of another text."""
        self._heard.set()
        self._heard = asyncio.Event()

    async def _settle(self, run: str, path: str, before: Present, applied: bool) -> None:
        """The editor has answered. Its new text may come behind the answer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE if applied else 0.0):
                while self.look(run, path).lines == before.lines:
                    await self._heard.wait()
        self._lineages.settle(run, path, applied)

    def follow(self, run: str, uri: str) -> bool:
        """Whether the run proposes a change of this file, or this is the file as it proposes it.

        To be called for each text that the file has on its way: they tell where its lines are from.
        """
        wanted, root = real_of_uri(uri), self.root(run)
        proposed = real(run_folder(run) / PROPOSED)
        for path in self.reviewed(run):
            if wanted == real(f"{root}/{path}"):
                self.look(run, path)
                return True
            if wanted == os.path.normcase(f"{proposed}/{path}"):
                return True
        return False

    def reviewed(self, run: str) -> dict[str, Reviewed]:
        """What the run's fold says of each file."""
        state = self._runs.state(run)
        known = self._reviewed.get(run)
        if known is None or known[0] is not state:
            known = self._reviewed[run] = state, reviewed(state)
        return known[1]

    def root(self, run: str) -> Path:
        """The folder of the run's repository. Raises RunLogError."""
        task = self._runs.state(run).task
        if task is None:
            raise RunLogError(f"The log of run {run} has no beginning.")
        return Path(task.repository)

    def forget(self, run: str) -> None:
        """The run is gone."""
        self._lineages.forget(run)
        self._files.forget(run_folder(run) / PROPOSED)
        self._reviewed.pop(run, None)
        self._made = {place: made for place, made in self._made.items() if place[0] != run}

    def _file(self, run: str, one: Reviewed, folder: Path) -> FileView | None:
        file = self.look(run, one.path)
        proposed = f"{folder}/{one.path}"
        proposed = proposed if os.path.isfile(proposed) else ""  # noqa: PTH113 (a Path costs more)
        known = self._made.get((run, one.path))
        if known and (known.one, known.file, known.proposed) == (one, file, proposed):
            return known.view
        made = file_view(one, file)
        if made:
            made = replace(made, proposed_uri=Path(proposed).as_uri() if proposed else "")
            before = known.view if known else None
            same = before is not None and replace(made, number=before.number) == before
            made = before if same else replace(made, number=next(self._numbers))
        self._made[run, one.path] = _Made(one, file, proposed, made)
        return made
