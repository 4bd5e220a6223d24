"""`genie index` and `genie search` as processes."""

import json
from pathlib import Path

import pytest

from genie_engineer.index.vectors.choose import chosen_model
from tests.conftest import Genie

REPORT = "calc: add gives the difference of two numbers, and so every sum of a list is wrong as well"


def test_an_index_with_vectors_is_searched_by_meaning(genie: Genie, tiny_model: Path) -> None:
    done = genie("index", "--vectors", str(tiny_model))
    assert done.status == 0, done.err
    assert "searched by meaning" in done.out
    (kept,) = genie.home.glob("cache/index/*.vectors/*.db")
    before = kept.stat().st_mtime_ns
    (genie.home / "settings.toml").write_text(f"[index]\nvectors = '{tiny_model}'\n")
    found = genie("search", REPORT, "--json", "--limit", "3")
    assert found.status == 0, found.err
    assert "calc.py" in {span["path"] for span in json.loads(found.out)}
    assert kept.stat().st_mtime_ns == before, "nothing was embedded twice"


def test_a_model_that_is_not_there_is_said_and_words_still_find(genie: Genie, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    (genie.home / "settings.toml").write_text(f"[index]\nvectors = '{tmp_path}'\n")
    found = genie("search", REPORT)
    assert found.status == 0
    assert "calc.py" in found.out
    assert "by words and names alone" in found.err
    told = genie("index", "--vectors", str(tmp_path))
    assert told.status == 2
    assert "can't be used" in told.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--memory", "much"), "no amount of memory"),
        (("--memory", "100MB"), "300 MB of memory at least"),
        (("--memory", "300MB", "--vectors", "any"), "doesn't fit into 300 MB"),
    ],
)
def test_memory_that_is_no_use_is_refused(genie: Genie, words: tuple[str, ...], told: str) -> None:
    done = genie("index", *words)
    assert done.status == 2
    assert told in done.err


def test_a_small_index_is_the_same_index(genie: Genie) -> None:
    assert genie("index", "--memory", "300MB").status == 0
    assert "calc.py" in genie("search", "mul").out


def test_the_doctor_knows_the_model(genie: Genie, tiny_model: Path) -> None:
    assert "switched off" in genie("doctor").out
    (genie.home / "settings.toml").write_text(f"[index]\nvectors = '{tiny_model}'\n")
    assert str(tiny_model) in "".join(genie("doctor").out.split("\n"))
    if chosen_model("auto") is None:
        (genie.home / "settings.toml").write_text("[index]\nvectors = 'builtin'\n")
        assert "genie index --vectors" in genie("doctor").out
