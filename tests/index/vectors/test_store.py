from pathlib import Path

import numpy as np
import pytest

from genie_engineer.errors import SetupError
from genie_engineer.index.vectors.changing import LONGEST
from genie_engineer.index.vectors.codes import Floats
from genie_engineer.index.vectors.store import Vectors, open_vectors

from .conftest import DIMENSIONS, clustered, key


def exact(vectors: Floats, query: Floats, most: int) -> list[bytes]:
    return [key(int(row)) for row in np.argsort(-(vectors @ query), kind="stable")[:most]]


def recall(vectors: Vectors, queries: Floats, nearest: list[list[bytes]], scan: int) -> float:
    hits = [
        len({*vectors.search(query, 10, scan)[0]} & {*true})
        for query, true in zip(queries, nearest, strict=True)
    ]
    return float(np.mean(hits)) / 10


def test_ten_nearest_of_30_000(vectors: Vectors) -> None:
    everything = clustered(30_050)
    kept, queries = everything[:30_000], everything[30_000:]
    for start in range(0, 30_000, 3_000):
        vectors.add([key(row) for row in range(start, start + 3_000)], kept[start : start + 3_000])
    assert vectors.count == 30_000
    nearest = [exact(kept, query, 10) for query in queries]
    assert recall(vectors, queries, nearest, scan=4_000) >= 0.95
    assert recall(vectors, queries, nearest, scan=30_000) >= 0.97
    assert recall(vectors, queries, nearest, scan=100) < 0.95  # What isn't read isn't found.


def test_scores_are_cosines_and_sorted(vectors: Vectors) -> None:
    kept = clustered(500)
    vectors.add([key(row) for row in range(500)], kept * 7)
    query = clustered(1, seed=3)[0]
    keys, scores = vectors.search(query * 0.01, 500)
    true = {key(row): score for row, score in enumerate(kept @ query)}
    assert sorted(keys) == sorted(true)
    assert np.allclose(scores, [true[each] for each in keys], atol=0.01)
    assert (np.diff(scores) <= 0).all()
    asked = [key(3), b"unknown" + bytes(9), key(77)]
    (found,) = vectors.scores(query[None], asked)
    assert np.isnan(found[1])
    assert np.allclose(found[[0, 2]], [true[key(3)], true[key(77)]], atol=0.01)


def test_what_is_removed_is_gone_and_can_come_again(vectors: Vectors) -> None:
    kept = clustered(2_000)
    keys = [key(row) for row in range(2_000)]
    vectors.add(keys, kept)
    assert vectors.remove([*keys[:1_500], keys[0], b"unknown" + bytes(9)]) == 1_500
    assert vectors.count == 500
    assert vectors.missing(keys) == keys[:1_500]
    assert keys[0] not in vectors
    assert keys[1_999] in vectors
    found, _ = vectors.search(kept[0], 2_000, scan=100)
    assert 100 <= len(found) < 100 + LONGEST
    assert not {*found} & {*keys[:1_500]}
    assert vectors.add(keys, kept) == 1_500
    assert [vectors.search(vector, 1)[0] for vector in kept[::97]] == [[each] for each in keys[::97]]


def test_everything_removed(vectors: Vectors) -> None:
    keys = [key(row) for row in range(300)]
    vectors.add(keys, clustered(300))
    vectors.remove(keys)
    query = clustered(1)[0]
    assert vectors.search(query)[0] == []
    assert np.isnan(vectors.scores(query[None], keys[:2])).all()
    vectors.add(keys[:1], query[None])
    assert vectors.search(query)[0] == keys[:1]


def test_a_key_keeps_its_vector(vectors: Vectors) -> None:
    one, other = clustered(2)
    assert vectors.add([key(1), key(1)], np.stack([one, other])) == 1
    assert vectors.add([key(1)], other[None]) == 0
    assert vectors.scores(one[None], [key(1)])[0, 0] == pytest.approx(1, abs=0.01)


def test_many_equal_vectors(vectors: Vectors) -> None:
    same = np.repeat(clustered(1), 1_000, axis=0)
    for start in range(0, 1_000, 100):
        vectors.add([key(row) for row in range(start, start + 100)], same[start : start + 100])
    keys, scores = vectors.search(same[0], 1_000)
    assert len({*keys}) == 1_000
    assert scores.min() > 0.99
    assert (
        len(vectors.search(same[0], 1_000, scan=10)[0]) <= 2 * LONGEST
    )  # Their lists are short all the same.


def test_they_are_there_after_opening_again(tmp_path: Path) -> None:
    kept = clustered(1_000)
    for row in range(0, 1_000, 250):
        with open_vectors(tmp_path, "a model", DIMENSIONS) as vectors:
            vectors.add([key(number) for number in range(row, row + 250)], kept[row : row + 250])
    with open_vectors(tmp_path, "a model", DIMENSIONS) as vectors:
        assert vectors.count == 1_000
        nearest = [exact(kept, query, 10) for query in kept[::50]]
        assert recall(vectors, kept[::50], nearest, scan=1_000) >= 0.97


def test_each_model_and_length_has_its_own(tmp_path: Path) -> None:
    with open_vectors(tmp_path, "a model", DIMENSIONS) as vectors:
        vectors.add([key(1)], clustered(1))
    with open_vectors(tmp_path, "another", DIMENSIONS) as vectors:
        assert key(1) not in vectors
    with open_vectors(tmp_path, "a model", 2 * DIMENSIONS) as vectors:
        assert key(1) not in vectors
    with open_vectors(tmp_path, "a model", DIMENSIONS) as vectors:
        assert key(1) in vectors


@pytest.mark.parametrize(
    ("keys", "shape", "value"),
    [
        ([key(1)], (1, DIMENSIONS + 1), 1.0),
        ([key(1)], (2, DIMENSIONS), 1.0),
        ([b"short"], (1, DIMENSIONS), 1.0),
        ([key(1)], (1, DIMENSIONS), 0.0),
        ([key(1)], (1, DIMENSIONS), np.nan),
    ],
)
def test_what_is_no_vector_is_refused(
    vectors: Vectors, keys: list[bytes], shape: tuple[int, int], value: float
) -> None:
    with pytest.raises(ValueError, match=r"vector|key"):
        vectors.add(keys, np.full(shape, value, np.float32))
    assert vectors.count == 0


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="writable"), open_vectors(tmp_path / "file", "a model", DIMENSIONS):
        pass
