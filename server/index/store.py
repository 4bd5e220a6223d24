"""The index on the disk: one SQLite file, which knows what there is, and beside it the segments' files.

Opened by any number of processes. Everything in it can be had again from the repository, so that a damaged
file is put aside and the index made again, never mended.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from ..errors import SetupError
from .history import History, read_history
from .migrations import NewerDatabase, migrate
from .segments import ENDING, DamagedSegment, open_segments
from .view import View, make_view

_log = logging.getLogger(__name__)
_BUSY_SECONDS = 30.0
_CACHE_KIB = 8_000
_NEW_SECONDS = 600.0
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class Store:
    """One connection that reads and one that writes, so that a search needn't wait for an update.

    Both may be used from any thread; each serves one thread at a time. Every writing transaction makes a new
    generation; the view of the last one that was looked at is kept.
    """

    def __init__(self, path: Path) -> None:
        """Opens or creates the file. Raises SetupError when the folder can't be written."""
        self.path = path
        self.segments_folder = path.with_name(path.name + ".segments")
        self._seen: tuple[str, View] | None = None
        self._remembered: tuple[View, History] | None = None
        self._reader_lock = threading.Lock()
        self._writer_lock = threading.RLock()
        self._reader, self._writer = self._open()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection whose answers all show one and the same state of the index."""
        with self._reader_lock, _transaction(self._reader, "BEGIN"):
            yield self._reader

    @contextmanager
    def viewing(self) -> Iterator[View]:
        """The index as it is now. Raises DamagedSegment."""
        with self.reading() as connection:
            yield self.view(connection)

    def view(self, connection: sqlite3.Connection) -> View:
        """The index as this connection of `reading` sees it. Raises DamagedSegment."""
        generation = connection.execute("SELECT value FROM facts WHERE key = 'generation'").fetchone()
        key = generation[0] if generation else ""
        if self._seen is None or self._seen[0] != key:
            known = self._seen[1].segments if self._seen else ()
            self._seen = key, make_view(connection, open_segments(connection, self.segments_folder, known))
        return self._seen[1]

    def history(self, connection: sqlite3.Connection) -> History:
        """What git remembers of the files of the present view."""
        view = self.view(connection)
        if self._remembered is None or self._remembered[0] is not view:
            self._remembered = view, read_history(connection, view.numbers)
        return self._remembered[1]

    def segment_path(self, name: str) -> Path:
        """Where a segment of this name is kept."""
        return self.segments_folder / (name + ENDING)

    def sweep(self, recorded: set[str]) -> None:
        """Removes segments that aren't recorded, but for new ones: another process may be about to."""
        for file in self.segments_folder.iterdir():
            with suppress(OSError):
                if (
                    file.name.partition(".")[0] not in recorded
                    and time.time() - file.stat().st_mtime > _NEW_SECONDS
                ):
                    file.unlink()

    @contextmanager
    def writing(self, viewed: bool = True) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction: committed at the end, undone by an exception.

        The next search makes its view anew, unless what is written isn't `viewed`.
        """
        with self._writer_lock, _transaction(self._writer, "BEGIN IMMEDIATE"):
            yield self._writer
            if viewed:
                news = ("generation", token_hex(8))
                self._writer.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", news)

    def close(self) -> None:
        """Closes the file. Nothing may be called afterwards."""
        with self._writer_lock, self._reader_lock:
            self._reader.close()
            self._writer.close()

    def rebuild(self, reason: object) -> None:
        """Puts the file aside and begins an empty one."""
        with self._writer_lock, self._reader_lock:
            self._reader.close()
            self._writer.close()
            self._seen = None
            _put_aside(self.path, reason)
            self._reader, self._writer = self._open()

    def _open(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        try:
            self.segments_folder.mkdir(parents=True, exist_ok=True)
            try:
                return _connections(self.path)
            except sqlite3.DatabaseError as error:
                if not (is_damage(error) or isinstance(error, NewerDatabase)):
                    raise
                _put_aside(self.path, error)
                return _connections(self.path)
        except (OSError, sqlite3.Error) as error:
            raise SetupError(
                f"The index {self.path} can't be opened: {error}. Is its folder writable?"
            ) from error


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error tells that a file itself is broken."""
    if isinstance(error, DamagedSegment):
        return True
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and (code & 0xFF) in _DAMAGED


def _connections(path: Path) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    writer = _connection(path)
    try:
        migrate(writer)
        for table in ("files", "blobs", "segments", "past"):
            writer.execute(f"SELECT * FROM {table} LIMIT 1").fetchone()
        return _connection(path), writer
    except BaseException:
        writer.close()
        raise


def _connection(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _put_aside(path: Path, reason: object) -> None:
    aside = path.with_name(path.name + ".damaged")
    _log.warning(
        "The index %s can't be used (%s): it is kept as %s and made again.", path, reason, aside.name
    )
    path.replace(aside)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
