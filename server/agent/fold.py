"""From events to the state that they amount to, one after the other."""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce, singledispatch

from ..index.spans import Span
from ..models.counting import learned
from . import reviewed, threads
from .approvals import ALWAYS, ONCE
from .candidates import CandidateChosen, CandidateEnded, CandidatesBegan
from .events import (
    Answered,
    Asked,
    Condensed,
    Event,
    Finished,
    Found,
    ModelProbed,
    ModelSpoke,
    PlanChanged,
    Record,
    Resumed,
    Said,
    Step,
    TaskGiven,
    ToolAnswered,
    Warned,
    WorkbenchMade,
)
from .plan import words_of, written_by_user
from .repetition import REMEMBERED, Deed, deed, repetition
from .state import Reanswered, Reworded, RunState, allowed, anew, told
from .steering import AnswerUsed, Assumed, Branched, PlaybookChosen, SpanMarked, TaskEdited
from .tested import CandidatesTried, Reproduced, TestsChosen, TestsRan

GO_ON = "The user takes the run up again: go on, or finish again if nothing is left to do."


def fold(records: Iterable[Record]) -> RunState:
    """The state after all of `records`."""
    return reduce(lambda state, record: step(state, record.event), records, RunState())


def step(state: RunState, event: Event) -> RunState:
    """The state after one more event."""
    after = _apply(event, state)
    return replace(after, last=event, count=state.count + 1)


def _lines_of(span: Span) -> tuple[str, int, int]:
    return span.path, span.start, span.end


def _wordings(plan: Iterable[Step]) -> list[str]:
    """What the plan says, whatever became of its steps."""
    return [words_of(step.text) for step in plan if step.state != "struck"]


@singledispatch
def _apply(event: Event, state: RunState) -> RunState:
    return state


@_apply.register
def _(event: TaskGiven, state: RunState) -> RunState:
    return replace(state, task=event)


@_apply.register
def _(event: ModelProbed, state: RunState) -> RunState:
    return replace(state, tokens=state.tokens + event.tokens, cost=state.cost + event.cost)


@_apply.register
def _(event: TaskEdited, state: RunState) -> RunState:
    if state.task is None or state.task.text == event.text:
        return state
    return replace(anew(told(state, Reworded(state.task.text))), task=replace(state.task, text=event.text))


@_apply.register
def _(event: SpanMarked, state: RunState) -> RunState:
    key, found = _lines_of(event.span), state.found
    if event.mark == "pin" and key not in map(_lines_of, found):
        found = (*found, event.span)
    pinned = tuple(one for one in state.pinned if _lines_of(one) != key)
    dropped = tuple(one for one in state.dropped if _lines_of(one) != key)
    return replace(
        anew(told(state, event)),
        found=found,
        pinned=(*pinned, event.span) if event.mark == "pin" else pinned,
        dropped=(*dropped, event.span) if event.mark == "drop" else dropped,
    )


@_apply.register
def _(event: WorkbenchMade, state: RunState) -> RunState:
    return replace(state, workbench=event)


@_apply.register
def _(event: TestsChosen, state: RunState) -> RunState:
    if state.tests and state.tests.command == event.command:
        return replace(state, tests=event)
    return replace(state, tests=event, before=None, after=None, reproduced=None)


@_apply.register
def _(event: Found, state: RunState) -> RunState:
    seen = set(map(_lines_of, state.found))
    new = tuple(span for span in event.spans if _lines_of(span) not in seen)
    return replace(state, found=state.found + new, first_found=state.first_found or event.spans)


@_apply.register
def _(event: PlanChanged, state: RunState) -> RunState:
    if event.by == "genie":
        changed = _wordings(state.plan) != _wordings(event.steps)
        used = {one: known or changed for one, known in state.unused_answers.items()}
        return replace(state, plan=event.steps, unused_answers=used)
    own = state.own_steps.union(written_by_user(state.plan, event.steps))
    former = state.former_words + tuple((one.text, one.id) for one in state.plan if one.id in own)
    now = {one.id for one in event.steps}
    return replace(
        anew(told(state, event)),
        plan=event.steps,
        own_steps=own,
        former_words=former,
        removed_steps=(*state.removed_steps, *(one for one in state.plan if one.id not in now)),
        plan_edited=True,
    )


@_apply.register
def _(event: PlaybookChosen, state: RunState) -> RunState:
    return replace(told(state, event), playbooks=(*state.playbooks, event))


@_apply.register
def _(event: Asked, state: RunState) -> RunState:
    if event.approval:
        return replace(state, question=event)
    known = any(one.id == event.id for one in state.asked)
    return replace(state, question=event, asked=state.asked if known else (*state.asked, event))


@_apply.register
def _(event: Answered, state: RunState) -> RunState:
    if state.question and state.question.id == event.id and (wish := state.question.approval):
        # What is approved for good is not the run's: it may be revoked meanwhile.
        said = {} if event.answer == ALWAYS else {wish.command: event.answer == ONCE}
        return replace(state, question=None, approvals=state.approvals | said)
    before, asked = state.answers.get(event.id), next((q for q in state.asked if q.id == event.id), None)
    if before and asked and before.answer != event.answer:
        state = anew(told(state, Reanswered(asked.question, before.answer, event.answer)))
    still = state.question if state.question and state.question.id != event.id else None
    return replace(
        state,
        question=still,
        answers=state.answers | {event.id: event},
        unused_answers=state.unused_answers | {event.id: False},
    )


@_apply.register
def _(event: AnswerUsed, state: RunState) -> RunState:
    left = {one: changed for one, changed in state.unused_answers.items() if one != event.id}
    return replace(state, unused_answers=left)


@_apply.register
def _(event: Assumed, state: RunState) -> RunState:
    return replace(state, assumed=(*state.assumed, event))


@_apply.register
def _(event: Said, state: RunState) -> RunState:
    heard = told(state, event)
    return anew(heard) if event.by == "user" else replace(heard, warned=state.again.times > 1)


@_apply.register
def _(event: ModelSpoke, state: RunState) -> RunState:
    heard = tuple(turn for number, turn in state.words if number < event.heard)
    return replace(
        state,
        turns=(*state.turns, *heard, event),
        words=tuple(word for word in state.words if word[0] >= event.heard),
        tokens=state.tokens + event.usage.prompt + event.usage.completion,
        cached=state.cached + event.usage.cached,
        cost=state.cost + (event.cost or 0.0),
        unpriced=state.unpriced + (event.cost is None),
        factors=_learned(event, state.factors),
        model_turns=state.model_turns + 1,
        silent=0 if event.calls else state.silent + 1,
    )


def _learned(event: ModelSpoke, factors: dict[str, float]) -> dict[str, float]:
    if event.usage.estimated or not (event.counted and event.usage.prompt):
        return factors
    known = factors.get(event.model, 1.0)
    return factors | {event.model: learned(known, event.counted, event.usage.prompt)}


@_apply.register
def _(event: Condensed, state: RunState) -> RunState:
    return replace(
        state,
        condensed=state.condensed | {event.call_id: event.text},
        tokens=state.tokens + event.usage.prompt + event.usage.completion,
        cost=state.cost + (event.cost or 0.0),
        unpriced=state.unpriced + (event.cost is None),
    )


@_apply.register
def _(event: ToolAnswered, state: RunState) -> RunState:
    deeds = (*state.deeds, _deed(event, state))[-REMEMBERED:]
    again = repetition(deeds)
    warned = state.warned and again.times > 1
    return replace(state, turns=(*state.turns, event), deeds=deeds, again=again, warned=warned)


def _deed(event: ToolAnswered, state: RunState) -> Deed:
    arguments = next((call.arguments for call in state.open_calls if call.id == event.call_id), "")
    files = tuple((change.path, change.kind, tuple(h.id for h in change.hunks)) for change in state.changes)
    planned = isinstance(state.last, PlanChanged) and state.last.by == "genie"
    return deed(event.tool, arguments, event.text, files, idle=event.tool == "set_plan" and not planned)


_apply.register(reviewed.proposed)
_apply.register(reviewed.edited)
_apply.register(reviewed.decided)
_apply.register(threads.commented)
_apply.register(threads.replied)
_apply.register(threads.marked)


@_apply.register
def _(event: TestsRan, state: RunState) -> RunState:
    if state.tests and event.command != state.tests.command:
        return state
    state = replace(state, flaky=state.flaky.union(event.flaky))
    known = state.before if event.moment == "before" else state.after
    if known and known.whole and not event.whole:
        return state
    return replace(state, before=event) if event.moment == "before" else replace(state, after=event)


@_apply.register
def _(event: Reproduced, state: RunState) -> RunState:
    return replace(state, reproduced=event)


@_apply.register
def _(event: CandidatesTried | Warned, state: RunState) -> RunState:
    return state


@_apply.register
def _(event: CandidatesBegan, state: RunState) -> RunState:
    return replace(state, candidates=event.runs)


@_apply.register
def _(event: CandidateEnded, state: RunState) -> RunState:
    return replace(
        state,
        ended=state.ended | {event.run: event},
        tokens=state.tokens + event.tokens,
        cost=state.cost + event.cost,
        unpriced=state.unpriced + event.unpriced,
    )


@_apply.register
def _(event: CandidateChosen, state: RunState) -> RunState:
    return replace(state, chosen=event)


@_apply.register
def _(event: Branched, state: RunState) -> RunState:
    return replace(anew(state), finished=None, question=None, approvals={}, branched=event)


@_apply.register
def _(event: Resumed, state: RunState) -> RunState:
    last = state.turns[-1] if state.turns else None
    ended = state.finished and isinstance(last, ToolAnswered) and last.tool == "finish" and last.ok
    heard = told(state, Said(GO_ON, by="genie")) if ended else state
    return replace(anew(heard), finished=None, approvals=dict.fromkeys(allowed(state), True))


@_apply.register
def _(event: Finished, state: RunState) -> RunState:
    return replace(state, finished=event, question=None)
