"""What is lifted out of a task's text."""

import pytest

from genie_engineer.index.task import Frame, parse

ISSUE = """\
Cart.checkout crashes with coupons
<!-- please search first: template_word -->
### What happened
- [x] I agree
Calling `shop.cart.Cart.checkout(coupon)` fails, see src/shop/cart.py and
https://github.com/o/r/blob/main/src/shop/prices.py#L8 but not https://example.org/some_page

```
Traceback (most recent call last):
  File "C:\\code\\src\\shop\\cart.py", line 14, in checkout
TypeError: bad operand
    at fetch (lib/client.js:31:5)
```
"""


def test_names_paths_and_frames_of_an_issue() -> None:
    task = parse(ISSUE)
    assert {"checkout", "Cart", "coupon", "TypeError"} <= set(task.names)
    assert ("shop", "cart", "Cart", "checkout") in task.dotted
    assert {"src/shop/cart.py", "src/shop/prices.py"} <= set(task.paths)
    assert set(task.frames) == {
        Frame("C:/code/src/shop/cart.py", 14, "checkout", depth=0),
        Frame("lib/client.js", 31, "", depth=0),
        Frame("src/shop/prices.py", 8, "", depth=-1),
    }


def test_the_last_frame_of_python_and_the_first_of_others_is_the_innermost() -> None:
    task = parse(
        'x\n  File "a.py", line 1, in f\n  File "b.py", line 2, in g\n  at p (c.js:3:1)\n  at q (d.js:4:1)\n'
    )
    assert {frame.path: frame.depth for frame in task.frames} == {"b.py": 0, "a.py": 1, "c.js": 0, "d.js": 1}


def test_templates_comments_and_links_say_nothing() -> None:
    task = parse(ISSUE)
    assert not {"template_word", "happened", "agree", "some_page"} & {term.shown for term in task.terms}


@pytest.mark.parametrize(
    "line", ["numpy: 1.26.4", "- Python version: 3.11", "`pandas` = 2.1.0rc1", "OS Version 14.5"]
)
def test_lists_of_versions_say_nothing(line: str) -> None:
    assert not {term.shown for term in parse(f"Wrong price\n{line}\n").terms} - {"Wrong", "price"}


def test_terms_know_the_part_that_says_them() -> None:
    counts = {term.shown: term.counts for term in parse(ISSUE).terms if not term.whole}
    assert counts["coupon"] == (1, 1, 1, 0)
    assert counts["crashes"] == (1, 0, 0, 0)
    assert counts["operand"] == (0, 0, 1, 1)
    assert counts["see"] == (0, 1, 0, 0)


def test_identifiers_are_terms_as_they_stand_too() -> None:
    wholes = {
        term.shown: term.named
        for term in parse("checkout loses parse_price's `rebate` of a cart").terms
        if term.whole
    }
    assert wholes == {"checkout": False, "loses": False, "parse_price": True, "rebate": True, "cart": False}


def test_each_word_of_a_short_query_may_be_a_name() -> None:
    assert parse("merge carts").names == ("merge", "carts")


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Flaky test in test_cart.py", True),
        ("Add tests for the parser", True),
        ("Checkout fails when I test it by hand", False),
        ("Wrong price", False),
    ],
)
def test_a_task_about_tests_is_recognised(text: str, about: bool) -> None:
    assert parse(text).about_tests is about


@pytest.mark.parametrize(
    "text", ["", "\n\n", "```", "`" * 1000, "a." * 5000, "../" * 5000, "\0", "(" * 10_000]
)
def test_odd_texts_are_survived(text: str) -> None:
    parse(text * 20)


def test_a_snippet_counts_as_code_and_its_names_as_words() -> None:
    task = parse("Refunds are wrong", "def computeRefund(order):\n    return order.total")
    counts = {term.shown: term.counts for term in task.terms}
    assert counts["computeRefund"] == (0, 0, 1, 0)
    assert counts["Refunds"] == (1, 0, 1, 0)
    assert task.names == parse("Refunds are wrong").names
    assert task.few_words
