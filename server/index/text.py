"""The indexed texts, as they were when they were indexed: lines and texts always agree."""

import sqlite3
import zlib

from .chunks import line_starts


class Texts:
    """Texts of one search's contents, each unpacked once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._unpacked: dict[int, tuple[bytes, list[int]]] = {}

    def lines(self, blob: int, start: int, end: int) -> str:
        """Lines `start` to `end` (1-based, inclusive) with their endings; "" for a content that is gone."""
        content, starts = self.content(blob)
        last = min(end, len(starts) - 1)
        return content[starts[max(start, 1) - 1] : starts[last]].decode() if 1 <= start <= last else ""

    def content(self, blob: int) -> tuple[bytes, list[int]]:
        """A content as UTF-8, and the offsets of its lines and of its end."""
        if blob not in self._unpacked:
            row = self._connection.execute("SELECT text FROM blobs WHERE id = ?", (blob,)).fetchone()
            content = zlib.decompress(row[0]) if row else b""
            self._unpacked[blob] = content, line_starts(content)
        return self._unpacked[blob]
