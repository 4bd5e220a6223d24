"""The index's one SQLite file: opened by any number of processes, made again when it is damaged.

Everything in it can be had again from the repository, so a damaged file is put aside, never mended.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import SetupError
from .migrations import NewerDatabase, migrate

_log = logging.getLogger(__name__)
_BUSY_SECONDS = 30.0
_CACHE_KIB = 16_000
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class Store:
    """One connection that reads and one that writes, so that a search needn't wait for an update.

    Both may be used from any thread; each serves one thread at a time.
    """

    def __init__(self, path: Path) -> None:
        """Opens or creates the file. Raises SetupError when the folder can't be written."""
        self.path = path
        self._reader_lock = threading.Lock()
        self._writer_lock = threading.RLock()
        self._reader, self._writer = self._open()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection whose answers all show one and the same state of the index."""
        with self._reader_lock, _transaction(self._reader, "BEGIN"):
            yield self._reader

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction: committed at the end, undone by an exception."""
        with self._writer_lock, _transaction(self._writer, "BEGIN IMMEDIATE"):
            yield self._writer

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
            _put_aside(self.path, reason)
            self._reader, self._writer = self._open()

    def _open(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
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
    """Whether an error tells that the file itself is broken."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and (code & 0xFF) in _DAMAGED


def _connections(path: Path) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    writer = _connection(path)
    try:
        migrate(writer)
        for table in ("files", "blobs", "chunks", "symbols", "file_words"):
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
