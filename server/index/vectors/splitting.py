"""How a list that grew too long becomes two. Pure arithmetic on vectors of length 1.

After SPFresh's LIRE (Xu et al., SOSP 2023): two balanced halves, then each member to the centroid nearest to
it among the old list's neighbours, so that boundaries stay where a clustering of everything would put them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .codes import Floats

_ROUNDS = 6
_SMALLEST_SHARE = 0.15


@dataclass(frozen=True)
class Halves:
    """Two centroids (2, d), and for each member whether it goes to the second."""

    centroids: Floats
    second: NDArray[np.bool_]


def halve(members: Floats) -> Halves:
    """Two-means over (n, d), n ≥ 2; neither half has less than a seventh of them, even if all are equal."""
    ends = _far_apart(members)
    for _ in range(_ROUNDS):
        second = _sides(members @ (ends[1] - ends[0]))
        ends = np.stack([mean_direction(members[~second]), mean_direction(members[second])])
    return Halves(ends, second)


def mean_direction(vectors: Floats) -> Floats:
    """The mean of (n, d), at length 1; the first of them where they cancel out."""
    mean = vectors.mean(axis=0)
    length = np.linalg.norm(mean)
    found: Floats = mean / length if length > 1e-6 else vectors[0]
    return found


def _far_apart(members: Floats) -> Floats:
    """A member far from the mean, and one far from that: deterministic, and a good beginning."""
    one = members[np.argmin(members @ members.mean(axis=0))]
    return np.stack([one, members[np.argmin(members @ one)]])


def _sides(lean: Floats) -> NDArray[np.bool_]:
    second = lean > 0
    share = second.mean()
    if _SMALLEST_SHARE <= share <= 1 - _SMALLEST_SHARE:
        return second
    half: NDArray[np.bool_] = np.zeros(len(lean), bool)
    half[np.argsort(lean, kind="stable")[len(lean) // 2 :]] = True
    return half
