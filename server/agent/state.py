"""What a run's events amount to. Views and prompts are made of this and of nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ..edits.changes import FileChange, Hunk
from ..index.spans import Span
from ..models.contract import ToolCall
from .candidates import CandidateChosen, CandidateEnded
from .events import (
    Answered,
    Asked,
    Event,
    Finished,
    HunkDecided,
    ModelSpoke,
    PlanChanged,
    Said,
    Step,
    TaskGiven,
    ToolAnswered,
    WorkbenchMade,
)
from .remarks import Commented, Thread, ThreadMarked
from .repetition import Deed, Repetition
from .steering import Assumed, Branched, FileEdited, PlaybookChosen, SpanMarked
from .tested import Reproduced, TestsChosen, TestsRan


@dataclass(frozen=True)
class Rejected:
    """A hunk that the user rejected, as text, since it is gone from the proposal by the next turn.

    `accepted`: the user had accepted it first, and takes it back; `settled`: so long ago that the copy was
    made with it.
    """

    path: str
    hunk: Hunk
    reason: str
    accepted: bool = False
    settled: bool = False


@dataclass(frozen=True)
class Taken:
    """A hunk in the user's file, as a change of its own, and what takes it out again, as another."""

    change: FileChange
    back: FileChange

    @property
    def path(self) -> str:
        """The file's path in the repository."""
        return self.change.path

    @property
    def hunk(self) -> Hunk:
        """The hunk itself."""
        return self.change.hunks[0]


@dataclass(frozen=True)
class Rationale:
    """Why a hunk is as it is: the reason of the patch that last touched its lines ("": nobody said one), and
    the ids of the plan's steps that Genie was at then.
    """

    reason: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reanswered:
    """The user gives another answer to a question than before."""

    question: str
    before: str
    now: str


@dataclass(frozen=True)
class Reworded:
    """The user gives the task another text than `before`."""

    before: str


Turn = (
    ModelSpoke
    | ToolAnswered
    | Said
    | Rejected
    | PlanChanged
    | PlaybookChosen
    | Reanswered
    | Reworded
    | SpanMarked
    | FileEdited
    | Commented
    | ThreadMarked
)
"""What takes part in the conversation, in the order in which it happened."""


@dataclass(frozen=True)
class RunState:
    """A run as it now stands; the text in `task` is as last edited.

    `condensed` maps a call's id to its answer in few words, `decisions` a hunk's id to the last decision on
    it; `taken` has those that are in the user's files, in the order in which they came there, whatever is
    proposed since.

    `own_steps` are the ids of steps whose words are the user's, `former_words` what stood there before (text,
    id), `removed_steps` the steps that they took out; once the plan is edited (`plan_edited`) its order is
    theirs too. `answers` maps a question's id to the last answer, `unused_answers` one on which Genie hasn't
    acted yet to whether it has changed its plan since. `approvals` has, by the command, whether the user lets
    it run without a sandbox in this run.

    `candidates` are the runs that go on beside each other, `ended` those that came to their end, `chosen`
    what became of it.

    `rationales` has, by the hunk's id, why each hunk is that was ever proposed.

    `own_words` are the user's edits of proposed files, `own_edits` those that the proposal doesn't hold yet.
    `threads` are the remarks on lines, by the id of the first.

    `deeds` are the last calls and what came of them, since the user last said or did something; `again` is
    what they repeat, `warned` whether the model was told so, `silent` how often running it called no tool.

    `tokens` are prompts and answers together, `cached` the part that providers had cached; `cost` is in
    dollars, without that of `unpriced` answers, which nobody knows. `factors` says by model how many tokens
    its provider counts where we count one.

    `turns` are what the model has heard and said. `words`, with the numbers of their events, wait until it
    has: so the user's never come between a call and its answer, nor before what was said without them.
    """

    task: TaskGiven | None = None
    workbench: WorkbenchMade | None = None
    tests: TestsChosen | None = None
    plan: tuple[Step, ...] = ()
    own_steps: frozenset[str] = frozenset()
    former_words: tuple[tuple[str, str], ...] = ()
    removed_steps: tuple[Step, ...] = ()
    plan_edited: bool = False
    playbooks: tuple[PlaybookChosen, ...] = ()
    first_found: tuple[Span, ...] = ()
    found: tuple[Span, ...] = ()
    pinned: tuple[Span, ...] = ()
    dropped: tuple[Span, ...] = ()
    turns: tuple[Turn, ...] = ()
    condensed: dict[str, str] = field(default_factory=dict)
    changes: tuple[FileChange, ...] = ()
    reason: str = ""
    own_edits: tuple[FileEdited, ...] = ()
    own_words: tuple[FileChange, ...] = ()
    rationales: dict[str, Rationale] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    decisions: dict[str, HunkDecided] = field(default_factory=dict)
    taken: dict[str, Taken] = field(default_factory=dict)
    candidates: tuple[str, ...] = ()
    ended: dict[str, CandidateEnded] = field(default_factory=dict)
    chosen: CandidateChosen | None = None
    question: Asked | None = None
    asked: tuple[Asked, ...] = ()
    answers: dict[str, Answered] = field(default_factory=dict)
    unused_answers: dict[str, bool] = field(default_factory=dict)
    approvals: dict[str, bool] = field(default_factory=dict)
    assumed: tuple[Assumed, ...] = ()
    before: TestsRan | None = None
    after: TestsRan | None = None
    reproduced: Reproduced | None = None
    flaky: frozenset[str] = frozenset()
    tokens: int = 0
    cached: int = 0
    cost: float = 0.0
    unpriced: int = 0
    factors: dict[str, float] = field(default_factory=dict)
    model_turns: int = 0
    deeds: tuple[Deed, ...] = ()
    again: Repetition = field(default_factory=Repetition)
    warned: bool = False
    silent: int = 0
    finished: Finished | None = None
    branched: Branched | None = None
    words: tuple[tuple[int, Turn], ...] = ()
    last: Event | None = None
    count: int = 0

    @property
    def conversation(self) -> tuple[Turn, ...]:
        """All that the next prompt tells: what was heard, and then what was not."""
        return self.turns + tuple(turn for _, turn in self.words)

    @property
    def open_calls(self) -> tuple[ToolCall, ...]:
        """The model's calls that have no answer yet, in order."""
        done: set[str] = set()
        for turn in reversed(self.turns):
            if isinstance(turn, ToolAnswered):
                done.add(turn.call_id)
            elif isinstance(turn, ModelSpoke):
                return tuple(call for call in turn.calls if call.id not in done)
        return ()


def told(state: RunState, *turns: Turn) -> RunState:
    """The model hears of `turns` at its next turn."""
    return replace(state, words=state.words + tuple((state.count, turn) for turn in turns))


def anew(state: RunState) -> RunState:
    """What the user says or does is a reason to do again what was done before."""
    return replace(state, deeds=(), again=Repetition(), warned=False, silent=0)


def hunk_ids(changes: Iterable[FileChange]) -> set[str]:
    """The ids of all hunks of `changes`."""
    return {hunk.id for change in changes for hunk in change.hunks}


def allowed(state: RunState) -> list[str]:
    """Commands that may run without a sandbox in this run."""
    return [command for command, yes in state.approvals.items() if yes]


def rejected(state: RunState) -> set[str]:
    """Ids of the hunks that the user rejected or took back and that are still proposed."""
    no = {hunk for hunk, event in state.decisions.items() if event.decision in ("rejected", "undone")}
    return no & hunk_ids(state.changes)


def accepted(state: RunState) -> set[str]:
    """Ids of the hunks that the user accepted and that are still proposed."""
    yes = {hunk for hunk, event in state.decisions.items() if event.decision == "accepted"}
    return yes & hunk_ids(state.changes)


def has_changed(state: RunState) -> bool:
    """Whether the copy differs from what the run began with: by what is proposed, or accepted already."""
    return bool(state.changes) or any(event.decision == "accepted" for event in state.decisions.values())
