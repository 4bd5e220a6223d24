"""What is said of the user's remarks on lines, and in their threads."""

from dataclasses import dataclass
from typing import Literal

from ..agent.remarks import ThreadMark


@dataclass(frozen=True)
class Comment:
    """genie/comment → Remarked: a remark on a line (0-based) of a file that a run changes, as the user has it
    or as it is proposed; or, in an earlier `thread`, a reply, of which `uri` and `line` don't count.

    `id` is the remark's own, of the editor's making, and the thread's that it begins; said again, it counts
    once.
    """

    run: str
    id: str
    text: str
    thread: str
    uri: str
    line: int


@dataclass(frozen=True)
class Remarked:
    """The remark is kept. `offer` asks whether a run that rests should go on with it, "" where none does."""

    offer: str


@dataclass(frozen=True)
class MarkThread:
    """genie/markThread → Nothing."""

    run: str
    thread: str
    mark: ThreadMark


@dataclass(frozen=True)
class WordsView:
    """What one of both said, as Markdown that is safe to be shown."""

    by: Literal["user", "genie"]
    text: str


@dataclass(frozen=True)
class ThreadView:
    """A thread where its line now stands (0-based), or stood when it is `outdated`.

    `told` is its state in words.
    """

    id: str
    uri: str
    line: int
    outdated: bool
    resolved: bool
    told: str
    words: tuple[WordsView, ...]
