"""Vectors as they lie in the file: a key, a scale, one signed byte per dimension.

A code's direction is the vector's to within half a step of its largest component / 127. The scale is the
code's own length inverted, so that scores are exact cosines of what is kept. On embeddings of code, the ten
nearest by these are 99.5 % the ten nearest by float32: no second, finer copy is kept.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .database import Damage

KEY_BYTES = 16
_HEAD_BYTES = KEY_BYTES + 4

Floats = NDArray[np.float32]


def record_bytes(dimensions: int) -> int:
    """The size of one record."""
    return _HEAD_BYTES + dimensions


def encode(keys: Sequence[bytes], vectors: Floats) -> list[bytes]:
    """Records of (n, d) vectors, none of which may be zero; their lengths are not kept."""
    codes = np.rint(vectors * (127 / np.abs(vectors).max(axis=1, keepdims=True))).astype(np.int8)
    scales = (1 / np.linalg.norm(codes.astype(np.float32), axis=1)).astype("<f4")
    return [
        key + scale.tobytes() + code.tobytes() for key, scale, code in zip(keys, scales, codes, strict=True)
    ]


def cosines(records: bytes, dimensions: int, query: Floats) -> Floats:
    """(n,) similarities of joined records to a query (d,) of length 1. Raises Damage."""
    table = _table(records, dimensions)
    found: Floats = np.vecdot(table[:, _HEAD_BYTES:].view(np.int8).astype(np.float32), query) * _scales(table)
    return found


def decode(records: bytes, dimensions: int) -> Floats:
    """(n, d) vectors of length 1 from joined records. Raises Damage."""
    table = _table(records, dimensions)
    decoded: Floats = table[:, _HEAD_BYTES:].view(np.int8).astype(np.float32) * _scales(table)[:, None]
    return decoded


def split(records: bytes, dimensions: int) -> list[bytes]:
    """Joined records, one by one. Raises Damage."""
    size = _whole(records, dimensions)
    return [records[start : start + size] for start in range(0, len(records), size)]


def key_at(records: bytes, dimensions: int, number: int) -> bytes:
    """The key of one of joined records."""
    start = number * record_bytes(dimensions)
    return records[start : start + KEY_BYTES]


def _table(records: bytes, dimensions: int) -> NDArray[np.uint8]:
    return np.frombuffer(records, np.uint8).reshape(-1, _whole(records, dimensions))


def _whole(records: bytes, dimensions: int) -> int:
    size = record_bytes(dimensions)
    if len(records) % size:
        raise Damage("a record is too short or too long")
    return size


def _scales(table: NDArray[np.uint8]) -> Floats:
    scales: Floats = table[:, KEY_BYTES:_HEAD_BYTES].copy().view("<f4")[:, 0]
    return scales
