"""The user's remarks on lines of a change, as in a review, and their answers: events, and threads of them."""

from dataclasses import dataclass
from typing import Literal

Side = Literal["user", "proposed"]
ThreadMark = Literal["open", "resolved", "deleted"]


@dataclass(frozen=True)
class Place:
    """Line `line` (from 1) of a file as the user has it, or as it is proposed.

    `quote` is what stood there, `above` and `below` the lines right beside it; all without line endings.
    """

    path: str
    line: int
    side: Side
    quote: str
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


@dataclass(frozen=True)
class Commented:
    """The user remarks on a place, which begins a thread of the same `id`, or replies in a `thread`."""

    id: str
    text: str
    place: Place | None = None
    thread: str = ""
    by: Literal["user"] = "user"


@dataclass(frozen=True)
class Replied:
    """Genie answers in a thread; `resolved`: it takes the matter for settled."""

    thread: str
    text: str
    resolved: bool = False
    by: Literal["genie"] = "genie"


@dataclass(frozen=True)
class ThreadMarked:
    """The user takes a thread for settled, opens it again, or takes it away."""

    thread: str
    mark: ThreadMark
    by: Literal["user"] = "user"


@dataclass(frozen=True)
class Words:
    """What one of both said in a thread; `id` is that of the user's remark."""

    by: Literal["user", "genie"]
    text: str
    id: str = ""


@dataclass(frozen=True)
class Thread:
    """What was said on a place, in order."""

    id: str
    place: Place
    words: tuple[Words, ...]
    resolved: bool = False
