"""Reading the lists that are nearest to a query."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from .changing import RECORDS_OF_A_LIST, bounds
from .codes import Floats, cosines, decode, key_at, split
from .database import Damage
from .lists import Lists

_ROWS_AT_ONCE = 64
_OF_A_KEY = "SELECT records FROM places JOIN vectors USING (place) WHERE key = ?"


def search(
    connection: sqlite3.Connection, lists: Lists, query: Floats, most: int, scan: int
) -> tuple[list[bytes], Floats]:
    """Keys and cosines of the `most` nearest among the `scan` or a few more vectors in the nearest lists."""
    if lists.sizes.sum() <= scan:
        read = _everything(connection)
    else:
        read = _listed(connection, lists.worth_reading(query, scan))
    blocks = [block for block in read if block]
    if not blocks:
        return [], np.empty(0, np.float32)
    found = [cosines(block, lists.dimensions, query) for block in blocks]
    scores = np.concatenate(found)
    best = np.argsort(-scores)[:most]
    starts = np.cumsum([0, *map(len, found)])
    homes = np.searchsorted(starts, best, side="right") - 1
    keys = [
        key_at(blocks[home], lists.dimensions, row)
        for home, row in zip(homes.tolist(), (best - starts[homes]).tolist(), strict=True)
    ]
    return keys, scores[best]


def scores(connection: sqlite3.Connection, lists: Lists, queries: Floats, keys: Sequence[bytes]) -> Floats:
    """(q, n) cosines of the vectors of `keys`, NaN for a key without one."""
    records = [_record(connection, key, lists.dimensions) for key in keys]
    known = np.array([bool(record) for record in records], bool)
    result = np.full((len(queries), len(keys)), np.nan, np.float32)
    result[:, known] = queries @ decode(b"".join(records), lists.dimensions).T
    return result


def _record(connection: sqlite3.Connection, key: bytes, dimensions: int) -> bytes:
    row = connection.execute(_OF_A_KEY, (key,)).fetchone()
    if row is None:
        return b""
    for record in split(row[0], dimensions):
        if record.startswith(key):
            return record
    raise Damage("a vector isn't where its key is said to be")


def _everything(connection: sqlite3.Connection) -> Iterator[bytes]:
    cursor = connection.execute("SELECT records FROM vectors")
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        yield b"".join([records for (records,) in rows])


def _listed(connection: sqlite3.Connection, numbers: Iterable[int]) -> Iterator[bytes]:
    for number in numbers:
        rows = connection.execute(RECORDS_OF_A_LIST, bounds(number)).fetchall()
        yield b"".join([records for (records,) in rows])
