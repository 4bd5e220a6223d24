"""What can happen in a run, each as a small frozen record. A run *is* the list of these.

The user is an author like any other: `by` tells who. A record is one line of JSON:
`{"v": 1, "seq": 0, "at": "2026-01-31T12:00:00.000Z", "kind": "TaskGiven", …the event's own fields}`.
"""

from dataclasses import dataclass, field
from typing import Literal

from ..config import NO_PROFILE
from ..edits.changes import FileChange
from ..index.spans import Span
from ..models.contract import Json, Thoughts, ToolCall, Usage
from .candidates import CandidateChosen, CandidateEnded, CandidatesBegan
from .remarks import Commented, Replied, ThreadMarked
from .steering import AnswerUsed, Assumed, Branched, FileEdited, PlaybookChosen, SpanMarked, TaskEdited
from .tested import CandidatesTried, Reproduced, TestsChosen, TestsRan

VERSION = 1

Author = Literal["user", "genie"]
StepState = Literal["todo", "doing", "done", "struck"]
Decision = Literal["accepted", "rejected", "conflict", "undone"]
Outcome = Literal["solved", "unsolved", "stopped", "failed"]
Limit = Literal["", "turns", "tokens", "money", "seconds", "repeats"]


@dataclass(frozen=True)
class Step:
    """One step of the plan. `id` survives rewording and reordering."""

    id: str
    text: str
    state: StepState = "todo"
    notes: str = ""


@dataclass(frozen=True)
class TaskGiven:
    """The user's words, and what was fixed at the start. `playbooks` are names of those that they chose.

    `base_url` is the address of `model` as it was given, "" for the usual one.
    """

    text: str
    repository: str
    head: str
    model: str
    test_command: str = ""
    by: Author = "user"
    profile: str = ""
    candidates: int = 1
    playbooks: tuple[str, ...] = ()
    base_url: str = ""

    @property
    def who(self) -> str:
        """Who was asked to do it, in words."""
        named = self.profile not in ("", NO_PROFILE)
        return f"profile {self.profile}" if named else f"model {self.model}"


@dataclass(frozen=True)
class ModelProbed:
    """A model that was used for the first time was asked what it can do: `found`, for `tokens`.

    `cost` is in dollars, by the prices of that moment; 0 where no price is known.
    """

    model: str
    found: str
    tokens: int = 0
    cost: float = 0.0


@dataclass(frozen=True)
class WorkbenchMade:
    """The private copy is ready. `sandbox` says in words how commands are kept in, or that they are not."""

    files: int
    seconds: float
    sandbox: str


@dataclass(frozen=True)
class Found:
    """Spans that a search brought up, best first."""

    query: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class PlanChanged:
    """The plan as it now stands, whole."""

    steps: tuple[Step, ...]
    by: Author = "genie"


@dataclass(frozen=True)
class Approval:
    """What the user is asked to let run: exactly `command`, in a private copy of `folder` (absolute).

    `sandbox` says in words how it is kept in.
    """

    command: str
    folder: str
    sandbox: str


@dataclass(frozen=True)
class Asked:
    """A question to the user. Beside `choices` any text is an answer; `assume` is what goes without one.

    It is the `number`-th of so many that are asked together. `call` names the model's call that it comes
    from: asked again by a resumed run, it is the same question. Where an `approval` is asked for, only the
    choices are answers, and the model doesn't hear of it.
    """

    id: str
    question: str
    choices: tuple[str, ...] = ()
    assume: str = ""
    number: int = 1
    of: int = 1
    call: str = ""
    approval: Approval | None = None


@dataclass(frozen=True)
class Answered:
    """The answer to question `id`, or another one than before; in a headless run Genie decides by itself."""

    id: str
    answer: str
    by: Author = "user"


@dataclass(frozen=True)
class Said:
    """The user's words to a run that is under way."""

    text: str
    by: Author = "user"


@dataclass(frozen=True)
class ModelSpoke:
    """One whole answer of `model`, which had seen the first `heard` events of the run.

    `cost` is in dollars, by the prices of that moment; None: no price was known. `counted` is what we took
    the prompt to have in tokens before we asked, 0 where nobody counted.
    """

    text: str
    calls: tuple[ToolCall, ...] = ()
    usage: Usage = field(default_factory=Usage)
    heard: int = 0
    model: str = ""
    thoughts: Thoughts | None = None
    cost: float | None = None
    counted: int = 0


@dataclass(frozen=True)
class Condensed:
    """`model` put the long answer to call `call_id` into a few lines; it stands for it once it is masked."""

    call_id: str
    text: str
    model: str
    usage: Usage = field(default_factory=Usage)
    cost: float | None = None


@dataclass(frozen=True)
class ToolAnswered:
    """What came of the model's call `call_id`: `text` for the model to read, `data` the same as JSON."""

    call_id: str
    tool: str
    text: str
    data: Json = None
    ok: bool = True


@dataclass(frozen=True)
class PatchProposed:
    """The whole change that Genie now proposes against the user's files; it supersedes the one before.

    By the user it holds their edits of proposed files.
    """

    changes: tuple[FileChange, ...]
    reason: str = ""
    by: Author = "genie"


@dataclass(frozen=True)
class HunkDecided:
    """A hunk was accepted into the user's file, rejected, or met a conflict there (`reason` says which).

    "undone": it was accepted and is taken out again. `back` is, of an accepted one, the change of one hunk
    that takes it out of the file as it then was.
    """

    hunk: str
    decision: Decision
    reason: str = ""
    by: Author = "user"
    back: FileChange | None = None


@dataclass(frozen=True)
class Warned:
    """Something that the user should know and that doesn't end the run."""

    text: str


@dataclass(frozen=True)
class Resumed:
    """The run goes on after an interruption."""

    by: Author = "user"


@dataclass(frozen=True)
class Finished:
    """The end. `why` is one sentence; `summary` is what the model says of its work.

    `setup`: it failed since this machine, the repository or the model's access lacks something. `limit`
    names the limit that ended it, if one did. `tokens` and `cost` (dollars, as far as known) are the run's.
    """

    outcome: Outcome
    why: str
    summary: str = ""
    setup: bool = False
    limit: Limit = ""
    tokens: int = 0
    cost: float = 0.0


Event = (
    TaskGiven
    | ModelProbed
    | WorkbenchMade
    | TestsChosen
    | Found
    | PlanChanged
    | Asked
    | Answered
    | Said
    | ModelSpoke
    | ToolAnswered
    | Condensed
    | PatchProposed
    | HunkDecided
    | TestsRan
    | Reproduced
    | CandidatesTried
    | CandidatesBegan
    | CandidateEnded
    | CandidateChosen
    | Warned
    | Resumed
    | Finished
    | PlaybookChosen
    | Assumed
    | AnswerUsed
    | TaskEdited
    | SpanMarked
    | Branched
    | FileEdited
    | Commented
    | Replied
    | ThreadMarked
)


@dataclass(frozen=True)
class Record:
    """An event with its place in the log and its time (UTC, RFC 3339)."""

    seq: int
    at: str
    event: Event
