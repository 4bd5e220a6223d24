"""Where a replacement goes in a file, and what changes there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .alignment import Range, differences, unchanged
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
    after = replacement.after
    splices = tuple(
        Splice(at + old, at + old_end, tuple(shift(line) if shift else line for line in after[new:new_end]))
        for old, old_end, new, new_end in changed(replacement)
    )
    return Place(at, at + len(replacement.before), splices, how)


def changed(replacement: Replacement) -> list[Range]:
    """What changes from `before` to `after`: where they differ, and of a diff only what its marks tell."""
    before, after = replacement.before, replacement.after
    return [
        (start + one[0], start + one[1], new + one[2], new + one[3])
        for start, end, new, new_end in replacement.changes or ((0, len(before), 0, len(after)),)
        for one in differences(before[start:end], after[new:new_end])
    ]


def kept(replacement: Replacement, changes: Sequence[Range]) -> list[tuple[int, int]]:
    """The pairs of lines of `before` and `after` that are outside of the changes."""
    return list(unchanged(changes, len(replacement.before), len(replacement.after)))
