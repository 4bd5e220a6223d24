"""Segments as the database records them and as they lie on the disk."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .arrays import Array, checksum, read_arrays

ENDING = ".segment"


class DamagedSegment(sqlite3.DatabaseError):
    """A segment's file is gone, torn or altered: the index is to be made again."""


@dataclass(frozen=True, eq=False)
class Segment:
    """An opened segment; `arrays` are described in `build.build`."""

    id: int
    name: str
    arrays: dict[str, Array]

    @property
    def chunks(self) -> int:
        return len(self.arrays["chunk_start"])

    def postings(self, term: int) -> slice:
        """Where a term's postings are in the columns of postings; empty when it has none."""
        terms = self.arrays["term"]
        at = int(np.searchsorted(terms, np.uint64(term)))
        if at == len(terms) or terms[at] != term:
            return slice(0, 0)
        bounds = self.arrays["term_postings"]
        return slice(int(bounds[at]), int(bounds[at + 1]))

    def chunk_name(self, chunk: int) -> str:
        """The qualified name of what a chunk belongs to; "" for a module's own lines."""
        return self._text("chunk_names", chunk)

    def symbol_name(self, symbol: int) -> str:
        """A symbol's qualified name."""
        return self._text("symbol_names", symbol)

    def _text(self, bounds: str, index: int) -> str:
        begin, end = self.arrays[bounds][index : index + 2]
        return bytes(self.arrays["text"][begin:end]).decode("utf-8", "replace")


def add_segment(connection: sqlite3.Connection, name: str, checked: int, postings: int) -> int:
    """Records a written file; until then it isn't part of the index. Returns its id."""
    query = "INSERT INTO segments (name, checksum, postings) VALUES (?, ?, ?)"
    return connection.execute(query, (name, checked, postings)).lastrowid or 0


def open_segments(
    connection: sqlite3.Connection, folder: Path, known: Iterable[Segment]
) -> tuple[Segment, ...]:
    """The recorded segments; a file is checked when it is opened first. Raises DamagedSegment."""
    opened = {each.name: each for each in known}
    rows = connection.execute("SELECT id, name, checksum FROM segments ORDER BY id").fetchall()
    return tuple(opened.get(name) or _open(folder, row, name, checked) for row, name, checked in rows)


def _open(folder: Path, row: int, name: str, checked: int) -> Segment:
    path = folder / (name + ENDING)
    try:
        if checksum(path) == checked:
            return Segment(row, name, read_arrays(path))
    except (OSError, ValueError) as error:
        raise DamagedSegment(f"{path.name}: {error}") from error
    raise DamagedSegment(f"{path.name} is not what was written")
