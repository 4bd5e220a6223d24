"""Bytes of a file as lines, and back, losing nothing: whatever isn't edited must stay byte-identical."""

import codecs
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ..errors import EditError

Encoding = Literal["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "latin-1"]

_MARKS: dict[Encoding, bytes] = {
    "utf-8-sig": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}


@dataclass(frozen=True)
class Text:
    """A file's lines, each with its ending (the last may lack one), without the byte order mark.

    `encoding` "utf-8-sig" and "utf-16-…" stand for a file that begins with a byte order mark. "latin-1" is
    any file in an 8-bit encoding that isn't UTF-8: its bytes are kept, whatever they mean.
    """

    lines: tuple[str, ...]
    encoding: Encoding = "utf-8"


def split(text: str) -> tuple[str, ...]:
    """Lines with their endings, split at LF only: a lone CR, a form feed or U+2028 is part of its line."""
    *whole, last = text.split("\n")
    lines = tuple(line + "\n" for line in whole)
    return (*lines, last) if last else lines


def content(line: str) -> str:
    """A line without its ending (LF or CR LF)."""
    if line.endswith("\n"):
        return line[:-2] if line.endswith("\r\n") else line[:-1]
    return line


def contents(lines: Iterable[str]) -> tuple[str, ...]:
    """Lines without their endings."""
    return tuple(map(content, lines))


def ending(line: str) -> str:
    """The ending of a line: LF, CR LF, or nothing."""
    return line[len(content(line)) :]


def decode(data: bytes) -> Text:
    """The text of a file; `encode` gives the same bytes. Raises EditError for a binary file (a NUL in it)."""
    try:
        text = decode_as(data, _marked(data))
    except UnicodeDecodeError:
        text = decode_as(data, "latin-1")
    if any("\0" in line for line in text.lines):
        raise EditError("This is a binary file: it can't be edited as text.")
    return text


def decode_as(data: bytes, encoding: Encoding) -> Text:
    """The text in a given encoding, whatever it holds. Raises UnicodeDecodeError."""
    return Text(split(data.removeprefix(_MARKS.get(encoding, b"")).decode(_codec(encoding))), encoding)


def encode(text: Text) -> bytes:
    """The bytes of the text. Raises EditError when its encoding has no such character."""
    return _MARKS.get(text.encoding, b"") + encode_part("".join(text.lines), text.encoding)


def encode_part(part: str, encoding: Encoding) -> bytes:
    """Some text in the encoding of a file, without a byte order mark. Raises EditError."""
    try:
        return part.encode(_codec(encoding))
    except UnicodeEncodeError as error:
        wrong = part[error.start]
        raise EditError(
            f"The file is {_spoken(encoding)} and can't hold the character {wrong!a}: write it "
            "without that character, for instance as an escape of the language."
        ) from error


def _marked(data: bytes) -> Encoding:
    return next((encoding for encoding, mark in _MARKS.items() if data.startswith(mark)), "utf-8")


def _codec(encoding: Encoding) -> str:
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _spoken(encoding: Encoding) -> str:
    return "in an 8-bit encoding (read as latin-1)" if encoding == "latin-1" else f"in {encoding}"
