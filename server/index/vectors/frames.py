"""How the worker and we talk: frames over its standard input and output, one question and one answer a time.

A frame is the lengths of its two parts (little-endian, 4 bytes each), a JSON object, and raw bytes.
"""

import json
import struct
from typing import Any, BinaryIO

_LENGTHS = struct.Struct("<II")


def write_frame(stream: BinaryIO, head: dict[str, Any], body: bytes = b"") -> None:
    """Raises OSError when nobody reads any more."""
    text = json.dumps(head).encode()
    stream.write(_LENGTHS.pack(len(text), len(body)) + text + body)
    stream.flush()


def read_frame(stream: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Raises EOFError at the end of the stream, in the middle of a frame too."""
    text_length, body_length = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    head: dict[str, Any] = json.loads(_exactly(stream, text_length))
    return head, _exactly(stream, body_length)


def _exactly(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data
