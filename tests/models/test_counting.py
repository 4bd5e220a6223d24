"""Tokens are counted by the model's own tokenizer or by bytes, and what the provider counts is learned."""

from pathlib import Path

import pytest

from genie_engineer.errors import UsageError
from genie_engineer.models.counting import by_bytes, counter, learned


def test_bytes_are_counted_high() -> None:
    assert counter("")("x" * 32) == by_bytes("x" * 32) == 10
    assert by_bytes("é" * 16) == 10
    assert by_bytes("\ud800") == 1


def test_a_tokenizer_counts_as_the_model_does(tiny_model: Path) -> None:
    from tokenizers import Tokenizer

    count = counter(str(tiny_model / "tokenizer.json"))
    own = Tokenizer.from_file(str(tiny_model / "tokenizer.json"))
    own.no_truncation()
    text = "def add(a, b): return a + b\n" * 200
    assert count(text) == len(own.encode(text, add_special_tokens=False).ids)
    assert count("") == 0
    assert count("\ud800x") > 0


def test_a_tokenizer_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    for path in (tmp_path / "tokenizer.json", tmp_path / "nothing.json"):
        with pytest.raises(UsageError, match="can't be read"):
            counter(str(path))


def test_a_provider_that_counts_more_is_believed_at_once() -> None:
    assert learned(1.0, 1000, 1200) == pytest.approx(1.236)
    assert learned(1.236, 1000, 1210) == 1.236


def test_one_that_counts_less_is_believed_when_it_is_much_less() -> None:
    assert learned(1.0, 1000, 950) == 1.0
    assert learned(1.0, 1000, 800) == pytest.approx(0.824)


@pytest.mark.parametrize(("reported", "factor"), [(1, 0.75), (10**9, 3.2)])
def test_nonsense_moves_it_no_further_than_tokenizers_can(reported: int, factor: float) -> None:
    assert learned(1.0, 1000, reported) == factor
