from collections.abc import Iterator
from pathlib import Path

import pytest

from genie_engineer.index.vectors.embedder import Embedder, open_embedder
from genie_engineer.index.vectors.pending import embed_pending
from genie_engineer.index.vectors.store import Vectors, open_vectors
from tests.tiny_bert import WIDTH, WORDS

from .conftest import key

TEXTS = [(key(number), " ".join(WORDS[2 + number % 8 : 11] * (1 + number % 3))) for number in range(200)]


@pytest.fixture
def embedder(tiny_model: Path) -> Iterator[Embedder]:
    with open_embedder(str(tiny_model)) as opened:
        yield opened


@pytest.fixture
def kept(tmp_path: Path, embedder: Embedder) -> Iterator[Vectors]:
    with open_vectors(tmp_path, embedder.model().key, WIDTH) as vectors:
        yield vectors


def test_each_text_is_found_by_itself(kept: Vectors, embedder: Embedder) -> None:
    assert sum(embed_pending(kept, embedder, TEXTS)) == 200
    for each, text in TEXTS[::40]:
        score = kept.scores(embedder.embed([text], "document"), [each])[0, 0]
        assert score > 0.98


def test_it_stops_when_asked_and_goes_on_where_it_was(kept: Vectors, embedder: Embedder) -> None:
    taken: list[bytes] = []

    def coming() -> Iterator[tuple[bytes, str]]:
        for each, text in TEXTS:
            taken.append(each)
            yield each, text

    working = embed_pending(kept, embedder, coming())
    first = next(working) + next(working)
    working.close()
    assert kept.count == first
    assert len(taken) < 100
    assert kept.missing([each for each, _ in TEXTS[:64]])
    assert sum(embed_pending(kept, embedder, TEXTS)) == 200 - first
    assert sum(embed_pending(kept, embedder, TEXTS)) == 0
    assert kept.count == 200


def test_the_useful_come_first(kept: Vectors, embedder: Embedder) -> None:
    working = embed_pending(kept, embedder, TEXTS)
    done = 0
    while done < 64:
        done += next(working)
    assert kept.missing([each for each, _ in TEXTS]) == [each for each, _ in TEXTS[64:]]
