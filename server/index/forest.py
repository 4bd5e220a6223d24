"""Regression trees, summed: the ranking models, as `bench/ranking` trains them."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from .arrays import Array
from .features import Columns


@dataclass(frozen=True, eq=False)
class Forest:
    """Trees of at most `depth` levels. Node n of a tree asks whether feature[n] <= threshold[n], then goes to
    left[n] or right[n]; a leaf leads to itself and has a value. `roots`: each tree's first node.
    """

    names: tuple[str, ...]
    feature: Array
    threshold: Array
    left: Array
    right: Array
    value: Array
    roots: Array
    depth: int

    def scores(self, columns: Columns) -> Array:
        """A score for each row, float32; only their order within one task means something."""
        rows = np.column_stack([columns[name].astype(np.float32) for name in self.names])
        at = np.broadcast_to(self.roots, (len(rows), len(self.roots))).copy()
        line = np.arange(len(rows))[:, None]
        for _ in range(self.depth):
            at = np.where(rows[line, self.feature[at]] <= self.threshold[at], self.left[at], self.right[at])
        return np.asarray(self.value[at].sum(axis=1))


@cache
def forest(name: str) -> Forest:
    """The model of this name ("files" or "chunks") that the package ships."""
    file = resources.files(__package__) / "models" / f"{name}.npz"
    with file.open("rb") as stream, np.load(stream) as kept:
        arrays = {key: kept[key] for key in ("feature", "threshold", "left", "right", "value", "roots")}
        return Forest(names=tuple(kept["names"].tolist()), depth=int(kept["depth"]), **arrays)
