"""The tools that speak to the user: the plan, a question, the end."""

import re
from dataclasses import asdict, dataclass, replace
from secrets import token_hex
from typing import Literal

from ..desk import Desk
from ..events import PlanChanged, Step, StepState
from ..questions import DECIDE, ask
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
    choices: tuple[str, ...] = about("Likely answers; empty for free text.", default=())


@dataclass(frozen=True)
class Finish:
    """Arguments of finish."""

    outcome: Literal["solved", "unsolved"] = about("Your own judgement; the tests have the last word.")
    summary: str = about("What was wrong, what you changed and what you did not check.")


async def set_plan(desk: Desk, wish: SetPlan) -> Observation:
    """Merges the model's plan into the present one: what the user wrote or struck out stands."""
    old = desk.run.state.plan
    steps = merge_plan(old, wish.steps, user_owns=desk.run.state.plan_by == "user")
    if steps != old:
        desk.run.record(PlanChanged(steps))
    text = "The plan now stands as:\n" + plan_text(steps)
    return Observation(text, {"plan": [asdict(one) for one in steps]})


def merge_plan(old: tuple[Step, ...], wishes: tuple[StepWish, ...], user_owns: bool) -> tuple[Step, ...]:
    """The model may add steps and move them on, never reword, reorder or revive what the user edited."""
    by_id = {one.id: one for one in old}
    by_text = {_key(one.text): one for one in old}
    wished: dict[str, Step] = {}
    for wish in wishes:
        known = by_id.get(wish.id) or by_text.get(_key(wish.text))
        if known is None:
            new = Step(token_hex(3), wish.text, wish.state, wish.notes)
            wished[new.id] = new
        else:
            state: StepState = "struck" if known.state == "struck" else wish.state
            text = known.text if user_owns else wish.text
            wished[known.id] = replace(known, text=text, state=state, notes=wish.notes or known.notes)
    if not user_owns:
        struck = tuple(one for one in old if one.state == "struck" and one.id not in wished)
        return tuple(wished.values()) + struck
    kept = tuple(wished.pop(one.id, one) for one in old)
    return kept + tuple(wished.values())


def plan_text(steps: tuple[Step, ...]) -> str:
    """The plan as a Markdown list, with the steps' ids."""
    marks = {"todo": "[ ]", "doing": "[~]", "done": "[x]", "struck": "[struck out: do not do this]"}
    return "\n".join(f"- {marks[one.state]} {one.text} (id {one.id})" + _notes(one) for one in steps)


async def ask_user(desk: Desk, wish: AskUser) -> Observation:
    """Asks, and waits. Without a user to ask, the model is told to choose and to say what it assumed."""
    answer = await ask(desk.run, wish.question, wish.choices, desk.headless)
    if answer == DECIDE:
        text = "Nobody answers: decide for yourself, and say in your summary what you assumed."
    else:
        text = f"The user answers: {answer}"
    return Observation(text, {"answer": answer})


async def finish(desk: Desk, wish: Finish) -> Observation:
    """The model's wish to end; the loop judges it by the tests."""
    return Observation("Noted.", {"outcome": wish.outcome, "summary": wish.summary})


def _key(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


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
