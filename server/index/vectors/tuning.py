"""What the built-in model has learned of code: small corrections of its weights, which come with Genie.

Low-rank adaptation (Hu et al., 2021): a matrix W (n, m) becomes W + B A; A (r, m) and B (n, r) have 16 bits.
`bench/ranking/tune.py` makes the file.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources

import numpy as np

from .codes import Floats

_FILE = "tuning.npz"


def tuned(weights: Mapping[str, Floats]) -> dict[str, Floats]:
    """The weights with all corrections. Raises KeyError for a correction of a weight that isn't there."""
    result = dict(weights)
    with (resources.files(__package__) / _FILE).open("rb") as file, np.load(file) as kept:
        for name in sorted(key.removesuffix("/a") for key in kept.files if key.endswith("/a")):
            low, high = (kept[f"{name}/{part}"].astype(np.float32) for part in "ab")
            result[name] = result[name] + high @ low
    return result


@cache
def tuning_key() -> str:
    """Tells these corrections apart from all others."""
    return hashlib.sha256((resources.files(__package__) / _FILE).read_bytes()).hexdigest()[:8]
