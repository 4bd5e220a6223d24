"""The tools that speak to the user: the plan, a question, the end."""

from dataclasses import asdict, dataclass, replace
from secrets import token_hex
from typing import Literal

from ..desk import Desk
from ..events import Asked, ModelSpoke, PlanChanged, Step, StepState
from ..plan import words_of, woven
from ..questions import DECIDE, ask, assume
from ..state import RunState
from ..threads import unanswered, was_reminded
from .tool import Observation, Tool, about


@dataclass(frozen=True)
class StepWish:
    """One step as the model writes it."""

    text: str = about("What will be done, in a few words.")
    state: Literal["todo", "doing", "done"] = about("How far it is.", default="todo")
    id: str = about("The id of a step that exists already; empty for a new one.", default="")
    notes: str = about("What came of it.", default="")


@dataclass(frozen=True)
class SetPlan:
    """Arguments of set_plan."""

    steps: tuple[StepWish, ...] = about("All steps, in order.")


@dataclass(frozen=True)
class AskUser:
    """Arguments of ask_user."""

    question: str = about("One question, whose answer changes what you will do.")
    choices: tuple[str, ...] = about(
        "Likely answers; the user may also write another, or leave it to you.", default=()
    )
    assume: str = about("What you take for granted if it is left to you.", default="")


@dataclass(frozen=True)
class Finish:
    """Arguments of finish."""

    outcome: Literal["solved", "unsolved"] = about("Your own judgement; the tests have the last word.")
    summary: str = about("What was wrong, what you changed and what you did not check.")
    assumed: tuple[str, ...] = about(
        "What you took for granted where nobody said, each in a sentence.", default=()
    )


async def set_plan(desk: Desk, wish: SetPlan) -> Observation:
    """Merges the model's plan into the present one: what the user wrote or struck out stands."""
    old = desk.run.state.plan
    steps = merge_plan(desk.run.state, wish.steps)
    if steps != old:
        desk.run.record(PlanChanged(steps))
    text = "The plan now stands as:\n" + plan_text(steps)
    return Observation(text, {"plan": [asdict(one) for one in steps]})


def merge_plan(state: RunState, wishes: tuple[StepWish, ...]) -> tuple[Step, ...]:
    """The model may add steps and move them on. Steps whose words are the user's it can't reword or leave
    out, a struck-out one not revive, one that they took out not bring back; and of a plan that the user has
    edited it keeps the order.
    """
    old, own, edited = state.plan, state.own_steps, state.plan_edited
    by_id = {one.id: one for one in old}
    by_text = {words_of(text): by_id[known] for text, known in state.former_words if known in by_id}
    by_text |= {words_of(one.text): one for one in old}
    gone = _removed(state)
    wished: dict[str, Step] = {}
    for wish in wishes:
        known = by_id.get(wish.id) or by_text.get(words_of(wish.text))
        if known is None and gone & {wish.id, words_of(wish.text)}:
            continue
        if known is None:
            new = Step(token_hex(3), wish.text, wish.state, wish.notes)
            wished[new.id] = new
        elif known.id not in wished:
            wished[known.id] = _moved_on(known, wish, known.id in own)
    kept = [one.id for one in old if edited or one.id in wished or one.id in own or one.state == "struck"]
    order = woven(kept, list(wished)) if edited else woven(list(wished), kept)
    return tuple(wished.get(one) or by_id[one] for one in order)


def _removed(state: RunState) -> set[str]:
    """The ids, and all words that there ever were, of the steps that the user took out."""
    ids = {one.id for one in state.removed_steps}
    texts = [one.text for one in state.removed_steps]
    texts += [text for text, known in state.former_words if known in ids]
    return ids | set(map(words_of, texts))


def _moved_on(known: Step, wish: StepWish, own: bool) -> Step:
    state: StepState = "struck" if known.state == "struck" else wish.state
    if own:
        return replace(known, state=state, notes=known.notes or wish.notes)
    return replace(known, text=wish.text, state=state, notes=wish.notes or known.notes)


def plan_text(steps: tuple[Step, ...]) -> str:
    """The plan as a Markdown list, with the steps' ids."""
    marks = {"todo": "[ ]", "doing": "[~]", "done": "[x]", "struck": "[struck out: do not do this]"}
    return "\n".join(f"- {marks[one.state]} {one.text} (id {one.id})" + _notes(one) for one in steps)


async def ask_user(desk: Desk, wish: AskUser) -> Observation:
    """Asks, and waits. Without a user to ask, the model is told to choose and to say what it assumed."""
    answer = await ask(desk.run, _question(desk.run.state, wish), desk.headless)
    if answer != DECIDE:
        return Observation(f"The user answers: {answer}", {"answer": answer})
    assume(desk.run, wish.assume, wish.question)
    taken = (
        f"You go on as you said: {wish.assume}" if wish.assume else "Name what you assume when you finish."
    )
    left = "It is left to you: decide for yourself."
    return Observation(f"{left} {taken}", {"answer": answer})


def _question(state: RunState, wish: AskUser) -> Asked:
    """The question as one of those that the model asks in this answer."""
    spoken = next((turn for turn in reversed(state.turns) if isinstance(turn, ModelSpoke)), ModelSpoke(""))
    together = [call.id for call in spoken.calls if call.name == "ask_user"]
    call = state.open_calls[0].id
    number = together.index(call) + 1
    name = f"{state.model_turns}:{call}"
    return Asked(token_hex(4), wish.question, wish.choices, wish.assume, number, len(together), name)


async def finish(desk: Desk, wish: Finish) -> Observation:
    """The model's wish to end, which the loop judges by the tests. It is told once of unanswered remarks."""
    state = desk.run.state
    left = unanswered(state)
    if left and not was_reminded(state, left):
        told = ", ".join(f"{one.id} ({one.place.path}:{one.place.line})" for one in left)
        ids = [one.words[-1].id for one in left]
        return Observation(
            f"The user's remarks have no answer yet: {told}. Answer by reply, then finish.",
            {"unanswered": ids},
            ok=False,
        )
    for text in wish.assumed:
        assume(desk.run, text)
    return Observation("Noted.", {"outcome": wish.outcome, "summary": wish.summary})


def _notes(step: Step) -> str:
    return f"\n  {step.notes}" if step.notes else ""


TOOLS = (
    Tool(
        "set_plan",
        "Writes the plan, whole, or moves its steps on. The user may edit it at any time.",
        SetPlan,
        set_plan,
    ),
    Tool("ask_user", "Asks the user. Only where the answer changes what you will do.", AskUser, ask_user),
    Tool("finish", "Ends the work, when it is done or can't be done.", Finish, finish),
)
