"""The answer of every search: spans."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """Lines `start` to `end` (1-based, inclusive) of `path` (relative to the repository, with "/")."""

    path: str
    start: int
    end: int
    symbol: str = ""
    reason: str = ""
