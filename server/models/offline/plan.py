"""The engine's plan, and how it stays the user's: what was struck or reworded stays so."""

from collections.abc import Mapping, Sequence

from ..contract import Json
from .conversation import Observation, of_tool

STEPS = {
    "reproduce": "Run the tests to see what fails",
    "locate": "Find the suspicious lines",
    "repair": "Try small repairs of them beside each other",
    "verify": "Propose the likeliest repair that passes, and run all tests again",
}

Plan = Sequence[Mapping[str, Json]]


def fresh() -> list[dict[str, Json]]:
    """The plan at the start."""
    return [{"text": text, "state": "todo"} for text in STEPS.values()]


def keyed(plan: Plan, seen: Sequence[Observation]) -> dict[str, Mapping[str, Json]]:
    """Our steps among those of the plan, by key: by their text, or by the id they had under that text."""
    ours = {text: key for key, text in STEPS.items()}
    known = {}
    for one in of_tool(seen, "set_plan"):
        for step in [*(one.arguments.get("steps") or ()), *((one.data or {}).get("plan") or ())]:
            if step.get("id") and step.get("text") in ours:
                known[step["id"]] = ours[step["text"]]
    found = {}
    for step in plan:
        key = ours.get(str(step.get("text"))) or known.get(str(step.get("id")))
        if key:
            found[key] = step
    return found


def advanced(plan: Plan, ours: Mapping[str, Mapping[str, Json]], phase: str) -> list[dict[str, Json]]:
    """The plan with our steps before `phase` done and this one under way; "" means that all are done.

    It never goes back. Steps that were struck out are left unmentioned: they stay as they are.
    """
    order = list(STEPS)
    begun = [order.index(key) for key, step in ours.items() if step.get("state") in ("doing", "done")]
    now = max([order.index(phase) if phase else len(order), *begun])
    places = {id(step): order.index(key) for key, step in ours.items()}
    steps = []
    for step in plan:
        place, state = places.get(id(step)), step.get("state", "todo")
        if state == "struck":
            continue
        if place is not None:
            state = "done" if place < now else "doing" if place == now else "todo"
        steps.append({"id": step.get("id", ""), "text": step.get("text", ""), "state": state})
    return steps
