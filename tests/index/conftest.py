"""A small project on the disk, and an index of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from genie_engineer.index.index import Index, open_index

FILES: dict[str, str | bytes] = {
    "src/shop/cart.py": '''\
"""Carts."""

from shop.prices import total_price


class Cart:
    """What a customer is about to buy."""

    def __init__(self, items):
        self.items = items

    def checkout(self, coupon=None):
        """Charges the customer, retrying with backoff."""
        amount = total_price(self.items)
        if coupon:
            amount -= coupon.rebate
        return amount


def merge_carts(one, other):
    # total_price is not needed here
    joined = Cart(one.items + other.items)
    joined.merged = True
    return joined
''',
    "src/shop/prices.py": '''\
"""Prices."""

VAT_RATE = 0.19


def total_price(items):
    """The sum of all prices with the tax."""
    net = sum(item.price for item in items)
    return net * (1 + VAT_RATE)


def parse_price(text):
    digits = text.strip().removesuffix("EUR")
    value = float(digits)
    return value
''',
    "src/shop/http/client.js": """\
export class HttpClient {
  constructor(base) {
    this.base = base;
  }

  fetchWithRetry(path, attempts) {
    return this.fetch(path).catch(() => this.fetchWithRetry(path, attempts - 1));
  }
}
""",
    "tests/test_prices.py": """\
from shop.prices import total_price


def test_total_price_of_nothing_is_zero():
    items = []
    assert total_price(items) == 0
    assert not items
""",
    "README.md": "# Shop\n\nThe total price of a cart, with coupons and checkout.\n",
    "logo.png": b"\x89PNG\0\0",
    "empty.py": "",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "project"


@pytest.fixture(autouse=True)
def write(project: Path) -> Callable[[dict[str, str | bytes]], None]:
    """Creates or replaces files of the project; it begins with `FILES`."""

    def put(files: dict[str, str | bytes]) -> None:
        for path, text in files.items():
            (project / path).parent.mkdir(parents=True, exist_ok=True)
            (project / path).write_bytes(text.encode() if isinstance(text, str) else text)

    put(FILES)
    return put


@pytest.fixture
def index(tmp_path: Path, project: Path) -> Iterator[Index]:
    with open_index(tmp_path / "cache" / "index.db") as opened:
        opened.update(project)
        yield opened
