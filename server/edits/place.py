"""Where a replacement goes in a file, and what changes there."""

from dataclasses import dataclass
from typing import Literal

from .alignment import differences
from .edit import Replacement
from .indentation import Reindent

How = Literal[
    "exact",
    "trailing whitespace",
    "re-indented",
    "context drifted",
    "blank lines",
    "lines left out",
    "marks mended",
    "similar",
]


@dataclass(frozen=True)
class Splice:
    """Lines `start` to `end` of the file (0-based, half-open) become `after` (without endings)."""

    start: int
    end: int
    after: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """The file's lines `start` to `end` (0-based, half-open) are the replacement's `before`.

    Where outer context drifted, they are where it would be.
    """

    start: int
    end: int
    splices: tuple[Splice, ...]
    how: How


def place_at(replacement: Replacement, at: int, how: How, shift: Reindent | None = None) -> Place:
    """The place where `before` stands line for line from `at` on.

    It changes line by line: what `before` and `after` share stays as the file has it.
    """
    before, after = replacement.before, replacement.after
    splices = tuple(
        Splice(at + old, at + old_end, tuple(shift(line) if shift else line for line in after[new:new_end]))
        for old, old_end, new, new_end in differences(before, after)
    )
    return Place(at, at + len(before), splices, how)
