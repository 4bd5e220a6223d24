"""Many small segments become few larger ones, and content of other days is dropped when it outweighs."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from secrets import token_hex

import numpy as np

from .arrays import Array, write_arrays
from .build import FIELDS
from .segments import Segment, add_segment, open_segments
from .store import Store

_SMALL_POSTINGS = 600_000
_LARGEST_POSTINGS = 2_500_000
_MOST_SMALL = 6
_KEPT_DEAD_BYTES = 64_000_000

_COLUMNS = (
    *("chunk_start", "chunk_end", "chunk_cost", "chunk_length", "chunk_kind"),
    *("symbol", "symbol_parent", "symbol_kind", "symbol_start", "symbol_end"),
)


def drop_dead(store: Store) -> None:
    """Empties an index that mostly holds content of other days; what is live is read again."""
    with store.writing() as connection:
        live, dead = connection.execute(
            "SELECT coalesce(sum(size) FILTER (WHERE id IN (SELECT blob FROM files)), 0),"
            " coalesce(sum(size) FILTER (WHERE id NOT IN (SELECT blob FROM files WHERE blob IS NOT NULL)), 0)"
            " FROM blobs"
        ).fetchone()
        if dead > _KEPT_DEAD_BYTES + 2 * live:
            for table in ("files", "blobs", "segments"):
                connection.execute(f"DELETE FROM {table}")


def drop_all(store: Store) -> None:
    """Empties the index, also what it remembers of the past; other processes see it empty, and go on."""
    with store.writing() as connection:
        for table in ("files", "blobs", "segments", "past", "commits", "facts"):
            connection.execute(f"DELETE FROM {table}")


def compact(store: Store) -> None:
    """Merges small segments while there are many, and removes files that no segment is recorded for.

    A merged segment holds the same contents in the same order, so that only their places change.
    """
    with store.writing() as connection:
        for group in _groups(connection):
            segments = open_segments(connection, store.segments_folder, ())
            _replace(store, connection, [each for each in segments if each.id in group])
        recorded = {name for (name,) in connection.execute("SELECT name FROM segments")}
    store.sweep(recorded)


def _groups(connection: sqlite3.Connection) -> Iterator[set[int]]:
    rows = connection.execute(
        "SELECT id, postings FROM segments WHERE postings < ? ORDER BY id", (_SMALL_POSTINGS,)
    ).fetchall()
    if len(rows) <= _MOST_SMALL:
        return
    group: set[int] = set()
    size = 0
    for row, postings in rows:
        if size + postings > _LARGEST_POSTINGS and group:
            yield group
            group, size = set(), 0
        group.add(row)
        size += postings
    if len(group) > 1:
        yield group


def _replace(store: Store, connection: sqlite3.Connection, parts: list[Segment]) -> None:
    name = token_hex(8)
    arrays = merged([part.arrays for part in parts])
    checked = write_arrays(store.segment_path(name), arrays)
    made = add_segment(connection, name, checked, len(arrays["in_chunk"]))
    before = 0
    for part in parts:
        connection.execute(
            "UPDATE blobs SET segment = ?, place = place + ? WHERE segment = ?", (made, before, part.id)
        )
        connection.execute("DELETE FROM segments WHERE id = ?", (part.id,))
        before += len(part.arrays["blob_chunks"]) - 1


@dataclass(frozen=True)
class _Before:
    """How many chunks and symbols stand before a part."""

    chunks: int
    symbols: int


def merged(parts: list[dict[str, Array]]) -> dict[str, Array]:
    """One segment's arrays of several segments' arrays."""
    befores: list[_Before] = []
    chunks = symbols = 0
    for part in parts:
        befores.append(_Before(chunks, symbols))
        chunks += len(part["chunk_start"])
        symbols += len(part["symbol"])
    joined = {name: np.concatenate([part[name] for part in parts]) for name in _COLUMNS}
    joined["symbol_chunk"] = np.concatenate(
        [part["symbol_chunk"] + np.uint32(before.chunks) for part, before in zip(parts, befores, strict=True)]
    )
    for bounds in ("blob_chunks", "blob_symbols", "chunk_uses"):
        joined[bounds] = _joined_bounds([part[bounds] for part in parts])
    return joined | _merged_names(parts) | _merged_postings(parts, befores)


def _joined_bounds(bounds: list[Array]) -> Array:
    """Bounds of consecutive runs: each part's begin where the last part's ended."""
    joined = [bounds[0][:1].astype(np.int64)]
    end = 0
    for each in bounds:
        joined.append(each[1:].astype(np.int64) + end)
        end += int(each[-1])
    return np.concatenate(joined).astype(np.uint32)


def _merged_names(parts: list[dict[str, Array]]) -> dict[str, Array]:
    """A part's text holds the names of its chunks, then those of its symbols; so does the joined one."""
    cuts = [int(part["chunk_names"][-1]) for part in parts]
    chunk_texts = [part["text"][:cut] for part, cut in zip(parts, cuts, strict=True)]
    symbol_texts = [part["text"][cut:] for part, cut in zip(parts, cuts, strict=True)]
    symbol_bounds = [part["symbol_names"] - np.uint32(cut) for part, cut in zip(parts, cuts, strict=True)]
    return {
        "chunk_names": _joined_bounds([part["chunk_names"] for part in parts]),
        "symbol_names": _joined_bounds(symbol_bounds) + np.uint32(sum(cuts)),
        "text": np.concatenate([*chunk_texts, *symbol_texts]),
    }


def _merged_postings(parts: list[dict[str, Array]], befores: list[_Before]) -> dict[str, Array]:
    terms = np.unique(np.concatenate([part["term"] for part in parts]))
    keys: list[Array] = []
    uses: list[Array] = []
    for part, before in zip(parts, befores, strict=True):
        ranks = np.searchsorted(terms, part["term"]).astype(np.uint64)
        ends = part["term_postings"].astype(np.int64)
        widths = ends[1:] - ends[:-1]
        chunk = part["in_chunk"].astype(np.uint64) + np.uint64(before.chunks)
        keys.append((np.repeat(ranks, widths) << np.uint64(32)) | chunk)
        uses.append(ranks[part["uses"]].astype(np.uint32))
    key = np.concatenate(keys)
    order = np.argsort(key)
    key = key[order]
    bounds = np.searchsorted(key >> np.uint64(32), np.arange(len(terms) + 1, dtype=np.uint64))
    columns = {name: np.concatenate([part[name] for part in parts])[order] for name in FIELDS}
    chunk = (key & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    return {
        "term": terms,
        "term_postings": bounds.astype(np.uint32),
        "in_chunk": chunk,
        **columns,
        "uses": np.concatenate(uses),
    }
