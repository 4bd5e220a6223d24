"""The symbol table: every live definition, by the number of its name."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .segments import Segment

_COLUMNS = ("symbol", "symbol_parent", "symbol_kind", "symbol_start", "symbol_end", "symbol_chunk")


@dataclass(frozen=True, eq=False)
class SymbolTable:
    """Columns sorted by `name`; `row` is a symbol's number in its segment."""

    name: Array
    parent: Array
    kind: Array
    start: Array
    end: Array
    chunk: Array
    segment: Array
    row: Array

    def named(self, name: int) -> slice:
        """The rows of a name's number."""
        wanted = np.uint64(name)
        return slice(
            int(np.searchsorted(self.name, wanted)), int(np.searchsorted(self.name, wanted, "right"))
        )


def symbol_table(segments: Sequence[Segment], offsets: Array, live: Array) -> SymbolTable:
    """Gathers the symbols of live chunks from all segments."""
    gathered: list[list[Array]] = [[] for _ in range(len(_COLUMNS) + 2)]
    for number, segment in enumerate(segments):
        chunk = segment.arrays["symbol_chunk"].astype(np.int64) + offsets[number]
        rows = np.flatnonzero(live[chunk]) if len(live) else np.zeros(0, np.int64)
        for column, name in zip(gathered, _COLUMNS, strict=False):
            values = chunk if name == "symbol_chunk" else segment.arrays[name]
            column.append(values[rows])
        gathered[-2].append(np.full(len(rows), number, np.int32))
        gathered[-1].append(rows.astype(np.int32))
    columns = [np.concatenate(column) if column else np.zeros(0, np.uint64) for column in gathered]
    order = np.argsort(columns[0], kind="stable")
    return SymbolTable(*(column[order] for column in columns))
