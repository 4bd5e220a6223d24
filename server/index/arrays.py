"""Named arrays in one file, which is written once, read through a memory map, and never changed.

Layout: a magic word, the length of the head (u32, little-endian), the head as JSON (name → dtype, offset,
length), then the arrays, each at a multiple of 64 bytes.
"""

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"GENIE-A1"
_ALIGNED = 64

Array = NDArray[Any]


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> int:
    """Writes the file aside, renames it, and returns its checksum. Raises OSError."""
    head: dict[str, tuple[str, int, int]] = {}
    at = 0
    for name, array in arrays.items():
        head[name] = array.dtype.str, at, array.size
        at += -(-array.nbytes // _ALIGNED) * _ALIGNED
    packed = json.dumps(head).encode()
    start = _start(len(packed))
    aside = path.with_name(path.name + ".part")
    with aside.open("wb") as file:
        file.write((_MAGIC + len(packed).to_bytes(4, "little") + packed).ljust(start, b"\0"))
        for name, array in arrays.items():
            file.seek(start + head[name][1])
            file.write(np.ascontiguousarray(array).data)
        file.truncate(start + at)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    return checksum(path)


def read_arrays(path: Path) -> dict[str, Array]:
    """Maps the file; pages are read when they are touched. Raises OSError, or ValueError for a torn file."""
    whole = np.asarray(np.memmap(path, np.uint8, "r"))
    length = int.from_bytes(whole[8:12].tobytes(), "little")
    if whole[:8].tobytes() != _MAGIC:
        raise ValueError(f"{path} holds no arrays.")
    head = json.loads(whole[12 : 12 + length].tobytes())
    start = _start(length)
    found: dict[str, Array] = {}
    for name, (dtype, offset, size) in head.items():
        begin = start + offset
        found[name] = whole[begin : begin + size * np.dtype(dtype).itemsize].view(dtype)
    return found


def ranges(first: Array, lengths: Array) -> Array:
    """The numbers of consecutive runs, one after the other: first[i], first[i] + 1, … lengths[i] of each."""
    return np.repeat(first - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())


def checksum(path: Path) -> int:
    """CRC-32 of the whole file. Raises OSError."""
    crc = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            crc = zlib.crc32(block, crc)
    return crc


def _start(head: int) -> int:
    return -(-(len(_MAGIC) + 4 + head) // _ALIGNED) * _ALIGNED
