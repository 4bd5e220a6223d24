"""Brings the index up to date with a source: only content that it has never seen is cut into chunks."""

import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from secrets import token_hex

from .bounds import Bounds
from .builders import Builders, Built, builders
from .compact import compact, drop_dead
from .paths import is_document, is_test, path_words
from .remember import remember
from .segments import add_segment
from .sources import Entry, Folder, Source
from .store import Store

_log = logging.getLogger(__name__)

_BATCH_FILES = 800
_MOST_NOTES = 100

Progress = Callable[[int, int], None]
"""Called with the number of files done, and of all, after each batch. The update waits until it returns, and
ends with what it raises: what is written until then stays.
"""


@dataclass(frozen=True)
class Counts:
    """What an update did, and what the index holds after it; `notes` says which files were left out and why.

    `read`: files whose new content was cut into chunks; `known`: whose content the index had already;
    `unchanged`: not even opened; `removed`: gone from the source.
    """

    files: int = 0
    read: int = 0
    known: int = 0
    unchanged: int = 0
    removed: int = 0
    chunks: int = 0
    symbols: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Batch:
    """Files, and the segment that is being built of their new contents, in the order of `fresh`."""

    entries: list[Entry]
    fresh: dict[tuple[bytes, str], int]
    segment: str
    built: Callable[[], Built] | None


def update(
    store: Store,
    source: Source,
    limits: Bounds,
    progress: Progress | None = None,
    make_room: Callable[[], None] = lambda: None,
) -> Counts:
    """Makes the index mirror the source: all other files are forgotten. Raises OSError, SetupError.

    `make_room` is called before worker processes are started.

    Each batch is committed: a killed update loses a few batches at most, and searches see what is there.
    """
    drop_dead(store)
    wanted = sorted(set(source.paths()), key=_usefulness)
    counts = _take_in(store, source, wanted, limits, progress, make_room)
    counts = _finish(store, set(wanted), counts)
    compact(store)
    remember(store, *source.history)
    return counts


def refresh(store: Store, folder: Folder, paths: tuple[str, ...], limits: Bounds) -> Counts:
    """Takes in what has become of a few files, and leaves all others alone. Raises OSError, SetupError.

    A path may also be that of a folder, and means all that is or was in it.
    """
    present = folder.among(paths)
    counts = _take_in(store, folder, present, limits)
    with store.writing() as connection:
        known = {each for path in paths for each in _known_at(connection, path)}
        for path in known - set(present):
            _forget(connection, path)
    return _totalled(store, counts)


def _take_in(
    store: Store,
    source: Source,
    paths: list[str],
    limits: Bounds,
    progress: Progress | None = None,
    make_room: Callable[[], None] = lambda: None,
) -> Counts:
    counts = Counts()
    done = 0
    with builders(limits.workers, make_room) as makers:
        entries = source.entries(paths, _known_stamps(store, source))
        for batch in _built(store, makers, _batches(entries, limits.batch_bytes), limits.workers):
            counts = _write(store, batch, counts)
            done += len(batch.entries)
            if progress is not None:
                progress(done, len(paths))
    return counts


def _usefulness(path: str) -> tuple[bool, bool, str]:
    """Sources first: a search during the update finds them soonest."""
    return is_document(path), is_test(path), path


def _known_stamps(store: Store, source: Source) -> dict[str, str]:
    """Stamps of the last update of the same place; elsewhere a stamp means nothing."""
    with store.writing() as connection:
        last = connection.execute("SELECT value FROM facts WHERE key = 'place'").fetchone()
        if last is None or last[0] != source.place:
            connection.execute("UPDATE files SET stamp = ''")
            connection.execute("INSERT OR REPLACE INTO facts VALUES ('place', ?)", (source.place,))
        return dict(connection.execute("SELECT path, stamp FROM files WHERE stamp != ''"))


def _batches(entries: Iterable[Entry], most_bytes: int) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    size = count = 0
    for entry in entries:
        batch.append(entry)
        size += len(entry.raw or b"")
        count += entry.raw is not None
        if size >= most_bytes or count >= _BATCH_FILES:
            yield batch
            batch, size, count = [], 0, 0
    if batch:
        yield batch


def _built(store: Store, makers: Builders, batches: Iterator[list[Entry]], workers: int) -> Iterator[_Batch]:
    """The batches in order, each as soon as its segment is there; a few are under way at once."""
    waiting: deque[_Batch] = deque()
    ahead = next(batches, None)
    first = True
    while ahead is not None:
        entries, ahead = ahead, next(batches, None)
        if first and ahead is not None:
            makers.start()
        first = False
        waiting.append(_begin(store, makers, entries))
        while len(waiting) > workers:
            yield waiting.popleft()
    yield from waiting


def _begin(store: Store, makers: Builders, entries: list[Entry]) -> _Batch:
    fresh: dict[tuple[bytes, str], bytes] = {}
    with store.reading() as connection:
        for entry in entries:
            if entry.raw is not None and _blob(connection, entry) is None:
                fresh.setdefault((entry.hash, entry.language), entry.raw)
    segment = token_hex(8)
    places = {key: place for place, key in enumerate(fresh)}
    if not fresh:
        return _Batch(entries, places, segment, None)
    contents = [(raw, language) for (_, language), raw in fresh.items()]
    return _Batch(entries, places, segment, makers.submit(contents, store.segment_path(segment)))


def _blob(connection: sqlite3.Connection, entry: Entry) -> int | None:
    query = "SELECT id FROM blobs WHERE hash = ? AND language = ?"
    row = connection.execute(query, (entry.hash, entry.language)).fetchone()
    return row[0] if row else None


def _write(store: Store, batch: _Batch, counts: Counts) -> Counts:
    built = batch.built() if batch.built is not None else None
    notes = [entry.note for entry in batch.entries if entry.note]
    for note in notes:
        _log.info("Index: %s", note)
    read = known = unchanged = 0
    with store.writing() as connection:
        segment = add_segment(connection, batch.segment, built.checksum, built.postings) if built else 0
        for entry in batch.entries:
            if entry.state == "unchanged":
                unchanged += 1
            elif entry.state == "gone":
                _forget(connection, entry.path)
            elif entry.raw is None:
                _put_file(connection, entry, None)
            else:
                blob = _blob(connection, entry)
                known += blob is not None
                read += blob is None
                _put_file(connection, entry, blob or _put_blob(connection, entry, batch, built, segment))
    return replace(
        counts,
        read=counts.read + read,
        known=counts.known + known,
        unchanged=counts.unchanged + unchanged,
        notes=(*counts.notes, *notes)[:_MOST_NOTES],
    )


def _put_blob(
    connection: sqlite3.Connection, entry: Entry, batch: _Batch, built: Built | None, segment: int
) -> int:
    """Another process may have dropped a content since it was looked up: then the update is begun again."""
    place = batch.fresh.get((entry.hash, entry.language))
    if built is None or place is None:
        raise sqlite3.OperationalError("the index was emptied by another process during the update")
    query = "INSERT INTO blobs (hash, language, size, text, segment, place) VALUES (?, ?, ?, ?, ?, ?)"
    row = (entry.hash, entry.language, len(entry.raw or b""), built.texts[place], segment, place)
    return connection.execute(query, row).lastrowid or 0


def _put_file(connection: sqlite3.Connection, entry: Entry, blob: int | None) -> None:
    before = connection.execute("SELECT id, blob FROM files WHERE path = ?", (entry.path,)).fetchone()
    if before is not None and before[1] == blob:
        connection.execute("UPDATE files SET stamp = ? WHERE id = ?", (entry.stamp, before[0]))
        return
    _forget(connection, entry.path)
    row = (entry.path, entry.stamp, path_words(entry.path), blob)
    connection.execute("INSERT INTO files (path, stamp, words, blob) VALUES (?, ?, ?, ?)", row)


def _forget(connection: sqlite3.Connection, path: str) -> None:
    """Its content stays: on the way back to another branch it is known."""
    connection.execute("DELETE FROM files WHERE path = ?", (path,))


def _known_at(connection: sqlite3.Connection, path: str) -> list[str]:
    """The path itself if it is a known file, and the known files beneath it ("0" follows "/")."""
    query = "SELECT path FROM files WHERE path = ? OR (path > ? AND path < ?)"
    return [known for (known,) in connection.execute(query, (path, path + "/", path + "0"))]


def _finish(store: Store, wanted: set[str], counts: Counts) -> Counts:
    with store.writing() as connection:
        gone = [path for (path,) in connection.execute("SELECT path FROM files") if path not in wanted]
        for path in gone:
            _forget(connection, path)
    return _totalled(store, replace(counts, removed=len(gone)))


def _totalled(store: Store, counts: Counts) -> Counts:
    with store.reading() as connection:
        files = connection.execute("SELECT count(*) FROM files").fetchone()[0]
        view = store.view(connection)
    return replace(counts, files=files, chunks=view.live_chunks, symbols=view.live_symbols)
