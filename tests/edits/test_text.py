"""Bytes survive being read as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genie_engineer.edits.text import Text, content, decode, encode, ending
from genie_engineer.errors import EditError


@given(st.one_of(st.binary(), st.text().map(str.encode), st.text().map(lambda text: text.encode("utf-16"))))
def test_nothing_is_lost(data: bytes) -> None:
    try:
        text = decode(data)
    except EditError:
        assert b"\0" in data
        return
    assert encode(text) == data
    assert all(content(line) + ending(line) == line for line in text.lines)


@pytest.mark.parametrize(
    ("data", "lines", "encoding"),
    [
        (b"", (), "utf-8"),
        (b"a\r\nb\rc\n\x0cd", ("a\r\n", "b\rc\n", "\x0cd"), "utf-8"),
        ("a\u2028b\x85c\n".encode(), ("a\u2028b\x85c\n",), "utf-8"),
        (b"\xef\xbb\xbfa\n", ("a\n",), "utf-8-sig"),
        (b"\xff\xfea\x00\n\x00", ("a\n",), "utf-16-le"),
        (b"\xfe\xff\x00a\x00\n", ("a\n",), "utf-16-be"),
        (b"gr\xfcn\n", ("grün\n",), "latin-1"),
        (b"\xff\xfea", ("ÿþa",), "latin-1"),
    ],
)
def test_lines_and_encoding(data: bytes, lines: tuple[str, ...], encoding: str) -> None:
    assert decode(data) == Text(lines, encoding)  # type: ignore[arg-type]


@pytest.mark.parametrize("data", [b"\x7fELF\0", b"a\0b", b"\xff\xfe\0\0a\0\0\0"])
def test_binary_is_refused(data: bytes) -> None:
    with pytest.raises(EditError, match="binary"):
        decode(data)


def test_a_character_that_the_encoding_lacks_is_named() -> None:
    with pytest.raises(EditError, match=r"'\\u2192'"):
        encode(Text(("→\n",), "latin-1"))
    with pytest.raises(EditError, match=r"'\\ud800'"):
        encode(Text(("\ud800\n",)))
