"""The fold: what a run's events amount to. Views and prompts are made of this and of nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import reduce, singledispatch

from ..edits.changes import FileChange, Hunk
from ..index.spans import Span
from ..models.contract import ToolCall
from .events import (
    Answered,
    Asked,
    CandidatesTried,
    Event,
    Finished,
    Found,
    HunkDecided,
    ModelSpoke,
    PatchProposed,
    PlanChanged,
    Record,
    Resumed,
    Said,
    Step,
    TaskGiven,
    TestsRan,
    ToolAnswered,
    Warned,
    WorkbenchMade,
)
from .plan import written_by_user


@dataclass(frozen=True)
class Rejected:
    """A hunk that the user rejected, as text, since it is gone from the proposal by the next turn."""

    path: str
    hunk: Hunk
    reason: str


Turn = ModelSpoke | ToolAnswered | Said | Rejected | PlanChanged
"""What takes part in the conversation, in the order in which it happened."""


@dataclass(frozen=True)
class RunState:
    """A run as it now stands. `decisions` maps a hunk's id to the last decision on it. `own_steps` are the
    ids of steps whose words are the user's, `former_words` what stood there before (text, id); once the plan
    is edited (`plan_edited`) its order is theirs too.

    `turns` are what the model has heard and said. `words`, with the numbers of their events, wait until it
    has: so the user's never come between a call and its answer, nor before what was said without them.
    """

    task: TaskGiven | None = None
    workbench: WorkbenchMade | None = None
    plan: tuple[Step, ...] = ()
    own_steps: frozenset[str] = frozenset()
    former_words: tuple[tuple[str, str], ...] = ()
    plan_edited: bool = False
    first_found: tuple[Span, ...] = ()
    found: tuple[Span, ...] = ()
    turns: tuple[Turn, ...] = ()
    changes: tuple[FileChange, ...] = ()
    reason: str = ""
    decisions: dict[str, HunkDecided] = field(default_factory=dict)
    question: Asked | None = None
    before: TestsRan | None = None
    after: TestsRan | None = None
    tokens: int = 0
    model_turns: int = 0
    finished: Finished | None = None
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


def fold(records: Iterable[Record]) -> RunState:
    """The state after all of `records`."""
    return reduce(lambda state, record: step(state, record.event), records, RunState())


def step(state: RunState, event: Event) -> RunState:
    """The state after one more event."""
    after = _apply(event, state)
    return replace(after, last=event, count=state.count + 1)


def hunk_ids(changes: Iterable[FileChange]) -> set[str]:
    """The ids of all hunks of `changes`."""
    return {hunk.id for change in changes for hunk in change.hunks}


def rejected(state: RunState) -> set[str]:
    """Ids of the hunks that the user rejected and that are still proposed."""
    no = {hunk for hunk, event in state.decisions.items() if event.decision == "rejected"}
    return no & hunk_ids(state.changes)


def accepted(state: RunState) -> set[str]:
    """Ids of the hunks that the user accepted and that are still proposed."""
    yes = {hunk for hunk, event in state.decisions.items() if event.decision == "accepted"}
    return yes & hunk_ids(state.changes)


def has_changed(state: RunState) -> bool:
    """Whether the copy differs from what the run began with: by what is proposed, or accepted already."""
    return bool(state.changes) or any(event.decision == "accepted" for event in state.decisions.values())


def _told(state: RunState, *turns: Turn) -> RunState:
    return replace(state, words=state.words + tuple((state.count, turn) for turn in turns))


@singledispatch
def _apply(event: Event, state: RunState) -> RunState:
    return state


@_apply.register
def _(event: TaskGiven, state: RunState) -> RunState:
    return replace(state, task=event)


@_apply.register
def _(event: WorkbenchMade, state: RunState) -> RunState:
    return replace(state, workbench=event)


@_apply.register
def _(event: Found, state: RunState) -> RunState:
    seen = {(span.path, span.start, span.end) for span in state.found}
    new = tuple(span for span in event.spans if (span.path, span.start, span.end) not in seen)
    return replace(state, found=state.found + new, first_found=state.first_found or event.spans)


@_apply.register
def _(event: PlanChanged, state: RunState) -> RunState:
    if event.by == "genie":
        return replace(state, plan=event.steps)
    own = state.own_steps.union(written_by_user(state.plan, event.steps))
    former = state.former_words + tuple((one.text, one.id) for one in state.plan if one.id in own)
    told = _told(state, event)
    return replace(told, plan=event.steps, own_steps=own, former_words=former, plan_edited=True)


@_apply.register
def _(event: Asked, state: RunState) -> RunState:
    return replace(state, question=event)


@_apply.register
def _(event: Answered, state: RunState) -> RunState:
    return replace(state, question=None)


@_apply.register
def _(event: Said, state: RunState) -> RunState:
    return _told(state, event)


@_apply.register
def _(event: ModelSpoke, state: RunState) -> RunState:
    heard = tuple(turn for number, turn in state.words if number < event.heard)
    return replace(
        state,
        turns=(*state.turns, *heard, event),
        words=tuple(word for word in state.words if word[0] >= event.heard),
        tokens=state.tokens + event.usage.prompt + event.usage.completion,
        model_turns=state.model_turns + 1,
    )


@_apply.register
def _(event: ToolAnswered, state: RunState) -> RunState:
    return replace(state, turns=(*state.turns, event))


@_apply.register
def _(event: PatchProposed, state: RunState) -> RunState:
    return replace(state, changes=event.changes, reason=event.reason, after=None)


@_apply.register
def _(event: HunkDecided, state: RunState) -> RunState:
    pairs = ((change.path, hunk) for change in state.changes for hunk in change.hunks)
    gone = [Rejected(path, hunk, event.reason) for path, hunk in pairs if hunk.id == event.hunk]
    told = _told(state, *gone) if event.decision == "rejected" else state
    return replace(told, decisions=state.decisions | {event.hunk: event})


@_apply.register
def _(event: TestsRan, state: RunState) -> RunState:
    known = state.before if event.moment == "before" else state.after
    if known and known.whole and not event.whole:
        return state
    return replace(state, before=event) if event.moment == "before" else replace(state, after=event)


@_apply.register
def _(event: CandidatesTried | Warned, state: RunState) -> RunState:
    return state


@_apply.register
def _(event: Resumed, state: RunState) -> RunState:
    return replace(state, finished=None)


@_apply.register
def _(event: Finished, state: RunState) -> RunState:
    return replace(state, finished=event, question=None)
