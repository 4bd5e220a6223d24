"""What is lifted out of a task's text."""

import pytest

from genie_engineer.index.task import parse

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
    assert ("C:/code/src/shop/cart.py", 14) in task.frames
    assert ("lib/client.js", 31) in task.frames
    assert ("src/shop/prices.py", 8) in task.frames


def test_templates_comments_and_links_say_nothing() -> None:
    task = parse(ISSUE)
    assert not {"template_word", "happened", "agree", "some_page"} & set(task.weights)


def test_the_title_counts_double_and_nothing_more_than_three_times() -> None:
    task = parse("coupon bug\nrebate\n" + "again " * 50)
    assert (task.weights["coupon"], task.weights["rebat"], task.weights["again"]) == (2.0, 1.0, 3.0)


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
