"""A change as data: what a patch does to a file, hunk by hunk."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Hunk:
    """Replaces the lines `before`, which start at 1-based line `start` of the pre-image, by `after`.

    Lines keep their endings, so a missing final newline is data. Nothing in `before` is a pure insertion
    in front of line `start`. `id` is derived from path, texts and place: the same proposal has the same id.
    """

    id: str
    start: int
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class FileChange:
    """All hunks of one file. `pre_image` is the sha256 (hex) of the bytes they were computed against."""

    path: str
    kind: Literal["modified", "created", "deleted"]
    hunks: tuple[Hunk, ...]
    pre_image: str = ""
