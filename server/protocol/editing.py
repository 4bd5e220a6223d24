"""What the user makes of a run's task and of what was found."""

from dataclasses import dataclass

from ..agent.steering import Mark


@dataclass(frozen=True)
class EditTask:
    """genie/editTask → Nothing: the task in the user's new words, whole."""

    run: str
    text: str


@dataclass(frozen=True)
class MarkSpan:
    """genie/markSpan → Nothing: lines (1-based, inclusive) that the user pins, drops, or neither any more.

    `path` is relative to the repository, or absolute.
    """

    run: str
    path: str
    start: int
    end: int
    mark: Mark


@dataclass(frozen=True)
class FoundSpan:
    """A Span with the user's mark."""

    path: str
    start: int
    end: int
    symbol: str
    reason: str
    mark: Mark
