"""The SQLite file under the vectors: one writer at a time, any number of readers, begun again when damaged.

A transaction is in the file wholly or not at all, wherever a process was killed: SQLite's write-ahead log
checks each page that it takes over. Pages are read with pread into a small cache of our own and never mapped,
so that the file's size doesn't show in our memory.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_log = logging.getLogger(__name__)
_LAYOUT = 1
_BUSY_SECONDS = 30.0
_CACHE_KIB = 8_000
_LOG_BYTES = 16_000_000
_BROKEN = frozenset(
    {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_FORMAT,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_ERROR,  # A table is missing: the statements themselves are sound.
    }
)

_TABLES = f"""
CREATE TABLE vectors (place INTEGER PRIMARY KEY, records BLOB NOT NULL);
CREATE TABLE places (key BLOB PRIMARY KEY, place INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE lists (list INTEGER PRIMARY KEY, size INTEGER NOT NULL, changed INTEGER NOT NULL);
CREATE TABLE centroids (list INTEGER PRIMARY KEY, centroid BLOB NOT NULL, changed INTEGER NOT NULL);
CREATE TABLE serials (next INTEGER NOT NULL);
INSERT INTO serials VALUES (0);
CREATE INDEX lists_changed ON lists (changed);
CREATE INDEX centroids_changed ON centroids (changed);
PRAGMA user_version = {_LAYOUT};
"""
"""A place is the list's number << 32 | a serial number, so that a list's rows lie side by side. A row holds
the record of one vector that was added, or of all that a list had when it was last made: quick to read."""


class Damage(Exception):
    """The file can't be what we wrote; everything in it can be made again."""


class Database:
    """One connection, for one thread at a time. Raises sqlite3.Error and OSError for what isn't damage."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = self._open()
        self._file = path.stat().st_ino

    @contextmanager
    def transaction(self, write: bool) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the file; an exception undoes what it wrote. Raises Damage."""
        try:
            self._connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.DatabaseError as error:
            if _is_damage(error):
                raise Damage(str(error)) from error
            raise

    def changed_elsewhere(self) -> bool:
        """Whether another process has put the file aside or deleted it."""
        try:
            return self.path.stat().st_ino != self._file
        except FileNotFoundError:
            return True

    def reopen(self) -> None:
        """Leaves the old file and opens what is now at the path."""
        self._connection.close()
        self._connection = self._open()
        self._file = self.path.stat().st_ino

    def put_aside(self, reason: object) -> None:
        """Keeps the file as `*.damaged` and begins an empty one."""
        self._connection.close()
        _put_aside(self.path, reason)
        self.reopen()

    def close(self) -> None:
        """Nothing may be called afterwards."""
        self._connection.close()

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _connection(self.path)
        except (sqlite3.DatabaseError, Damage) as error:
            if isinstance(error, sqlite3.Error) and not _is_damage(error):
                raise
            _put_aside(self.path, error)
            return _connection(self.path)


def _connection(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("PRAGMA mmap_size = 0")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        _lay_out(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _lay_out(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        (layout,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if layout == 0 and tables == 0:
            for statement in _TABLES.split(";")[:-1]:
                connection.execute(statement)
        elif layout != _LAYOUT:
            raise Damage(f"its layout is {layout} and ours is {_LAYOUT}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _is_damage(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and (code & 0xFF) in _BROKEN


def _put_aside(path: Path, reason: object) -> None:
    aside = path.with_name(path.name + ".damaged")
    _log.warning("The vectors in %s can't be used (%s): kept as %s, begun again.", path, reason, aside.name)
    for suffix in ("-wal", "-shm"):  # Who still has the old file open keeps its log; ours is a new one.
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.replace(aside)
