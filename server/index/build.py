"""Contents → a segment: their chunks, postings and symbols as arrays that are written once.

A segment holds a few megabytes of text, so that building it takes a bounded memory whatever the size of the
repository. Postings say, for each term, in which chunks it stands and how often: in code, docs and names.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from .arrays import Array, ranges
from .chunks import Chunk, Digest, Symbol, decode, digest
from .words import numbers, tokens, whole

FIELDS = ("code", "docs", "names")
_MOST_COUNTED = 255
KINDS = (
    "", "module", "function", "method", "class", "struct", "interface", "trait", "enum", "type", "property",
    "declaration", "field", "variable", "constant", "scope_only", "macro",
)  # fmt: skip
KIND_OF = {kind: index for index, kind in enumerate(KINDS)}


@dataclass
class _Rows:
    """Columns under construction. A field has its tokens one after the other, and how many each chunk has."""

    vocabulary: defaultdict[str, int] = field(default_factory=lambda: defaultdict(count().__next__))
    fields: dict[str, tuple[list[int], list[int]]] = field(
        default_factory=lambda: {name: ([], []) for name in FIELDS}
    )
    chunks: list[Chunk] = field(default_factory=list)
    symbols: list[Symbol] = field(default_factory=list)
    symbol_chunks: list[int] = field(default_factory=list)
    blobs: list[tuple[int, int]] = field(default_factory=list)


def build(contents: Iterable[tuple[bytes, str]]) -> dict[str, Array]:
    """The arrays of a segment of contents (raw bytes, language), in their order.

    Per blob: `blob_chunks`, `blob_symbols` (bounds, one more than blobs). Per chunk: `chunk_start`,
    `chunk_end` (lines), `chunk_cost` (characters), `chunk_length` (counted tokens), `chunk_kind`,
    `chunk_names` (bounds in `text`), `chunk_uses` (bounds in `uses`: term indexes of the
    identifiers of its code). Per term, sorted by number: `term`, `term_postings` (bounds). Per posting:
    `in_chunk`, `code`, `docs`, `names` (counts up to 255). Per symbol, by blob and line: `symbol_…`.
    """
    rows = _Rows()
    for raw, language in contents:
        text = decode(raw)
        _add(rows, digest(text, language) if text else Digest((), ()))
    return _postings(rows) | _chunk_columns(rows) | _symbol_columns(rows)


def _add(rows: _Rows, cut: Digest) -> None:
    first = len(rows.chunks)
    number = rows.vocabulary.__getitem__
    for chunk in cut.chunks:
        for name, text in zip(FIELDS, (chunk.code, chunk.docs, chunk.names), strict=True):
            words, lengths = rows.fields[name]
            before = len(words)
            words.extend(map(number, tokens(text)))
            lengths.append(len(words) - before)
    rows.chunks += cut.chunks
    rows.symbols += cut.symbols
    starts = np.array([chunk.start for chunk in cut.chunks], np.int64)
    lines = np.array([symbol.start for symbol in cut.symbols], np.int64)
    places = np.searchsorted(starts, lines, "right") - 1
    rows.symbol_chunks += (first + np.maximum(places, 0)).tolist()
    rows.blobs.append((len(rows.chunks), len(rows.symbols)))


def _postings(rows: _Rows) -> dict[str, Array]:
    """Each token's counts, under the number of the whole and of each of its parts."""
    found = [numbers(token) for token in rows.vocabulary]
    widths = np.array([len(each) for each in found], np.int64)
    flat = np.array([value for each in found for value in each], np.uint64)
    terms, ranks = np.unique(flat, return_inverse=True)
    starts = np.concatenate(([0], np.cumsum(widths)))
    keys: list[Array] = []
    length = np.zeros(len(rows.chunks), np.int64)
    uses: tuple[Array, Array] = (np.zeros(0, np.int64), np.zeros(0, np.int64))
    for place, name in enumerate(FIELDS):
        chunk, word, times = _counted(*rows.fields[name], widths)
        length += np.bincount(chunk, times, len(length)).astype(np.int64)
        if name == "code":
            uses = chunk, ranks[starts[word]]
        wide = widths[word]
        index = ranges(starts[word], wide)
        keys.append(_packed(ranks[index], np.repeat(chunk, wide), np.repeat(times, wide), place))
    columns = _merged(np.sort(np.concatenate(keys)), len(terms))
    used_by, used = _by_chunk(uses[0], uses[1], len(length))
    return {
        "term": terms,
        **columns,
        "chunk_length": length.astype(np.uint32),
        "chunk_uses": used_by,
        "uses": used,
    }


def _counted(words: list[int], lengths: list[int], widths: Array) -> tuple[Array, Array, Array]:
    """Chunk, token and how often it stands there, up to 255, by chunk and token; only tokens that count."""
    word = np.array(words, np.int64)
    chunk = np.repeat(np.arange(len(lengths)), lengths)
    known = widths[word] > 0
    keys, times = np.unique((chunk[known] << 32) | word[known], return_counts=True)
    return keys >> 32, keys & 0xFFFFFFFF, np.minimum(times, _MOST_COUNTED)


def _packed(term: Array, chunk: Array, count: Array, place: int) -> Array:
    """Term (26 bits), chunk (28), field (2) and count (8) in one number, which sorts ten times faster."""
    key = (term.astype(np.uint64) << np.uint64(38)) | (chunk.astype(np.uint64) << np.uint64(10))
    return key | np.uint64(place << 8) | count.astype(np.uint64)


def _merged(keys: Array, terms: int) -> dict[str, Array]:
    """Sorted keys → one posting for each term and chunk, with the counts of all fields."""
    places = keys >> np.uint64(10)
    firsts = (
        np.flatnonzero(np.concatenate(([True], places[1:] != places[:-1])))
        if len(keys)
        else np.zeros(0, np.int64)
    )
    count = (keys & np.uint64(0xFF)).astype(np.int64)
    which = (keys >> np.uint64(8)) & np.uint64(3)
    columns: dict[str, Array] = {}
    for place, name in enumerate(FIELDS):
        added = np.add.reduceat(np.where(which == place, count, 0), firsts) if len(keys) else count
        columns[name] = np.minimum(added, _MOST_COUNTED).astype(np.uint8)
    at = places[firsts]
    bounds = np.searchsorted(at >> np.uint64(28), np.arange(terms + 1, dtype=np.uint64))
    chunk = (at & np.uint64((1 << 28) - 1)).astype(np.uint32)
    return {"term_postings": bounds.astype(np.uint32), "in_chunk": chunk, **columns}


def _by_chunk(chunk: Array, term: Array, chunks: int) -> tuple[Array, Array]:
    """Columns in the order of chunks → bounds for each chunk, and the terms."""
    bounds = np.searchsorted(chunk, np.arange(chunks + 1))
    return bounds.astype(np.uint32), term.astype(np.uint32)


def _chunk_columns(rows: _Rows) -> dict[str, Array]:
    texts = [chunk.symbol.encode("utf-8", "replace") for chunk in rows.chunks]
    texts += [symbol.qualified.encode("utf-8", "replace") for symbol in rows.symbols]
    bounds = bounds_of([len(text) for text in texts])
    blobs = np.array([(0, 0), *rows.blobs], np.uint32)
    return {
        "blob_chunks": blobs[:, 0],
        "blob_symbols": blobs[:, 1],
        "chunk_start": np.array([chunk.start for chunk in rows.chunks], np.uint32),
        "chunk_end": np.array([chunk.end for chunk in rows.chunks], np.uint32),
        "chunk_cost": np.array([chunk.cost for chunk in rows.chunks], np.uint32),
        "chunk_kind": np.array([KIND_OF.get(chunk.kind, 0) for chunk in rows.chunks], np.uint8),
        "chunk_names": bounds[: len(rows.chunks) + 1],
        "symbol_names": bounds[len(rows.chunks) :],
        "text": np.frombuffer(b"".join(texts), np.uint8),
    }


def bounds_of(lengths: list[int]) -> Array:
    """Where runs of these lengths begin when they follow each other, and where the last ends (u32)."""
    return np.concatenate(([0], np.cumsum(lengths, dtype=np.int64))).astype(np.uint32)


def _symbol_columns(rows: _Rows) -> dict[str, Array]:
    symbols = rows.symbols
    parents = [symbol.qualified.split(".")[-2:-1] for symbol in symbols]
    return {
        "symbol": np.array([whole(symbol.name) for symbol in symbols], np.uint64),
        "symbol_parent": np.array([whole(name[0]) if name else 0 for name in parents], np.uint64),
        "symbol_kind": np.array([KIND_OF.get(symbol.kind, 0) for symbol in symbols], np.uint8),
        "symbol_start": np.array([symbol.start for symbol in symbols], np.uint32),
        "symbol_end": np.array([symbol.end for symbol in symbols], np.uint32),
        "symbol_chunk": np.array(rows.symbol_chunks, np.uint32),
    }
