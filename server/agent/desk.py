"""What lies before the engineer while it works on one run: the copy, the index, the sandbox, the limits."""

import asyncio
import shlex
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from ..config import Settings
from ..errors import NavigationError, SetupError
from ..index.index import Index
from ..index.spans import Span
from ..navigation.editor import EditorProviders
from ..navigation.pool import Pool
from ..workbench.command import reader
from ..workbench.copy import Workbench, discard, make
from ..workbench.files import base_bytes, changed, paths, read
from ..workbench.sandbox import Sandbox, detect
from ..workbench.testing import Suite
from .codebase import Codebase, span_text, text_of
from .consent import may_run
from .events import WorkbenchMade
from .indexing import open_repository_index
from .log import Run
from .storage import make_room, sweep, workbenches

_SHORTEST_TEST = 1.0


@dataclass(frozen=True)
class Desk:
    """All that a tool may use. `repository` is the user's checkout, which is only read.

    `editor` is None where no editor listens. `in_use` is held by whoever works on the copy.
    """

    run: Run
    repository: Path
    bench: Workbench
    index: Index
    sandbox: Sandbox
    settings: Settings
    headless: bool
    servers: Pool
    editor: EditorProviders | None
    in_use: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def codebase(self) -> Codebase:
        """What the tools that only look see: the private copy."""
        return Codebase(
            self.repository,
            self.index,
            partial(read, self.bench),
            partial(paths, self.bench),
            partial(changed, self.bench),
            self.servers,
            self.editor,
        )

    def span_text(self, span: Span, as_found: bool) -> str:
        """The text of a span as it is, or as it was when the copy was made; empty when it can't be read."""
        return span_text(partial(base_bytes if as_found else read, self.bench), span)

    async def suite(self) -> Suite | None:
        """How tests are run as the run now has it; None where no command is known, or the user forbids it.

        One test may take a twelfth of the run's time, so that a few that hang leave time to mend them. Raises
        SetupError where the user would have to be asked in a headless run.
        """
        chosen = self.run.state.tests
        if not chosen or not chosen.command:
            return None
        if not await may_run(self.run, chosen.command, self.sandbox, self.headless):
            return None
        bounds = self.settings.command
        share = max(self.settings.limits.seconds / 12, _SHORTEST_TEST)
        limits = replace(bounds, test_seconds=min(bounds.test_seconds, share))
        return Suite(chosen.command, limits, self.sandbox)


@asynccontextmanager
async def open_desk(
    run: Run, settings: Settings, headless: bool, editor: EditorProviders | None = None
) -> AsyncIterator[Desk]:
    """Makes the private copy and brings the index up to date; removes the copy at the end.

    Raises SetupError or WorkbenchError.
    """
    task = run.state.task
    assert task is not None
    repository = Path(task.repository)
    sandbox = await detect(settings.sandbox)
    await asyncio.to_thread(sweep, run.id)
    fits = partial(make_room, settings.store, own=run.id)
    bench = await make(repository, workbenches() / run.id, fits)
    try:
        run.record(WorkbenchMade(bench.files, round(bench.seconds, 3), sandbox.words))
        with open_repository_index(repository, settings.index) as index:
            await asyncio.to_thread(index.update, repository)
            servers = _servers(run, bench, sandbox, settings, headless)
            try:
                yield Desk(run, repository, bench, index, sandbox, settings, headless, servers, editor)
            finally:
                await asyncio.shield(servers.close())
    finally:
        await asyncio.shield(discard(bench))


def _servers(run: Run, bench: Workbench, sandbox: Sandbox, settings: Settings, headless: bool) -> Pool:
    """Language servers that see the copy, kept in as commands are."""

    @asynccontextmanager
    async def start(words: Sequence[str]) -> AsyncIterator[asyncio.subprocess.Process]:
        try:
            allowed = await may_run(run, shlex.join(words), sandbox, headless)
        except SetupError as error:
            raise NavigationError(str(error)) from error
        if not allowed:
            raise NavigationError("the user doesn't let it run without a sandbox")
        async with reader(bench, words, settings.command, sandbox) as process:
            yield process

    root = sandbox.place(bench).resolve()
    return Pool(root, bench.repository, partial(text_of, partial(read, bench)), start, settings.navigation)
