"""Vectors on disk: added as they are made, searched in bounded memory, by any number of processes."""

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from ...errors import SetupError
from .changing import absent, delete, insert
from .codes import KEY_BYTES, Floats
from .database import Damage, Database
from .lists import Lists
from .searching import scores, search

SCAN = 10_000
"""Vectors that a search reads by default; a store with no more is searched exactly."""

_ROWS_AT_ONCE = 1024
Answer = TypeVar("Answer")


@contextmanager
def open_vectors(folder: Path, model: str, dimensions: int) -> Iterator["Vectors"]:
    """Opens or makes the vectors of one model. Raises SetupError when the folder can't be written.

    Each `model` (whatever tells apart models whose vectors don't compare) and number of dimensions has a file
    of its own in `folder`.
    """
    name = hashlib.sha256(f"{dimensions}\0{model}".encode()).hexdigest()[:16]
    vectors = Vectors(folder / f"vectors-{name}.db", dimensions)
    try:
        yield vectors
    finally:
        vectors.close()


class Vectors:
    """Vectors (d,) of any length under 16-byte keys; only their directions are kept.

    Calls block, and may come from any thread. A search sees all that was added before it, by whichever
    process. A killed process loses at most the last 1,024 vectors that it was adding. A damaged file is put
    aside and begun again, empty. Every method raises SetupError when the file can't be read or written, such
    as on a full disk; what was added before stays.
    """

    def __init__(self, path: Path, dimensions: int) -> None:
        self.path = path
        self.dimensions = dimensions
        self._lock = threading.RLock()
        self._lists = Lists(dimensions)
        with self._told():
            self._database = Database(path)

    def close(self) -> None:
        """Nothing may be called afterwards."""
        with self._lock:
            self._database.close()

    @property
    def count(self) -> int:
        """The number of vectors."""
        return self._work(lambda _: int(self._lists.sizes.sum()))

    def __contains__(self, key: bytes) -> bool:
        return not self.missing([key])

    def missing(self, keys: Sequence[bytes]) -> list[bytes]:
        """Those of `keys` that have no vector, in order, each once."""
        return self._work(lambda connection: absent(connection, keys))

    def add(self, keys: Sequence[bytes], vectors: Floats) -> int:
        """Adds (n, d) vectors whose keys are new, and says how many were. Raises ValueError.

        A key stands for a content: one that is there keeps its vector. In steps of 1,024, each wholly or not.
        """
        unit = self._unit(vectors, len(keys))
        if any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        added = 0
        for start in range(0, len(keys), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            added += self._work(partial(self._insert, keys[rows], unit[rows]), write=True)
        return added

    def remove(self, keys: Sequence[bytes]) -> int:
        """Forgets the vectors of `keys`; returns how many there were."""
        return self._work(lambda connection: delete(connection, self._lists, keys), write=True)

    def search(self, query: Floats, most: int = 10, scan: int = SCAN) -> tuple[list[bytes], Floats]:
        """Keys and cosines of the `most` vectors nearest to a query (d,), nearest first. Raises ValueError.

        Looks at the `scan` vectors in the lists nearest to the query: more cost time and miss less.
        """
        unit = self._unit(query[None], 1)[0]
        return self._work(lambda connection: search(connection, self._lists, unit, most, scan))

    def scores(self, queries: Floats, keys: Sequence[bytes]) -> Floats:
        """(q, n) cosines of queries (q, d) with the vectors of `keys`, NaN without one. Raises ValueError."""
        unit = self._unit(queries, len(queries))
        return self._work(lambda connection: scores(connection, self._lists, unit, keys))

    def _insert(self, keys: Sequence[bytes], unit: Floats, connection: sqlite3.Connection) -> int:
        new = absent(connection, keys)
        if new:
            first = {key: row for row, key in reversed(list(enumerate(keys)))}
            insert(connection, self._lists, new, unit[[first[key] for key in new]])
        return len(new)

    def _unit(self, vectors: Floats, rows: int) -> Floats:
        if vectors.shape != (rows, self.dimensions):
            raise ValueError(f"vectors have shape {vectors.shape}, not {(rows, self.dimensions)}")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(lengths) & (lengths > 0)).all():
            raise ValueError("a vector is zero or not finite")
        unit: Floats = (vectors / lengths).astype(np.float32, copy=False)
        return unit

    def _work(self, work: Callable[[sqlite3.Connection], Answer], write: bool = False) -> Answer:
        with self._lock, self._told():
            if self._database.changed_elsewhere():
                self._lists.forget()
                self._database.reopen()
            try:
                return self._transaction(work, write)
            except Damage as damage:
                self._database.put_aside(damage)
                return self._transaction(work, write)

    def _transaction(self, work: Callable[[sqlite3.Connection], Answer], write: bool) -> Answer:
        try:
            with self._database.transaction(write) as connection, _one_thread():
                self._lists.refresh(connection)
                return work(connection)
        except BaseException:
            self._lists.forget()
            raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, Damage) as error:
            raise SetupError(
                f"The vectors in {self.path} can't be read or written: {error}. "
                "Is there space on the disk, and is the folder writable?"
            ) from error


def _one_thread() -> AbstractContextManager[object]:
    """Keeps BLAS from waking threads for small products: they spin, and on a busy machine cost tenfold."""
    limited: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return limited


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()
