"""Putting vectors into lists and taking them out, within a transaction.

A change touches the lists that it falls into and no others; a list that grows over `LONGEST` becomes two, and
its members go to the nearest list around. Short lists find more for the same reading: on embeddings of code,
a recall of 0.95 among 30,000 takes 1,600 vectors read from lists of up to 64, 3,100 from lists of up to 256.
"""

import sqlite3
from collections.abc import Iterable, Sequence

import numpy as np

from .codes import KEY_BYTES, Floats, decode, encode, split
from .database import Damage
from .lists import Lists, Numbers
from .splitting import halve, mean_direction

LONGEST = 64
_LISTS_AROUND = 64
_LIST_SHIFT = 32
_TOGETHER = 0.85

RECORDS_OF_A_LIST = "SELECT records FROM vectors WHERE place >= ? AND place < ?"


def bounds(number: int) -> tuple[int, int]:
    """The first place of a list, and that of the next."""
    return number << _LIST_SHIFT, (number + 1) << _LIST_SHIFT


def absent(connection: sqlite3.Connection, keys: Iterable[bytes]) -> list[bytes]:
    """Those without a vector, in order, each once."""
    ask = "SELECT 1 FROM places WHERE key = ?"
    return [key for key in dict.fromkeys(keys) if connection.execute(ask, (key,)).fetchone() is None]


def insert(connection: sqlite3.Connection, lists: Lists, keys: Sequence[bytes], vectors: Floats) -> None:
    """Adds (n, d) vectors of length 1, n ≥ 1, under keys that are absent."""
    change = _Change(connection, lists)
    if lists.count == 0:
        change.move(0, mean_direction(vectors))
    homes = lists.nearest(vectors)
    places = (homes << _LIST_SHIFT) + _serials(connection, len(keys))
    records = encode(keys, vectors)
    connection.executemany("INSERT INTO vectors VALUES (?, ?)", zip(places.tolist(), records, strict=True))
    connection.executemany("INSERT INTO places VALUES (?, ?)", zip(keys, places.tolist(), strict=True))
    change.resize(homes, 1)
    for number in sorted(set(homes.tolist())):
        if lists.sizes[number] > LONGEST:
            _split(change, number)
    change.save()


def delete(connection: sqlite3.Connection, lists: Lists, keys: Iterable[bytes]) -> int:
    """Removes what is there of `keys`; returns how many were."""
    change = _Change(connection, lists)
    homes: list[int] = []
    for key in dict.fromkeys(keys):
        found = connection.execute("SELECT place FROM places WHERE key = ?", (key,)).fetchone()
        if found is not None:
            connection.execute("DELETE FROM places WHERE key = ?", (key,))
            _take_out(connection, found[0], key, lists.dimensions)
            homes.append(found[0] >> _LIST_SHIFT)
    change.resize(np.array(homes, np.int64), -1)
    change.save()
    return len(homes)


def _take_out(connection: sqlite3.Connection, place: int, key: bytes, dimensions: int) -> None:
    row = connection.execute("SELECT records FROM vectors WHERE place = ?", (place,)).fetchone()
    if row is None:
        raise Damage("a key without a vector")
    rest = b"".join(record for record in split(row[0], dimensions) if not record.startswith(key))
    if rest:
        connection.execute("UPDATE vectors SET records = ? WHERE place = ?", (rest, place))
    else:
        connection.execute("DELETE FROM vectors WHERE place = ?", (place,))


class _Change:
    """What one transaction did to the table of lists."""

    def __init__(self, connection: sqlite3.Connection, lists: Lists) -> None:
        self.connection = connection
        self.lists = lists
        self._resized: set[int] = set()
        self._moved: set[int] = set()

    def resize(self, homes: Numbers, by: int) -> None:
        """Counts vectors that came into (1) or went out of (-1) lists."""
        if homes.size and homes.max() >= self.lists.count:
            raise Damage(f"list {homes.max()} has no centroid")
        np.add.at(self.lists.sizes, homes, by)
        self._resized.update(homes.tolist())

    def move(self, number: int, centroid: Floats) -> None:
        """Gives a list, the next new one included, its centroid."""
        self.lists.place(number, centroid)
        self._moved.add(number)

    def save(self) -> None:
        """Writes both."""
        self.lists.save(self.connection, self._resized, self._moved)


def _split(change: _Change, number: int) -> None:
    connection, lists = change.connection, change.lists
    rows = connection.execute(RECORDS_OF_A_LIST, bounds(number)).fetchall()
    records = split(b"".join(row for (row,) in rows), lists.dimensions)
    if len(records) != lists.sizes[number]:
        raise Damage(f"list {number} hasn't its {lists.sizes[number]} vectors")
    members = decode(b"".join(records), lists.dimensions)
    halves = halve(members)
    new = lists.count
    change.move(number, halves.centroids[0])
    change.move(new, halves.centroids[1])
    homes = _homes(members, lists, np.where(halves.second, new, number))
    connection.execute("DELETE FROM vectors WHERE place >= ? AND place < ?", bounds(number))
    _put(connection, records, homes, (number, new))
    change.resize(homes, 1)
    change.resize(np.full(len(homes), number), -1)


def _put(
    connection: sqlite3.Connection, records: Sequence[bytes], homes: Numbers, whole: Iterable[int]
) -> None:
    """Writes records into their lists: in one row for each `whole` list, by themselves for others."""
    groups = [np.flatnonzero(homes == home) for home in whole]
    groups += [np.array([row]) for row in np.flatnonzero(~np.isin(homes, list(whole)))]
    groups = [group for group in groups if group.size]
    for group, serial in zip(groups, _serials(connection, len(groups)).tolist(), strict=True):
        place = (int(homes[group[0]]) << _LIST_SHIFT) + serial
        chosen = [records[row] for row in group.tolist()]
        connection.execute("INSERT INTO vectors VALUES (?, ?)", (place, b"".join(chosen)))
        connection.executemany(
            "UPDATE places SET place = ? WHERE key = ?", [(place, record[:KEY_BYTES]) for record in chosen]
        )


def _homes(members: Floats, lists: Lists, halves: Numbers) -> Numbers:
    """The nearest list around for each member; its half, where nearly all would come together again."""
    around = lists.around(mean_direction(members), _LISTS_AROUND)
    around = np.union1d(around, np.unique(halves))
    nearest = around[np.argmax(members @ lists.centroids[around].T, axis=1)]
    _, numbers = np.unique(nearest, return_counts=True)
    return halves if numbers.max() > _TOGETHER * len(members) else nearest


def _serials(connection: sqlite3.Connection, number: int) -> Numbers:
    (first,) = connection.execute("SELECT next FROM serials").fetchone()
    connection.execute("UPDATE serials SET next = ?", (first + number,))
    return np.arange(first, first + number)
