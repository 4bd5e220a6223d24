"""Searching by meaning: with a real, tiny model in a real process."""

import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from genie_engineer.errors import SetupError
from genie_engineer.index import update
from genie_engineer.index.embedding import usefulness
from genie_engineer.index.index import Index, open_index
from genie_engineer.index.rank import Ranked
from genie_engineer.index.rerank import rerank
from genie_engineer.index.vectors.builtin import PACKAGES
from genie_engineer.index.vectors.choose import chosen_model
from genie_engineer.index.vectors.closeness import Closeness, key_of, open_closeness
from genie_engineer.index.vectors.tuning import tuning_key

TEXTS = ["parse the header of a request", "sort a list", "the list of the request", "of of of a a"]
REPORT = "the total price of a cart is wrong when a customer has more than one coupon"


@pytest.fixture
def closeness(tiny_model: Path, tmp_path: Path) -> Iterator[Closeness]:
    with open_closeness(tmp_path / "vectors", str(tiny_model)) as opened:
        yield opened


@pytest.fixture
def meaning(closeness: Closeness, project: Path, tmp_path: Path) -> Iterator[Index]:
    """An index of the project that goes by meaning too."""
    with open_index(tmp_path / "cache" / "other.db", closeness) as index:
        index.update(project)
        yield index


def ranked(*scores: float) -> list[Ranked]:
    return [Ranked(f"{number}.py", 1, 1, 2, "", 10, score) for number, score in enumerate(scores)]


def test_of_equal_chunks_the_closest_comes_first(closeness: Closeness) -> None:
    for number, text in enumerate(TEXTS):
        cosines = closeness.cosines(closeness.ask([text, text]).result(), TEXTS)
        found = rerank(ranked(0, 0, 0, 0), cosines, few_words=False)
        assert max(found, key=lambda each: each.score).path == f"{number}.py"


def test_what_is_far_ahead_stays_first_and_what_has_no_vector_keeps_its_score() -> None:
    cosines = np.array([[0.1, 0.9, np.nan, 0.2]] * 2, np.float32)
    found = rerank(ranked(9, 0, 0.5, 0), cosines, few_words=False)
    assert [each.path for each in sorted(found, key=lambda each: -each.score)] == [
        "0.py",
        "1.py",
        "2.py",
        "3.py",
    ]
    assert found[2].score == 0.5
    assert rerank(found, cosines * np.nan, few_words=True) == found


def test_what_a_name_leads_to_stays_first_however_unlike_it_is_to_all_others() -> None:
    cosines = np.array([[0.1] + [0.8] * 50] * 2, np.float32)
    for few_words in (False, True):
        found = rerank(ranked(4, *[0] * 50), cosines, few_words)
        assert max(found, key=lambda each: each.score).path == "0.py"


def test_a_few_words_wait_for_no_vectors(meaning: Index, closeness: Closeness) -> None:
    before = meaning.search("total price")
    assert closeness.count == 0
    list(meaning.embed())
    after = meaning.search("total price")
    assert {span.path for span in after} >= {span.path for span in before}


def test_what_no_word_finds_is_found_by_meaning(meaning: Index, project: Path) -> None:
    assert meaning.search("sort a list") == ()
    (project / "sorting.txt").write_text("sort a list\n")
    (project / "other.txt").write_text("parse the header of a request\n")
    assert meaning.search("xylophone") == ()
    list(meaning.embed())
    found = meaning.search("xylophone")
    assert found
    assert all("close in meaning" in span.reason for span in found)


def test_the_words_of_a_snippet_count_where_nothing_goes_by_meaning(
    meaning: Index, project: Path, tmp_path: Path
) -> None:
    snippet = (project / "src/shop/prices.py").read_text()
    assert meaning.search("xylophone", snippet=snippet) == ()
    with open_index(tmp_path / "plain.db") as plain:
        plain.update(project)
        assert plain.search("xylophone", snippet=snippet)[0].path == "src/shop/prices.py"


def test_what_was_embedded_and_has_gone_is_not_found(meaning: Index, project: Path) -> None:
    list(meaning.embed())
    (project / "src/shop/prices.py").write_text("def other(a):\n    b = a\n    return b\n")
    meaning.update(project)
    for span in meaning.search("xylophone"):
        assert span.path != "src/shop/prices.py"
    list(meaning.embed())
    assert "src/shop/prices.py" in {span.path for span in meaning.search("xylophone")}


def test_a_report_makes_the_vectors_that_it_needs_and_keeps_them(
    meaning: Index, closeness: Closeness
) -> None:
    first = meaning.search(REPORT)
    made = closeness.count
    assert made > 4
    assert meaning.search(REPORT) == first
    assert closeness.count == made


def test_everything_is_embedded_once(meaning: Index, closeness: Closeness, project: Path) -> None:
    steps = list(meaning.embed())
    assert steps[-1].done == steps[-1].total == closeness.count > 6
    (project / "src/shop/prices.py").write_text("def one_more(price):\n    a = price\n    return a + 1\n")
    meaning.update(project)
    before = closeness.count
    (step,) = meaning.embed()
    assert step.done == step.total == before - 2
    assert closeness.count == before + 1


def test_sources_are_embedded_before_tests_and_documents(meaning: Index) -> None:
    with meaning._store.reading() as connection:
        view, history = meaning._store.view(connection), meaning._store.history(connection)
    order = [view.paths[file] for file in usefulness(view, history)]
    assert all(path.startswith("src/") for path in order[:3])
    assert set(order[3:]) == {"README.md", "tests/test_prices.py"}


def test_a_model_that_dies_costs_a_search_nothing_but_its_help(
    meaning: Index, closeness: Closeness, tmp_path: Path, project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    meaning.search(REPORT)
    pid = closeness._embedder.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    with open_index(tmp_path / "plain.db") as plain, caplog.at_level(logging.WARNING):
        plain.update(project)
        assert meaning.search(REPORT) == plain.search(REPORT)
    assert "by words and names alone" in caplog.text
    assert meaning.search(REPORT)
    assert closeness._embedder.pid not in (None, pid)


def test_a_model_that_cannot_be_loaded_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    with (
        open_closeness(tmp_path / "vectors", str(tmp_path)) as broken,
        pytest.raises(SetupError, match="can't be used"),
    ):
        broken.load()


def test_the_setting_chooses_the_model(tmp_path: Path) -> None:
    assert chosen_model("off", tmp_path) is None
    assert chosen_model("auto", tmp_path) is None
    with pytest.raises(SetupError, match="genie index --vectors"):
        chosen_model("builtin", tmp_path)
    assert chosen_model("some/model", tmp_path) == "some/model"
    folder = tmp_path / f"all-minilm-l6-v2-{tuning_key()}"
    folder.mkdir()
    (folder / "model.onnx").touch()
    assert chosen_model("auto", tmp_path) == chosen_model("builtin", tmp_path) == str(folder)
    assert "onnxruntime" in PACKAGES


def test_a_text_has_one_key() -> None:
    assert key_of("a") == key_of("a") != key_of("b")
    assert len(key_of("\ud800")) == 16


def test_the_model_makes_room_for_the_workers(
    meaning: Index, closeness: Closeness, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meaning.search(REPORT)
    assert closeness._embedder.pid is not None
    meaning.update(project)
    assert closeness._embedder.pid is not None, "nothing was to be built"
    monkeypatch.setattr(update, "_BATCH_FILES", 1)
    for number in range(4):
        (project / f"more{number}.py").write_text(f"def more{number}(a):\n    b = a\n    return b\n")
    meaning.update(project)
    assert closeness._embedder.pid is None
    assert meaning.search(REPORT)
