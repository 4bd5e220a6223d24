"""Go to definition and find references by name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from genie_engineer.index.index import Index


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("total_price", [("src/shop/prices.py", 6, "total_price", "function total_price")]),
        ("Cart.checkout", [("src/shop/cart.py", 12, "Cart.checkout", "method checkout")]),
        ("self.checkout", [("src/shop/cart.py", 12, "Cart.checkout", "method checkout")]),
        ("shop.cart.Cart", [("src/shop/cart.py", 6, "Cart", "class Cart")]),
        ("Cart::checkout", [("src/shop/cart.py", 12, "Cart.checkout", "method checkout")]),
        ("VAT_RATE", [("src/shop/prices.py", 3, "VAT_RATE", "constant VAT_RATE")]),
        (
            "HttpClient.constructor",
            [("src/shop/http/client.js", 2, "HttpClient.constructor", "method constructor")],
        ),
        ("unknown", []),
        ("", []),
        (".", []),
    ],
)
def test_definitions(index: Index, name: str, expected: list[tuple[str, int, str, str]]) -> None:
    found = index.definitions(name)
    assert [(span.path, span.start, span.symbol, span.reason) for span in found] == expected


def test_the_nearest_of_equal_definitions_is_first_and_tests_are_last(
    index: Index, project: Path, write: Callable[[dict[str, str]], None]
) -> None:
    body = "def run():\n    a = 1\n    return a\n"
    write({"tests/a.py": body, "src/a/x.py": body + "#\n", "src/b/x.py": body + "##\n"})
    index.update(project)
    assert [span.path for span in index.definitions("run", "src/b/y.py")] == [
        "src/b/x.py",
        "src/a/x.py",
        "tests/a.py",
    ]
    assert [span.path for span in index.definitions("b.x.run")] == ["src/b/x.py"]


def test_references_are_uses_in_code_with_the_symbol_around_them(index: Index) -> None:
    found = [(span.path, span.start, span.symbol) for span in index.references("total_price")]
    assert found == [
        ("src/shop/cart.py", 3, ""),
        ("src/shop/cart.py", 14, "Cart.checkout"),
        ("tests/test_prices.py", 1, ""),
        ("tests/test_prices.py", 6, "test_total_price_of_nothing_is_zero"),
    ]


def test_references_are_bounded(index: Index) -> None:
    assert len(index.references("total_price", limit=1)) == 1


@pytest.mark.parametrize("name", ["", "x", "unknown_name", "a b", '"', "("])
def test_nothing_refers_to_what_is_no_name(index: Index, name: str) -> None:
    assert index.references(name) == ()
