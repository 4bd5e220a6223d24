"""The right span comes first, with its reason, within the budget."""

import pytest

from genie_engineer.index.index import Index
from genie_engineer.index.spans import Span


def test_a_function_is_found_by_the_words_of_its_name(index: Index) -> None:
    first = index.search("total price")[0]
    assert (first.path, first.symbol) == ("src/shop/prices.py", "total_price")
    assert first.start <= 6 <= first.end
    assert "price" in first.reason


def test_an_exact_name_says_that_it_is_defined_here(index: Index) -> None:
    first = index.search("merge_carts")[0]
    assert (first.path, first.symbol) == ("src/shop/cart.py", "merge_carts")
    assert first.reason.startswith("defines merge_carts")


@pytest.mark.parametrize(
    ("query", "path", "reason"),
    [
        (
            'it fails\n  File "/home/u/src/shop/cart.py", line 15, in checkout',
            "src/shop/cart.py",
            "stack frame",
        ),
        ("something is odd in http/client.js", "src/shop/http/client.js", "named in the query"),
        ("fetchWithRetry never stops", "src/shop/http/client.js", "defines fetchWithRetry"),
        ("charging customers with backoff", "src/shop/cart.py", "backoff"),
        ("shop.prices is slow", "src/shop/prices.py", "named in the query"),
    ],
)
def test_what_a_task_names_is_first(index: Index, query: str, path: str, reason: str) -> None:
    first = index.search(query)[0]
    assert first.path == path
    assert reason in first.reason


def test_tests_come_last_unless_the_task_is_about_them(index: Index) -> None:
    assert index.search("total_price is wrong")[0].path == "src/shop/prices.py"
    assert index.search("failing tests: total_price of nothing is zero")[0].path == "tests/test_prices.py"


@pytest.mark.parametrize(
    "query", ["", "?!", "the of and", "zzzzunknownzzzz", '"', "a" * 5000, "NEAR( OR *", "\0"]
)
def test_a_query_without_an_answer_has_none(index: Index, query: str) -> None:
    assert index.search(query) == ()


def test_limit_bounds_the_spans(index: Index) -> None:
    assert len(index.search("price items cart fetch", limit=2)) == 2


@pytest.mark.parametrize("budget", [0, 20, 60, 120, 200, 1000])
def test_spans_fill_the_budget_and_never_more(index: Index, budget: int) -> None:
    spans = index.search("price items cart fetch checkout", budget_tokens=budget)
    used = sum(len(f"{span.path}:{span.start}-{span.end}\n") + len(index.text(span)) for span in spans)
    assert used <= 4 * budget
    assert bool(spans) is (budget >= 20)


def test_spans_of_a_file_do_not_overlap(index: Index) -> None:
    seen: set[tuple[str, int]] = set()
    for span in index.search("price items cart fetch checkout total coupon"):
        lines = {(span.path, line) for line in range(span.start, span.end + 1)}
        assert not lines & seen
        seen |= lines


def test_a_text_is_exactly_the_files_lines(index: Index) -> None:
    assert index.text(Span("src/shop/prices.py", 3, 3)) == "VAT_RATE = 0.19\n"
    assert index.text(Span("src/shop/prices.py", 3, 999)).endswith("return value\n")
    assert index.text(Span("src/shop/prices.py", 50, 60)) == ""
    assert index.text(Span("nowhere.py", 1, 1)) == ""
