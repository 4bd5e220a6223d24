"""Brings the index up to date with a folder: only content that it has never seen is read in full."""

import logging
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from .chunks import digest
from .contents import Entry, found
from .paths import is_document, is_test
from .store import Store
from .words import words, words_of

_log = logging.getLogger(__name__)

_BATCH_FILES = 200
_BATCH_BYTES = 4_000_000
_MOST_NOTES = 100
_KEPT_DEAD_BYTES = 64_000_000

Progress = Callable[[int, int], None]
"""Called with the number of files done, and of all."""


@dataclass(frozen=True)
class Counts:
    """What an update did, and what the index holds after it; `notes` says which files were left out and why.

    `read`: files whose new content was cut into chunks; `known`: whose content the index had already;
    `unchanged`: not even opened; `removed`: gone from the folder.
    """

    files: int = 0
    read: int = 0
    known: int = 0
    unchanged: int = 0
    removed: int = 0
    chunks: int = 0
    symbols: int = 0
    notes: tuple[str, ...] = ()


def update(store: Store, root: Path, files: Iterable[str], progress: Progress | None = None) -> Counts:
    """Makes the index mirror `files` (relative to `root`, with "/"): all others are forgotten.

    Each batch is committed: a killed update loses one batch at most, and searches see what is there so far.
    """
    _drop_dead(store)
    wanted = sorted(set(files), key=_usefulness)
    stamps = _known_stamps(store, root)
    counts = Counts()
    done = 0
    for batch in _batches(_entries(store, root, wanted, stamps)):
        counts = _write(store, batch, counts)
        done += len(batch)
        if progress is not None:
            progress(done, len(wanted))
    return _finish(store, set(wanted), counts)


def _usefulness(path: str) -> tuple[bool, bool, str]:
    """Sources first: a search during the update finds them soonest."""
    return is_document(path), is_test(path), path


def _known_stamps(store: Store, root: Path) -> dict[str, str]:
    """Stamps of the last update of the same folder; elsewhere a stamp means nothing."""
    place = str(root.resolve())
    with store.writing() as connection:
        last = connection.execute("SELECT value FROM facts WHERE key = 'root'").fetchone()
        if last is None or last[0] != place:
            connection.execute("UPDATE files SET stamp = ''")
            connection.execute("INSERT OR REPLACE INTO facts VALUES ('root', ?)", (place,))
        return dict(connection.execute("SELECT path, stamp FROM files WHERE stamp != ''"))


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        batch.append(entry)
        size += entry.size
        if len(batch) >= _BATCH_FILES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _entries(store: Store, root: Path, paths: list[str], stamps: dict[str, str]) -> Iterator[Entry]:
    for path in paths:
        entry = found(root, path, stamps.get(path, ""))
        if entry.text is not None:
            with store.reading() as connection:
                known = _blob(connection, entry) is not None
            if not known:
                entry = replace(entry, digest=digest(entry.text, entry.language))
        yield entry


def _blob(connection: sqlite3.Connection, entry: Entry) -> int | None:
    query = "SELECT id FROM blobs WHERE hash = ? AND language = ?"
    row = connection.execute(query, (entry.hash, entry.language)).fetchone()
    return row[0] if row else None


def _write(store: Store, batch: list[Entry], counts: Counts) -> Counts:
    unchanged = read = known = 0
    notes = [entry.note for entry in batch if entry.note]
    for note in notes:
        _log.info("Index: %s", note)
    with store.writing() as connection:
        for entry in batch:
            if entry.state == "unchanged":
                unchanged += 1
            elif entry.state == "gone":
                _forget(connection, entry.path)
            elif entry.text is None:
                _put_file(connection, entry, None)
            else:
                blob = _blob(connection, entry)
                read += blob is None
                known += blob is not None
                _put_file(connection, entry, _put_blob(connection, entry) if blob is None else blob)
    return replace(
        counts,
        read=counts.read + read,
        known=counts.known + known,
        unchanged=counts.unchanged + unchanged,
        notes=(*counts.notes, *notes)[:_MOST_NOTES],
    )


def _put_blob(connection: sqlite3.Connection, entry: Entry) -> int:
    """Adds a content with its chunks and symbols; cut here if it was dropped since it was looked up."""
    text = entry.text or ""
    cut = entry.digest or digest(text, entry.language)
    packed = zlib.compress(text.encode("utf-8", "replace"), 1)
    row = (entry.hash, entry.language, entry.size, packed)
    cursor = connection.execute("INSERT INTO blobs (hash, language, size, text) VALUES (?, ?, ?, ?)", row)
    blob = cursor.lastrowid or 0
    for chunk in cut.chunks:
        values = (blob, chunk.start, chunk.end, chunk.symbol, chunk.kind, chunk.cost)
        cursor.execute(
            "INSERT INTO chunks (blob, start, end, symbol, kind, cost) VALUES (?, ?, ?, ?, ?, ?)", values
        )
        each = chunk.words
        cursor.execute(
            "INSERT INTO chunk_words (rowid, names, signature, docs, body) VALUES (?, ?, ?, ?, ?)",
            (cursor.lastrowid, each.names, each.signature, each.docs, each.body),
        )
    cursor.executemany(
        "INSERT INTO symbols (blob, name, qualified, kind, start, end, signature)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        ((blob, s.name, s.qualified, s.kind, s.start, s.end, s.signature) for s in cut.symbols),
    )
    return blob


def _put_file(connection: sqlite3.Connection, entry: Entry, blob: int | None) -> None:
    before = connection.execute("SELECT id, blob FROM files WHERE path = ?", (entry.path,)).fetchone()
    if before is not None and before[1] == blob:
        connection.execute("UPDATE files SET stamp = ? WHERE id = ?", (entry.stamp, before[0]))
        return
    _forget(connection, entry.path)
    row = (entry.path, entry.stamp, blob)
    cursor = connection.execute("INSERT INTO files (path, stamp, blob) VALUES (?, ?, ?)", row)
    names = connection.execute("SELECT DISTINCT name FROM symbols WHERE blob = ?", (blob,))
    fields = (cursor.lastrowid, words(entry.path), words_of(name for (name,) in names))
    connection.execute("INSERT INTO file_words (rowid, path, names) VALUES (?, ?, ?)", fields)


def _forget(connection: sqlite3.Connection, path: str) -> None:
    """Its content stays: on the way back to another branch it is known."""
    row = connection.execute("SELECT id FROM files WHERE path = ?", (path,)).fetchone()
    if row is not None:
        connection.execute("DELETE FROM file_words WHERE rowid = ?", row)
        connection.execute("DELETE FROM files WHERE id = ?", row)


def _finish(store: Store, wanted: set[str], counts: Counts) -> Counts:
    with store.writing() as connection:
        gone = [path for (path,) in connection.execute("SELECT path FROM files") if path not in wanted]
        for path in gone:
            _forget(connection, path)
        files = connection.execute("SELECT count(*) FROM files").fetchone()[0]
        live = "(SELECT blob FROM files)"
        chunks = connection.execute(f"SELECT count(*) FROM chunks WHERE blob IN {live}").fetchone()[0]
        symbols = connection.execute(f"SELECT count(*) FROM symbols WHERE blob IN {live}").fetchone()[0]
        connection.execute("INSERT OR REPLACE INTO facts VALUES ('chunks', ?)", (str(chunks),))
    return replace(counts, files=files, removed=len(gone), chunks=chunks, symbols=symbols)


def _drop_dead(store: Store) -> None:
    """Empties an index that mostly holds content of other days; what is live is read again."""
    with store.writing() as connection:
        live, dead = connection.execute(
            "SELECT coalesce(sum(size) FILTER (WHERE id IN (SELECT blob FROM files)), 0),"
            " coalesce(sum(size) FILTER (WHERE id NOT IN (SELECT blob FROM files WHERE blob IS NOT NULL)), 0)"
            " FROM blobs"
        ).fetchone()
        if dead > _KEPT_DEAD_BYTES + 2 * live:
            for table in ("file_words", "files", "symbols", "chunks", "blobs"):
                connection.execute(f"DELETE FROM {table}")
            connection.execute("INSERT INTO chunk_words (chunk_words) VALUES ('delete-all')")
