"""What the engine does next: a pure function of the conversation, one rule after the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..contract import Json
from . import plan, rounds
from .conversation import Brief, Observation, failing, of_tool
from .localise import worst
from .proposals import Proposal, diff, told
from .state import (
    Budget,
    State,
    batch,
    is_struck,
    partial,
    passing,
    spent,
    state_of,
    target_tests,
    tried,
    unread,
)

_NEED = "More than a small repair of Python code takes a language model: choose one with `--model`."
_LINES = 2000
_PATIENCE = 8
"""So many batches (416 repairs) are tried before one that mends only a part is put in place."""


@dataclass(frozen=True)
class Move:
    """One answer of the engine: a sentence and a call."""

    text: str
    tool: str
    arguments: dict[str, Json] = field(default_factory=dict)


def decide(brief: Brief, seen: tuple[Observation, ...], budget: Budget) -> Move:
    """The next move. The same conversation always gets the same one."""
    state = state_of(brief, seen, budget)
    rules = _AFTER if state.proposal >= 0 else _BEFORE
    moves = (rule(state) for rule in rules)
    return next((move for move in moves if move), None) or _without_repair(state)


def _planned(state: State) -> Move | None:
    if state.steps or of_tool(state.whole, "set_plan"):
        return None
    steps = plan.fresh()
    steps[0]["state"] = "doing"
    steps += [{key: step.get(key) for key in ("id", "text", "state")} for step in _open(state)]
    return Move("I plan how to find and repair the failure.", "set_plan", {"steps": steps})


def _reached(state: State, phase: str) -> Move | None:
    """Shows in the plan that a phase is reached, once; "" is the end."""
    steps = plan.advanced(state.brief.plan, state.steps, phase)
    shown = [{key: step.get(key) for key in ("id", "text", "state")} for step in _open(state)]
    asked = of_tool(state.whole, "set_plan")
    if not steps or steps == shown or (asked and asked[-1].arguments.get("steps") == steps):
        return None
    word = f"Next: {state.steps[phase]['text']}." if phase in state.steps else "My plan is carried out."
    return Move(word, "set_plan", {"steps": steps})


def _open(state: State) -> list[Mapping[str, Json]]:
    """The plan's steps that aren't struck out."""
    return [step for step in state.brief.plan if step.get("state") != "struck"]


def _reproduced(state: State) -> Move | None:
    if state.report:
        return None
    if is_struck(state, "reproduce"):
        return _held(state, "The step that runs the tests is struck out: I can't go on without.")
    runs = of_tool(state.seen, "run_tests")
    if runs and runs[-1].failed:
        return _finish(state, "unsolved", f"The tests can't be run. {runs[-1].text}")
    return Move(
        "I run the tests and watch which lines the failing ones run.", "run_tests", {"coverage": True}
    )


def _without_failure(state: State) -> Move | None:
    """Where nothing fails there is nothing to tell a repair by: says what the task seems to be about."""
    if state.report.get("failed") or failing(state.report):
        return None
    if not state.brief.found and not of_tool(state.seen, "search_code"):
        query = {"query": state.brief.task, "limit": 10}
        return Move("No test fails, so I look for the code that the task speaks of.", "search_code", query)
    trouble = str(state.report.get("trouble") or "").rstrip(".")
    why = (
        f"The tests told nothing: {trouble}."
        if trouble
        else "No test fails: add one that shows what is wrong."
    )
    return _finish(state, "unsolved", f"{why} {_related(state)}")


def _related(state: State) -> str:
    spans = list(state.brief.found)
    for one in of_tool(state.seen, "search_code"):
        spans += (one.data or {}).get("spans") or ()
    places = [f"{span['path']}:{span['start']} {span.get('symbol') or ''}".strip() for span in spans[:5]]
    return (
        f"The task seems to be about {', '.join(places)}." if places else "Nothing here has the task's words."
    )


def _opened(state: State) -> Move | None:
    if not state.votes:
        return _finish(state, "unsolved", "No line of Python outside the tests is suspicious.")
    struck = [key for key in ("locate", "repair") if is_struck(state, key)]
    if struck:
        return _held(state, f'"{plan.STEPS[struck[0]]}" is struck out, so I tried no repair.')
    wanted = unread(state)
    if wanted is None:
        return None
    path, line = wanted
    arguments = {"path": path, "start": line, "end": line + _LINES - 1}
    return _reached(state, "locate") or Move(f"{path} is suspicious: I read it.", "open_file", arguments)


def _proposed(state: State) -> Move | None:
    """Proposes what passed in the last batch, unless that was tried and refused before."""
    refused = _reasons(state)
    fit = [candidate for candidate in passing(state) if told(candidate) not in refused]
    if not fit:
        return None
    reason = told(fit[0])
    if is_struck(state, "verify"):
        return _held(state, f"This would pass, but proposing it is struck out: {reason}.")
    patch = diff(fit[0].path, fit[0].before, fit[0].after, 3)
    others = f" ({len(fit) - 1} others pass too, less likely ones)" if len(fit) > 1 else ""
    text = f"With this repair the failing tests pass{others}, so I propose it: {reason}."
    return Move(text, "propose_patch", {"patch": patch, "reason": reason})


def _reasons(state: State) -> set[str]:
    """Of all patches that were proposed."""
    return {str(one.arguments.get("reason")) for one in of_tool(state.whole, "propose_patch")}


def _parted(state: State) -> Move | None:
    """Proposes what mends only some tests, where much was tried and nothing mends all."""
    best = partial(state)
    if best is None or is_struck(state, "verify"):
        return None
    mended, candidate = best
    reason = rounds.STEP + told(candidate)
    patient = len(state.trials) < _PATIENCE and _untried(state)
    if reason in _reasons(state) or patient:
        return None
    patch = diff(candidate.path, candidate.before, candidate.after, 3)
    text = (
        f"No single repair that I tried makes all tests pass. This one mends {mended} of "
        f"{len(failing(state.report))} failing tests and breaks none, so I put it in place and look for "
        f"the rest: {told(candidate)}."
    )
    return Move(text, "propose_patch", {"patch": patch, "reason": reason})


def _untried(state: State) -> tuple[Proposal, ...]:
    """The next batch, () where the time is over or the last one failed."""
    trials = state.trials
    over = state.budget.seconds - spent(state) < 1 or (trials and trials[-1].failed)
    return () if over else batch(state, len(trials))


def _tested(state: State) -> Move | None:
    """The next batch of repairs, until the budget is spent."""
    fresh = _untried(state)
    if not fresh:
        return None
    left = state.budget.seconds - spent(state)
    arguments: dict[str, Json] = {"patches": [one.patch for one in fresh], "seconds": round(left, 1)}
    tests = target_tests(state)
    if tests:
        arguments["tests"] = tests
    text = f"I try {len(fresh)} small repairs beside each other, the likeliest that I have not tried yet."
    return _reached(state, "repair") or Move(text, "try_patches", arguments)


def _without_repair(state: State) -> Move:
    return _finish(state, "unsolved", "No repair that I know makes the failing tests pass.")


def _verified(state: State) -> Move | None:
    if of_tool(state.seen[state.proposal :], "run_tests"):
        return None
    reason = str(state.seen[state.proposal].arguments.get("reason"))
    if reason.startswith(rounds.STEP):
        text = "I run all tests with this part in place, and watch which lines the failing ones still run."
        return Move(text, "run_tests", {"coverage": True})
    text = "I run all tests again with the repair in place."
    return _reached(state, "verify") or Move(text, "run_tests", {})


def _concluded(state: State) -> Move:
    reason = state.seen[state.proposal].arguments.get("reason") or "the patch proposed above"
    report = of_tool(state.seen[state.proposal :], "run_tests")[-1].data or {}
    before = {one["id"] for one in failing(state.report)}
    broken = [str(one["id"]) for one in failing(report) if one["id"] not in before]
    if broken or (report.get("failed") and not report.get("by_test")):
        names = f": {', '.join(broken[:5])}" if broken else ""
        return _finish(state, "unsolved", f"I made this change, but tests fail with it{names}. {reason}.")
    number = report["passed"]
    count = (
        f"{number} test{'s pass' if number != 1 else ' passes'}"
        if report.get("by_test")
        else "the tests pass"
    )
    left = f", {report['failed']} that failed before still do" if report.get("failed") else ""
    together = "; and ".join([*rounds.parts(state.past), reason])
    words = f"Repaired: {together}. I tried {tried(state)} small repairs; with this one {count}{left}."
    caution = "Passing tests are evidence, not proof: please read the change."
    return _reached(state, "") or _finish(state, "solved", f"{words} {caution}")


def _held(state: State, words: str) -> Move:
    """The end where the user's own plan leaves nothing to do."""
    return _finish(state, "unsolved", words, hint="")


def _finish(state: State, outcome: str, words: str, hint: str = _NEED) -> Move:
    parts = [words]
    if outcome == "unsolved" and rounds.parts(state.past):
        done = "; and ".join(rounds.parts(state.past))
        parts.append(f"A part is done and proposed, with which fewer tests fail: {done}.")
    if outcome == "unsolved":
        parts += [f"I tried {tried(state)} small repairs."] if tried(state) else []
        places = [f"{path}:{line}" for path, line in worst(state.votes, 5)] if failing(state.report) else []
        parts += [f"Most suspicious: {', '.join(places)}."] if places else []
        parts += [hint] if hint else []
    ours = [id(step) for step in state.steps.values()]
    for step in state.brief.plan:
        if id(step) not in ours and step.get("state") in ("todo", "doing"):
            parts.append(f'Your step "{step.get("text")}" is left: I could not carry it out.')
    text = "The repair stands." if outcome == "solved" else "I am at the end of what I can do."
    return Move(text, "finish", {"outcome": outcome, "summary": " ".join(parts)})


_BEFORE: tuple[Callable[[State], Move | None], ...] = (
    _planned,
    _reproduced,
    _without_failure,
    _opened,
    _proposed,
    _parted,
    _tested,
)
_AFTER: tuple[Callable[[State], Move | None], ...] = (_verified, _concluded)
