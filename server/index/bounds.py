"""How much memory the index may take: all of its processes together, at any moment."""

import re
from dataclasses import dataclass

from ..errors import UsageError

LEAST_MB = 300
DEFAULT_MB = 512
_MB = 1_000_000
_UNITS = {"": 1, "m": 1, "mb": 1, "mib": 1.048576, "g": 1000, "gb": 1000, "gib": 1073.741824}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Bounds:
    """What fits into so much memory.

    `workers` build segments of batches of `batch_bytes`, beside this process; 0 means in it. A model that
    searches by meaning is loaded only where `vectors` says so.
    """

    workers: int
    batch_bytes: int
    vectors: bool


def bounds(memory_mb: int = DEFAULT_MB) -> Bounds:
    """Raises UsageError for less than 300 MB: 2 million lines take 283 without any other process."""
    if memory_mb < LEAST_MB:
        raise UsageError(f"The index needs {LEAST_MB} MB of memory at least, not {memory_mb}.")
    if memory_mb < 384:
        return Bounds(0, 1_000_000, vectors=False)
    return Bounds(2, 3_000_000, vectors=True) if memory_mb >= 512 else Bounds(1, 3_000_000, vectors=True)


def megabytes(said: str) -> int:
    """A size such as "512MB", "1.5 GB" or "512" (megabytes). Raises UsageError."""
    match = _SIZE.fullmatch(said)
    factor = _UNITS.get(match[2].lower()) if match else None
    if match is None or factor is None:
        raise UsageError(f"{said!r} is no amount of memory: write 512MB or 1GB.")
    return int(float(match[1]) * factor)
