"""Identifiers are found whole and by their parts, in any inflection."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genie_engineer.index.words import LONGEST, split, stem, words


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("parseHTTPHeader", ("parsehttpheader", "pars", "http", "header")),
        ("parse_http_headers", ("parse_http_headers", "pars", "http", "header")),
        ("HTTPServer2", ("httpserver2", "http", "server")),
        ("sha256_sum", ("sha256_sum", "sha", "256", "sum")),
        ("__init__", ("__init__", "init")),
        ("MAX_RETRIES", ("max_retries", "max", "retry")),
        ("header", ("header",)),
        ("404", ("404",)),
        ("größeÄndern", ("größeändern", "größe", "ändern")),
        ("ПарсерДанных", ("парсерданных", "парсер", "данных")),
        ("the", ()),
        ("x", ()),
        ("12345678901", ()),
        ("a" * (LONGEST + 1), ()),
    ],
)
def test_a_token_gives_the_whole_and_its_parts(token: str, expected: tuple[str, ...]) -> None:
    assert split(token) == expected


@pytest.mark.parametrize(
    "family",
    [
        ("parse", "parses", "parsed", "parsing"),
        ("retry", "retries"),
        ("index", "indexes", "indexed", "indexing"),
        ("match", "matches", "matched", "matching"),
        ("run", "runs", "running"),
        ("class", "classes"),
    ],
)
def test_inflections_meet_in_one_stem(family: tuple[str, ...]) -> None:
    assert len({stem(word) for word in family}) == 1


@pytest.mark.parametrize(("one", "other"), [("string", "str"), ("status", "statu"), ("process", "proces")])
def test_unlike_words_stay_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@given(st.text())
def test_words_are_plain_tokens_for_the_database(text: str) -> None:
    for word in words(text).split(" "):
        assert word == word.lower()
        assert not set(word) & set("\"'*^:+-()\0\n")


@given(st.text())
def test_splitting_what_was_split_finds_the_same_words(text: str) -> None:
    once = set(words(text).split())
    assert once <= set(words(" ".join(once)).split()) | {word for word in once if len(word) > LONGEST}
