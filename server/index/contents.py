"""A file as it is found on the disk: whether it has changed, whether it holds text, in which language."""

import hashlib
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .chunks import Digest, decode
from .languages import language_of

LARGEST_SOURCE = 8_000_000
LARGEST_OTHER = 512_000
_TICK = 2_000_000_000


@dataclass(frozen=True)
class Entry:
    """A file of the folder. Without a text it can be listed by its path only; `note` may say why.

    `stamp` tells a changed file without reading it; it is "" when the file must be read again next time.
    """

    path: str
    state: Literal["read", "unchanged", "gone"] = "read"
    stamp: str = ""
    language: str = ""
    hash: bytes = b""
    size: int = 0
    text: str | None = None
    digest: Digest | None = None
    note: str = ""


def found(root: Path, path: str, known_stamp: str) -> Entry:
    """Looks at one file, and reads it unless its stamp is the known one. Never raises."""
    file = root / path
    try:
        before = file.stat()
        if not stat.S_ISREG(before.st_mode):
            return Entry(path, "gone", note=f"{path}: not a regular file")
        stamp = _stamp(before)
        if stamp and stamp == known_stamp:
            return Entry(path, "unchanged", stamp)
        if before.st_size > LARGEST_SOURCE:
            note = f"{path}: too large to be searched ({before.st_size:,} bytes)"
            return Entry(path, stamp=stamp, note=note)
        return _read(path, stamp, file.read_bytes())
    except FileNotFoundError:
        return Entry(path, "gone")
    except (OSError, ValueError) as error:
        return Entry(path, note=f"{path}: can't be read ({error})")


def _stamp(status: os.stat_result) -> str:
    """Empty for a file so new that it may change again within the file system's tick."""
    if time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) < _TICK:
        return ""
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"


def _read(path: str, stamp: str, raw: bytes) -> Entry:
    text = decode(raw)
    if text is None:
        return Entry(path, stamp=stamp)
    language = language_of(path, raw)
    if language in ("", "prose") and len(raw) > LARGEST_OTHER:
        note = f"{path}: too large for a file that isn't code ({len(raw):,} bytes)"
        return Entry(path, stamp=stamp, note=note)
    return Entry(path, "read", stamp, language, hashlib.sha256(raw).digest(), len(raw), text)
