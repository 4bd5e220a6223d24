"""Identifiers are found whole and by their parts, in any inflection."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genie_engineer.index.words import LONGEST, number, numbers, stem, stems, tokens, whole


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("parseHTTPHeader", ("parsehttpheader", "pars", "http", "header")),
        ("parse_http_headers", ("parse_http_headers", "pars", "http", "header")),
        ("HTTPServer2", ("httpserver2", "http", "server")),
        ("sha256_sum", ("sha256_sum", "sha", "256", "sum")),
        ("__init__", ("__init__", "init")),
        ("MAX_RETRIES", ("max_retries", "max", "retry")),
        ("header", ("header", "header")),
        ("404", ("404", "404")),
        ("größeÄndern", ("größeändern", "größe", "ändern")),
        ("ПарсерДанных", ("парсерданных", "парсер", "данных")),
        ("the", ()),
        ("x", ()),
        ("12345678901", ()),
        ("a" * (LONGEST + 1), ()),
    ],
)
def test_a_token_is_found_by_the_whole_and_by_its_parts(token: str, expected: tuple[str, ...]) -> None:
    assert numbers(token) == (*map(whole, expected[:1]), *map(number, expected[1:]))


def test_a_whole_is_no_other_tokens_part_and_has_no_case() -> None:
    assert whole("Header") == whole("header") == numbers("header")[0]
    assert whole("header") not in numbers("parse_header")
    assert numbers("header")[1] in numbers("parse_header")


def test_numbers_are_the_same_in_every_process() -> None:
    assert number("header") == 0xE3B2315438E0162D


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
def test_any_text_has_numbers_of_64_bits(text: str) -> None:
    for token in tokens(text):
        assert all(0 <= each < 2**64 for each in numbers(token))
        assert len(numbers(token)) == len(set(numbers(token)))


@given(st.text())
def test_parts_are_lower_case_and_none_is_empty(text: str) -> None:
    for token in tokens(text):
        assert all(part and part == part.lower() for part in stems(token) if part.isascii())
