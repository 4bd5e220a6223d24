"""What the index holds at one moment: the live files, and their chunks over all segments.

Chunks are numbered through all segments; the numbers of a content that no live file has are dead. A content
that several files share belongs to the first of them, its `owner`.
"""

import sqlite3
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from .arrays import Array, ranges
from .build import KIND_OF
from .paths import is_document, is_foreign, is_test
from .segments import Segment
from .symbols import SymbolTable, symbol_table

TEST, DOCUMENT, CODE, FOREIGN = 1, 2, 4, 8
OTHER = TEST | DOCUMENT | FOREIGN
MODULE = KIND_OF["module"]


@dataclass(frozen=True)
class Place:
    """A chunk's segment, and its number there."""

    segment: Segment
    chunk: int


@dataclass(frozen=True, eq=False)
class View:
    """Files by number, in the order of their paths; chunks by number.

    Per file: `paths`, `blobs` (row ids; 0 without text), `owner` (the file whose chunks it shares), `first`
    and `last` (its chunks, last exclusive), `traits` (bits). Per chunk: `file` (its owner; -1 when dead) and
    the columns of `build.build`.
    """

    segments: tuple[Segment, ...]
    offsets: Array
    paths: list[str]
    blobs: Array
    owner: Array
    first: Array
    last: Array
    traits: Array
    file: Array
    path_words: Array
    path_bounds: Array

    @cached_property
    def live(self) -> Array:
        return self.file >= 0

    @property
    def live_chunks(self) -> int:
        return int(np.count_nonzero(self.live))

    @property
    def live_symbols(self) -> int:
        return len(self.symbols.name)

    @cached_property
    def start(self) -> Array:
        return self._column("chunk_start")

    @cached_property
    def end(self) -> Array:
        return self._column("chunk_end")

    @cached_property
    def cost(self) -> Array:
        return self._column("chunk_cost")

    @cached_property
    def kind(self) -> Array:
        return self._column("chunk_kind")

    @cached_property
    def length(self) -> Array:
        return self._column("chunk_length").astype(np.float32)

    @cached_property
    def file_length(self) -> Array:
        """Counted tokens of each file; 0 for those that aren't their own owner."""
        return np.bincount(self.file[self.live], self.length[self.live], len(self.paths)).astype(np.float32)

    @cached_property
    def symbols(self) -> SymbolTable:
        return symbol_table(self.segments, self.offsets, self.live)

    @cached_property
    def files_by_plain_stem(self) -> dict[str, list[int]]:
        """Files by their name up to its first dot, as `plain` writes it."""
        found: dict[str, list[int]] = {}
        for file, path in enumerate(self.paths):
            found.setdefault(plain(path.rpartition("/")[2].partition(".")[0]), []).append(file)
        return found

    @cached_property
    def extension_share(self) -> Array:
        """For each file, the share of all chunks of code that are in files with its extension."""
        chunks = np.where(self.traits & CODE, self.last - self.first, 0)
        endings = [path.rpartition(".")[2] for path in self.paths]
        sums = Counter[str]()
        for ending, count in zip(endings, chunks.tolist(), strict=True):
            sums[ending] += count
        total = max(1, sum(sums.values()))
        return np.array([sums[ending] / total for ending in endings], np.float32)

    def by_file(self, scores: Array, gather: np.ufunc) -> Array:
        """A score of each chunk gathered over each file's chunks, with a ufunc such as np.maximum.

        Scores of dead chunks must be 0.
        """
        order, firsts = self._runs
        gathered = np.zeros(len(self.paths), scores.dtype)
        if len(firsts):
            gathered[order] = gather.reduceat(scores, firsts)
        return gathered[self.owner]

    @cached_property
    def _runs(self) -> tuple[Array, Array]:
        """The files that own chunks, in the order of their first chunk, and those chunks."""
        order = self.owners[np.argsort(self.first[self.owners])]
        return order, self.first[order]

    def place(self, chunk: int) -> Place:
        """Where a chunk's own columns are."""
        at = int(np.searchsorted(self.offsets, chunk, "right")) - 1
        return Place(self.segments[at], chunk - int(self.offsets[at]))

    def sharing(self, chunk: int) -> list[str]:
        """The paths of all files that have a live chunk."""
        return [self.paths[file] for file in np.flatnonzero(self.owner == self.file[chunk]).tolist()]

    def symbol(self, chunk: int) -> str:
        """The qualified name of what a chunk belongs to."""
        place = self.place(chunk)
        return place.segment.chunk_name(place.chunk)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Each path's file number."""
        return {path: number for number, path in enumerate(self.paths)}

    @cached_property
    def owners(self) -> Array:
        """The files that own chunks."""
        return np.flatnonzero((self.owner == np.arange(len(self.paths))) & (self.last > self.first))

    @cached_property
    def files_by_blob(self) -> dict[int, int]:
        """The owner of each content that has chunks."""
        return dict(zip(self.blobs[self.owners].tolist(), self.owners.tolist(), strict=True))

    @cached_property
    def files_by_name(self) -> dict[str, list[int]]:
        """Files by their name, with and without extension; a package's own file also by its folder's."""
        found: dict[str, list[int]] = {}
        for file, path in enumerate(self.paths):
            folder, _, name = path.rpartition("/")
            stem = name.rpartition(".")[0] or name
            around = folder.rpartition("/")[2] if stem == "__init__" else name
            for known in {name, stem, around}:
                found.setdefault(known, []).append(file)
        return found

    def _column(self, name: str) -> Array:
        columns = [segment.arrays[name] for segment in self.segments]
        return np.concatenate(columns) if columns else np.zeros(0, np.uint32)


def make_view(connection: sqlite3.Connection, segments: tuple[Segment, ...]) -> View:
    """Reads the live files."""
    query = (
        "SELECT f.path, f.words, coalesce(f.blob, 0), coalesce(b.segment, 0), coalesce(b.place, 0),"
        " coalesce(b.language, '') FROM files AS f LEFT JOIN blobs AS b ON b.id = f.blob ORDER BY f.path"
    )
    rows = connection.execute(query).fetchall()
    paths = [row[0] for row in rows]
    words, bounds = _words([row[1] for row in rows])
    blobs, segment, place = (np.array([row[at] for row in rows], np.int64) for at in (2, 3, 4))
    offsets = np.concatenate(([0], np.cumsum([each.chunks for each in segments], dtype=np.int64)))
    first, last = _bounds(segments, offsets, segment, place)
    traits = np.array([_traits(row[0], row[5]) for row in rows], np.uint8)
    owner = _owners(blobs, traits)
    file = np.full(offsets[-1], -1, np.int32)
    owning = np.flatnonzero((owner == np.arange(len(paths))) & (last > first))
    lengths = (last - first)[owning]
    spread = ranges(first[owning], lengths)
    file[spread] = np.repeat(owning, lengths)
    return View(segments, offsets, paths, blobs, owner, first, last, traits, file, words, bounds)


def _bounds(
    segments: tuple[Segment, ...], offsets: Array, segment: Array, place: Array
) -> tuple[Array, Array]:
    """Each file's first chunk and the one after its last, through all segments."""
    first, last = np.zeros(len(place), np.int64), np.zeros(len(place), np.int64)
    for number, each in enumerate(segments):
        own = np.flatnonzero(segment == each.id)
        bounds = each.arrays["blob_chunks"].astype(np.int64) + offsets[number]
        first[own], last[own] = bounds[place[own]], bounds[place[own] + 1]
    return first, last


def _owners(blobs: Array, traits: Array) -> Array:
    """Of the files with one content the first, the project's sources before all others."""
    numbers = np.arange(len(blobs))
    order = np.lexsort((numbers, traits & OTHER, blobs))
    firsts = np.concatenate(([True], np.diff(blobs[order]) != 0)) if len(order) else np.zeros(0, bool)
    leaders = order[np.maximum.accumulate(np.where(firsts, numbers, 0))] if len(order) else order
    owner = numbers.copy()
    owner[order] = leaders
    return np.where(blobs > 0, owner, numbers)


@lru_cache(maxsize=65536)
def _traits(path: str, language: str) -> int:
    document = is_document(path) or language == "prose"
    code = language not in ("", "prose")
    return TEST * is_test(path) | DOCUMENT * document | CODE * code | FOREIGN * is_foreign(path)


def _words(blobs: list[bytes]) -> tuple[Array, Array]:
    """All files' path words one after the other, and the bounds of each file's."""
    bounds = np.concatenate(([0], np.cumsum([len(each) // 8 for each in blobs], dtype=np.int64)))
    return np.frombuffer(b"".join(blobs), np.uint64), bounds


def plain(name: str) -> str:
    """A name so that FooBar, foo_bar and foo-bar are one."""
    return name.lower().replace("_", "").replace("-", "")
