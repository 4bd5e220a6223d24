"""Events by which a run is steered: playbooks that are followed, what the user makes of what was begun."""

from dataclasses import dataclass
from typing import Literal

from ..edits.changes import FileChange
from ..index.spans import Span

Mark = Literal["pin", "drop", "none"]
Origin = Literal["user", "repository"]


@dataclass(frozen=True)
class PlaybookChosen:
    """A playbook, or standing instructions, that the run follows from here on, as they read now.

    `path` is relative to the repository, or absolute for the user's own; `why` says in words how it came to
    be chosen. `text` is clipped to what fits into a prompt. `scope` is the folder that it is about ("": all).
    """

    name: str
    path: str
    origin: Origin
    why: str
    text: str
    scope: str = ""
    test_command: str = ""


@dataclass(frozen=True)
class Assumed:
    """What Genie took for granted where nobody said; `question` is the one that wasn't answered, if any."""

    text: str
    question: str = ""


@dataclass(frozen=True)
class AnswerUsed:
    """Genie acts for the first time since question `id` was answered, having changed its plan or not."""

    id: str
    plan_changed: bool


@dataclass(frozen=True)
class TaskEdited:
    """The user has reworded the task, whole."""

    text: str
    by: Literal["user"] = "user"


@dataclass(frozen=True)
class SpanMarked:
    """The user pins a span (it always stands before Genie), drops it, or takes the mark back.

    Its lines are those of the user's files. One that wasn't found before is added.
    """

    span: Span
    mark: Mark
    by: Literal["user"] = "user"


@dataclass(frozen=True)
class Branched:
    """The run up to here is the beginning of another one: of `run`, up to its event `seq`."""

    run: str
    seq: int
    by: Literal["user"] = "user"


@dataclass(frozen=True)
class FileEdited:
    """The user has edited a file as it is proposed; `change` leads from there to what they made."""

    change: FileChange
    by: Literal["user"] = "user"
