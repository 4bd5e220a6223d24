"""Segments hold what was put in, merged or not, and their files are whole or refused."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genie_engineer.index.arrays import read_arrays, write_arrays
from genie_engineer.index.build import FIELDS, KINDS, build
from genie_engineer.index.compact import merged
from genie_engineer.index.segments import Segment
from genie_engineer.index.words import number, whole

CONTENTS = [
    (
        b'class Cart(Basket):\n    """Holds items."""\n    def total_price(self):\n        return 1\n',
        "python",
    ),
    (b"", "python"),
    (b"# Carts\n\nThe total of a cart.\n", "prose"),
    (
        b"def helper(cart):\n    a = cart.total_price()\n    b = cart.total_price()\n    return a + b\n",
        "python",
    ),
]

Row = tuple[int, int, int, int]


def rows(arrays: dict[str, np.ndarray], term: int) -> list[Row]:
    """A term's postings: chunk and counts by field."""
    where = Segment(1, "x", arrays).postings(term)
    columns = [arrays[name][where].tolist() for name in ("in_chunk", *FIELDS)]
    return list(zip(*columns, strict=True))


def test_postings_count_wholes_and_parts_by_field() -> None:
    arrays = build(CONTENTS)
    assert arrays["blob_chunks"].tolist() == [0, 1, 1, 2, 3]
    assert rows(arrays, whole("Total_Price")) == [(0, 1, 0, 1), (2, 2, 0, 0)]
    assert rows(arrays, number("total")) == [(0, 1, 0, 1), (1, 0, 1, 0), (2, 2, 0, 0)]
    assert rows(arrays, whole("total")) == [(1, 0, 1, 0)]
    assert rows(arrays, number("unknown")) == []


def test_symbols_know_their_chunk_and_their_parent() -> None:
    arrays = build(CONTENTS)
    segment = Segment(1, "x", arrays)
    names = [segment.symbol_name(row) for row in range(len(arrays["symbol"]))]
    assert names == ["Cart", "Cart.total_price", "helper"]
    assert [KINDS[kind] for kind in arrays["symbol_kind"]] == ["class", "method", "function"]
    assert arrays["symbol_chunk"].tolist() == [0, 0, 2]
    assert arrays["symbol_parent"].tolist() == [0, whole("Cart"), 0]
    assert [segment.chunk_name(chunk) for chunk in range(3)] == ["Cart", "", "helper"]


def test_uses_are_the_identifiers_of_a_chunks_code() -> None:
    arrays = build(CONTENTS)
    used = arrays["uses"][slice(*arrays["chunk_uses"][2:4])]
    assert set(arrays["term"][used].tolist()) == {whole(name) for name in ("helper", "cart", "total_price")}


@given(st.lists(st.integers(0, 4), min_size=1, max_size=3), st.permutations(CONTENTS))
@settings(max_examples=40, deadline=None)
def test_merged_segments_are_one_segment_of_all_contents(
    cuts: list[int], contents: list[tuple[bytes, str]]
) -> None:
    bounds = sorted({0, *cuts, len(contents)})
    parts = [build(contents[begin:end]) for begin, end in pairwise(bounds)]
    once, joined = build(contents), merged(parts)
    assert set(once) == set(joined)
    for name, array in once.items():
        expected, found = array, joined[name]
        if name == "uses":
            expected, found = np.sort(array), np.sort(found)
        assert found.tolist() == expected.tolist(), name


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    arrays = {"a": np.arange(7, dtype=np.uint16), "none": np.zeros(0, np.float32), "b": np.arange(3.0)}
    write_arrays(tmp_path / "x", arrays)
    found = read_arrays(tmp_path / "x")
    assert {name: (array.dtype, array.tolist()) for name, array in found.items()} == {
        name: (array.dtype, array.tolist()) for name, array in arrays.items()
    }
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    "raw", [b"", b"GENIE-A1", b"something else entirely " * 9, b"GENIE-A1\xff\xff\xff\x7f"]
)
def test_what_holds_no_arrays_is_refused(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "x").write_bytes(raw)
    with pytest.raises((ValueError, json.JSONDecodeError)):
        read_arrays(tmp_path / "x")
