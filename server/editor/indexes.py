"""The indexes in use: code is found in them, and what changes in the editor or on the disk reaches them."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path

from pygls.uris import to_fs_path

from ..agent.indexing import set_up_vectors
from ..agent.repositories import root_of
from ..config import IndexSettings
from ..errors import SetupError, UsageError
from ..index.spans import Span
from ..protocol.index import ChangeIndex, CodeFound, CodeSpan, FindCode, IndexState
from .upkeep import Upkeep
from .wire import Server, notify

MOST_SPANS = 20
LONGEST_PREVIEW = 120
SAVED_SOON = 2.0
"""Seconds that a search waits for files that were saved: a step of making vectors may be under way."""
HEADS = frozenset({".git/HEAD", ".git/logs/HEAD"})
"""Git changes one of them with each commit, checkout, merge and reset."""


class Indexes:
    """One for each repository. Nothing is opened before a folder is first asked for.

    They share one working thread, so that they don't take memory all at once.
    """

    def __init__(self, server: Server, settings: Callable[[], IndexSettings]) -> None:
        self._server = server
        self._settings = settings
        self._roots: dict[str, Path] = {}
        self._upkeeps: dict[Path, Upkeep] = {}
        self._worker = ThreadPoolExecutor(1, "index")

    async def find_code(self, wish: FindCode) -> CodeFound:
        """Searches what is indexed so far, and what was just saved. Raises UsageError, SetupError."""
        upkeep = await self.of(wish.folder)
        whole = await upkeep.taken_in(SAVED_SOON) and upkeep.state.state != "indexing"
        spans = await asyncio.to_thread(_find, upkeep, Path(wish.folder), wish.query)
        return CodeFound(spans, indexing=not whole)

    async def change(self, wish: ChangeIndex) -> IndexState:
        """Updates, pauses, resumes or rebuilds. Raises UsageError, SetupError."""
        upkeep = await self.of(wish.folder)
        match wish.action:
            case "update":
                upkeep.update()
            case "pause":
                await upkeep.pause()
            case "resume":
                upkeep.resume()
            case "rebuild":
                upkeep.rebuild()
            case "vectors":
                await asyncio.to_thread(set_up_vectors, self._settings())
                upkeep.reopen()
        return replace(upkeep.state, folder=wish.folder)

    def files_changed(self, uris: Iterable[str]) -> None:
        """Files were saved, created, changed or deleted."""
        if not self._upkeeps:
            return
        real = cache(Path.resolve)
        places = [Path(to_fs_path(uri) or "/") for uri in uris]
        # A link in the last place stays one, as in the index.
        changed = [real(place.parent) / place.name for place in places]
        for root, upkeep in self._upkeeps.items():
            paths = {path.relative_to(root).as_posix() for path in changed if path.is_relative_to(root)}
            ours = {path for path in paths if ".git" not in path.split("/")}
            if ours or paths & HEADS:
                upkeep.changed(ours, everything=bool(paths & HEADS))

    def end(self) -> None:
        """Ends all work."""
        for upkeep in self._upkeeps.values():
            upkeep.end()

    async def of(self, folder: str) -> Upkeep:
        """That of the repository around a folder. Raises UsageError, SetupError."""
        if not Path(folder).is_absolute():
            raise UsageError(f"{folder!r} is not the absolute path of a folder.")
        try:
            root = await asyncio.to_thread(root_of, Path(folder))
        except SetupError as error:
            self._send(IndexState(folder, "failed", message=str(error)))
            raise
        if root not in self._upkeeps:
            self._upkeeps[root] = Upkeep(root, self._worker, lambda: self._told(root), self._settings)
        if self._roots.get(folder) != root:
            self._roots[folder] = root
            self._told(root)
        return self._upkeeps[root]

    def _told(self, root: Path) -> None:
        for folder, its_root in self._roots.items():
            if its_root == root:
                self._send(replace(self._upkeeps[root].state, folder=folder))

    def _send(self, state: IndexState) -> None:
        notify(self._server, "genie/indexState", state)


def _find(upkeep: Upkeep, folder: Path, query: str) -> tuple[CodeSpan, ...]:
    if not query.strip():
        return ()
    index = upkeep.index()
    inside = folder.resolve()

    def shown(span: Span) -> CodeSpan:
        file = upkeep.root / span.path
        # The editor knows the file by the folder that it opened, which may be a link.
        known = folder / file.relative_to(inside) if file.is_relative_to(inside) else file
        lines = (line.strip() for line in index.text(span).splitlines())
        preview = next(filter(None, lines), "")[:LONGEST_PREVIEW]
        return CodeSpan(known.as_uri(), span.path, span.start, span.end, span.symbol, span.reason, preview)

    return tuple(map(shown, index.search(query, MOST_SPANS)))
