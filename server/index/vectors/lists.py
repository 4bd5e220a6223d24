"""The table of lists in memory: a centroid and a length for each, kept true to the file.

SPANN (Chen et al., NeurIPS 2021) puts a graph over the centroids. Ours are some 25,000 for a million vectors:
a product of the matrix with the query takes about a millisecond, is exact, and needs no upkeep. It is made by
`vecdot`, which stays in one thread: BLAS wakes several for a product that small, and they spin.
"""

import sqlite3

import numpy as np
from numpy.typing import NDArray

from .codes import Floats
from .database import Damage

Numbers = NDArray[np.int64]
_ROWS_AT_ONCE = 256


class Lists:
    """Lists are numbered from 0 and never go away; one without vectors is passed over by searches."""

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        self.forget()

    def forget(self) -> None:
        """Makes the next refresh read everything."""
        self.count = 0
        self._centroids: Floats = np.empty((64, self.dimensions), np.float32)
        self._sizes: Numbers = np.zeros(64, np.int64)
        self._seen = -1
        self._version = -1

    @property
    def centroids(self) -> Floats:
        """(lists, d), each of length 1. A view: `place` changes it."""
        return self._centroids[: self.count]

    @property
    def sizes(self) -> Numbers:
        """(lists,) numbers of vectors. A view: `refresh` and `resize` change it."""
        return self._sizes[: self.count]

    def refresh(self, connection: sqlite3.Connection) -> None:
        """Takes over what other connections have committed; within a transaction. Raises Damage."""
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if version == self._version and self._seen >= 0:
            return
        after = (self._seen,)
        for number, centroid, changed in connection.execute(
            "SELECT list, centroid, changed FROM centroids WHERE changed > ? ORDER BY list", after
        ):
            if len(centroid) != 4 * self.dimensions or number > self.count:
                raise Damage(f"list {number} has no place or no centroid")
            self.place(number, np.frombuffer(centroid, "<f4"))
            self._seen = max(self._seen, changed)
        for number, size, changed in connection.execute(
            "SELECT list, size, changed FROM lists WHERE changed > ?", after
        ):
            if number >= self.count:
                raise Damage(f"list {number} has no centroid")
            self.sizes[number] = size
            self._seen = max(self._seen, changed)
        self._version = version

    def place(self, number: int, centroid: Floats) -> None:
        """Gives a list, the next new one included, its centroid."""
        if number == len(self._centroids):
            self._centroids = np.concatenate([self._centroids, np.empty_like(self._centroids)])
            self._sizes = np.concatenate([self._sizes, np.zeros_like(self._sizes)])
        self._centroids[number] = centroid
        self.count = max(self.count, number + 1)

    def save(self, connection: sqlite3.Connection, resized: set[int], moved: set[int]) -> None:
        """Writes the lists whose length or centroid changed; in the transaction that changed them."""
        if not resized and not moved:
            return  # A stamp that is in no row would hide another process's rows with the same.
        stamp = self._seen + 1
        connection.executemany(
            "INSERT OR REPLACE INTO lists VALUES (?, ?, ?)",
            [(number, int(self.sizes[number]), stamp) for number in resized],
        )
        connection.executemany(
            "INSERT OR REPLACE INTO centroids VALUES (?, ?, ?)",
            [(number, self.centroids[number].astype("<f4").tobytes(), stamp) for number in moved],
        )
        self._seen = stamp

    def nearest(self, vectors: Floats) -> Numbers:
        """(n,) the list nearest to each of (n, d)."""
        found = np.empty(len(vectors), np.int64)
        for start in range(0, len(vectors), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            found[rows] = np.argmax(vectors[rows] @ self.centroids.T, axis=1)
        return found

    def around(self, vector: Floats, most: int) -> Numbers:
        """The lists nearest to one vector, at most so many, in no order."""
        scores = np.vecdot(self.centroids, vector)
        if self.count <= most:
            return np.arange(self.count)
        return np.argpartition(scores, -most)[-most:]

    def worth_reading(self, query: Floats, vectors: int) -> list[int]:
        """The lists nearest to a query, best first, until they have so many vectors together."""
        order = np.argsort(-np.vecdot(self.centroids, query))
        order = order[self.sizes[order] > 0]
        before = np.cumsum(self.sizes[order]) - self.sizes[order]
        return [int(number) for number in order[before < vectors]]
