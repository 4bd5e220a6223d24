"""The engine's plan, and how it stays the user's: what was struck or reworded stays so."""

from collections.abc import Sequence

from ..contract import Json

STEPS = {
    "reproduce": "Run the tests to see what fails",
    "locate": "Find the suspicious lines",
    "repair": "Try small repairs of them beside each other",
    "verify": "Propose the likeliest repair that passes, and run all tests again",
}

Plan = Sequence[dict[str, Json]]


def fresh() -> list[dict[str, Json]]:
    """The plan at the start."""
    return [{"id": key, "text": text, "state": "todo"} for key, text in STEPS.items()]


def _key(step: dict[str, Json]) -> str:
    if step.get("id") in STEPS:
        return str(step["id"])
    return next((key for key, text in STEPS.items() if text == step.get("text")), "")


def is_struck(plan: Plan, key: str) -> bool:
    """Whether the user took the step out: struck through or deleted."""
    states = [step.get("state") for step in plan if _key(step) == key]
    return bool(plan) and (not states or states[0] == "struck")


def foreign(plan: Plan) -> list[str]:
    """What the user added, and nobody but a language model can carry out."""
    return [
        str(step.get("text"))
        for step in plan
        if not _key(step) and step.get("state") not in ("struck", "done")
    ]


def advanced(plan: Plan, phase: str) -> list[dict[str, Json]]:
    """The plan with all steps before `phase` done and this one under way; "" means that all is done."""
    order = list(STEPS)
    now = order.index(phase) if phase else len(order)
    steps = []
    for step in plan:
        key, state = _key(step), step.get("state", "todo")
        if key and state != "struck":
            place = order.index(key)
            state = "done" if place < now else "doing" if place == now else "todo"
        steps.append({"id": step.get("id", ""), "text": step.get("text", ""), "state": state})
    return steps
