"""How many tokens a text has: by the model's own tokenizer where it lies here, else by the text's bytes.

Neither is what the provider counts, which frames messages and renders tools in its own way. So what it has
counted is compared with what we did, answer by answer (`learned`), and the next prompt's budget made to fit.
"""

from collections.abc import Callable
from functools import lru_cache
from math import ceil

from ..errors import UsageError

BYTES_PER_TOKEN = 3.2
"""Measured low on purpose: code in common tokenizers has 3.2 to 4 bytes a token."""

REMEMBERED = 20_000
"""Texts whose tokens are counted once: a prompt is mostly what the last one was."""

LEAST, MOST = 0.75, BYTES_PER_TOKEN
"""Bounds of a factor: no known tokenizer takes more than 4.3 bytes of code a token, none less than one."""

MARGIN = 1.03

Count = Callable[[str], int]


def by_bytes(text: str) -> int:
    """An upper estimate of the tokens of `text`."""
    return ceil(len(text.encode("utf-8", "surrogatepass")) / BYTES_PER_TOKEN)


def counter(tokenizer: str) -> Count:
    """A function that counts tokens and remembers what it has counted.

    `tokenizer` is the path of a tokenizer.json (Hugging Face's format); "": by bytes. Raises UsageError.
    """
    return lru_cache(REMEMBERED)(_by_tokenizer(tokenizer) if tokenizer else by_bytes)


def learned(known: float, counted: int, reported: int) -> float:
    """The factor by which the provider counts more than we do, after an answer whose prompt it `reported`.

    It goes up at once, so that no budget is passed twice, and down only where it is a tenth too high: each
    change moves what is masked, and costs the provider's cache.
    """
    measured = reported / counted
    if measured > known or measured * MARGIN < 0.9 * known:
        return min(MOST, max(LEAST, measured * MARGIN))
    return known


def _by_tokenizer(path: str) -> Count:
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise UsageError(
            "The setting model.tokenizer needs the package tokenizers: install it beside Genie, or leave the "
            "setting out."
        ) from error
    try:
        tokenizer = Tokenizer.from_file(path)
    except Exception as error:
        raise UsageError(f"The tokenizer {path} can't be read: {error}") from error
    tokenizer.no_truncation()

    def count(text: str) -> int:
        clean = text.encode("utf-8", "replace").decode()
        return len(tokenizer.encode(clean, add_special_tokens=False).ids)

    return count
