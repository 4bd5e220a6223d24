"""The room's door: one opened index, for the engineer's tools and both faces."""

import logging
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from ..errors import SetupError
from . import navigate
from .bounds import Bounds, bounds
from .chunks import Symbol
from .compact import drop_all
from .embedding import Embedded, embed_all
from .search import search
from .sources import Commit, Folder, Source
from .spans import Span
from .store import Store, is_damage
from .text import Texts
from .update import Counts, Progress, refresh, update
from .vectors.closeness import Closeness

Answer = TypeVar("Answer")
_log = logging.getLogger(__name__)


@contextmanager
def open_index(
    database: Path, closeness: Closeness | None = None, limits: Bounds | None = None
) -> Iterator["Index"]:
    """Opens or makes the index in the file `database`. Raises SetupError when it can't be written.

    With `closeness`, searches go by meaning too. `limits` are those of 512 MB unless given.
    """
    index = Index(Store(database), limits or bounds(), closeness)
    try:
        yield index
    finally:
        index.close()


class Index:
    """What is known of one folder. Calls block, and may come from any thread.

    A search during an update sees what is committed so far. A database that turns out to be damaged is made
    again, and filled again when this process has filled it before. Every method raises SetupError when it
    can't be read or written for another reason, such as a full disk.
    """

    def __init__(self, store: Store, limits: Bounds, closeness: Closeness | None) -> None:
        self._store = store
        self._limits = limits
        self._closeness = closeness
        self._last: Source | None = None

    def close(self) -> None:
        """Closes the database."""
        self._store.close()

    def update(
        self, root: Path, files: Iterable[str] | None = None, progress: Progress | None = None
    ) -> Counts:
        """Makes the index mirror `files` of `root`: by default all that are the project's own."""
        return self._update(Folder(root, None if files is None else tuple(files)), progress)

    def refresh(self, root: Path, paths: Iterable[str]) -> Counts:
        """Takes in what has become of a few files of `root`, as after a save; others are left alone."""
        wanted = tuple(paths)
        return self._mended(lambda: refresh(self._store, Folder(root), wanted, self._limits))

    def rebuild(self) -> None:
        """Forgets everything, for a user who doubts what is found: the next update reads all anew."""
        self._mended(lambda: drop_all(self._store), refill=False)

    def update_commit(self, git_dir: Path, commit: str, progress: Progress | None = None) -> Counts:
        """Makes the index mirror the tree of a commit, without a check-out. Raises SetupError."""
        return self._update(Commit(git_dir, commit), progress)

    def _update(self, source: Source, progress: Progress | None = None) -> Counts:
        self._last = source
        return self._mended(
            lambda: update(self._store, source, self._limits, progress, self._make_room), refill=False
        )

    def _make_room(self) -> None:
        if self._closeness is not None:
            self._closeness.rest()

    def search(
        self, query: str, limit: int | None = None, budget_tokens: int | None = None, snippet: str = ""
    ) -> tuple[Span, ...]:
        """The spans that fit a few words or a whole issue, best first; see `search.search`."""
        return self._mended(
            lambda: search(self._store, query, limit, budget_tokens, self._closeness, snippet)
        )

    def embed(self, paths: Collection[str] | None = None) -> Iterator[Embedded]:
        """Where searches go by meaning: makes all missing vectors, step by step; see `embed_all`."""
        if self._closeness is not None:
            yield from embed_all(self._store, self._closeness, paths)

    def definitions(self, name: str, path: str = "", limit: int = 50) -> tuple[Span, ...]:
        """Where a plain or dotted name is defined, the likeliest (nearest to `path`) first."""
        return self._mended(lambda: navigate.definitions(self._store, name, path, limit))

    def references(self, name: str, limit: int = 50) -> tuple[Span, ...]:
        """Lines that use an identifier."""
        return self._mended(lambda: navigate.references(self._store, name, limit))

    def users(self, names: Iterable[str]) -> dict[str, frozenset[str]]:
        """By name, the files whose code has it as a whole identifier."""
        wanted = tuple(names)
        return self._mended(lambda: navigate.users(self._store, wanted))

    def known(self, names: Iterable[str]) -> frozenset[str]:
        """Those of the identifiers that stand anywhere in the index."""
        wanted = tuple(names)
        return self._mended(lambda: navigate.known(self._store, wanted))

    def text(self, span: Span) -> str:
        """The span's lines as they were indexed; "" when its file isn't in the index."""
        return self._mended(lambda: self._text(span))

    def symbols(self, path: str) -> tuple[Symbol, ...]:
        """A file's definitions in its order, outer before inner; none when it isn't in the index."""
        return self._mended(lambda: navigate.symbols(self._store, path))

    def files(self) -> tuple[str, ...]:
        """The paths of all files, sorted, those without a searchable text included."""
        return self._mended(self._files)

    def _text(self, span: Span) -> str:
        with self._store.reading() as connection:
            row = connection.execute("SELECT blob FROM files WHERE path = ?", (span.path,)).fetchone()
            return Texts(connection).lines(row[0], span.start, span.end) if row and row[0] else ""

    def _files(self) -> tuple[str, ...]:
        with self._store.reading() as connection:
            return tuple(path for (path,) in connection.execute("SELECT path FROM files ORDER BY path"))

    def _mended(self, work: Callable[[], Answer], refill: bool = True) -> Answer:
        try:
            try:
                return work()
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                self._store.rebuild(error)
                if refill and self._last is not None:
                    self._update(self._last)
                return work()
        except (sqlite3.Error, OSError) as error:
            raise SetupError(f"The index {self._store.path} can't be used: {error}") from error
