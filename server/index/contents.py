"""A file as it is found on the disk: whether it has changed, and its bytes."""

import os
import stat
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

_TICK = 2_000_000_000


@dataclass(frozen=True)
class Seen:
    """What a look at a file told; `raw` is None unless it was read. `note` may say why it wasn't."""

    state: Literal["read", "unchanged", "gone"] = "read"
    stamp: str = ""
    raw: bytes | None = field(default=None, repr=False)
    note: str = ""


def look(root: Path, path: str, known_stamp: str, largest: int) -> Seen:
    """Looks at one file, and reads it unless its stamp is the known one or it has over `largest` bytes.

    Never raises.
    """
    file = root / path
    try:
        before = file.stat()
        if not stat.S_ISREG(before.st_mode):
            return Seen("gone", note=f"{path}: not a regular file")
        stamp = _stamp(before)
        if stamp and stamp == known_stamp:
            return Seen("unchanged", stamp)
        if before.st_size > largest:
            return Seen(stamp=stamp, note=f"{path}: too large to be searched ({before.st_size:,} bytes)")
        return Seen("read", stamp, file.read_bytes())
    except FileNotFoundError:
        return Seen("gone")
    except (OSError, ValueError) as error:
        return Seen(note=f"{path}: can't be read ({error})")


def _stamp(status: os.stat_result) -> str:
    """Empty for a file so new that it may change again within the file system's tick."""
    if time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) < _TICK:
        return ""
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"
