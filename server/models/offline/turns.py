"""What the engine does next: a pure function of the conversation, one rule after the other."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ..contract import Json
from . import plan
from .conversation import Brief, Observation, failing, file_text, of_tool
from .localise import Suspicion, failures, files, sharpened, suspicion, words, worst
from .proposals import Proposal, Target, diff, doubt, proposals, told

_FILES = 5
_FIRST_BATCHES = (16, 32)
_BATCH = 64
_MASKED_SECONDS = 10.0
_ATTEMPTS = 4
_NEED = "Beyond small repairs of Python code, this takes a language model: choose one with `--model`."


@dataclass(frozen=True)
class Budget:
    """How many repairs may be tried in one run, and for how many seconds altogether."""

    candidates: int = 800
    seconds: float = 120.0


@dataclass(frozen=True)
class Move:
    """One answer of the engine: a sentence and a call."""

    text: str
    tool: str
    arguments: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """What the rules look at. `report` is the run of the tests before any patch, None until it is there."""

    brief: Brief
    seen: tuple[Observation, ...]
    budget: Budget
    report: dict[str, Json] | None = None


def decide(brief: Brief, seen: tuple[Observation, ...], budget: Budget) -> Move:
    """The next move. The same conversation always gets the same one."""
    state = State(brief, seen, budget, _first_report(seen))
    for rule in _RULES:
        move = rule(state)
        if move:
            return move
    return _finish(state, "unsolved", "None of the repairs that I know makes the failing tests pass.")


def _applied_at(seen: tuple[Observation, ...]) -> int:
    """The place of the proposal that was applied; behind the end while there is none."""
    for index, one in enumerate(seen):
        if one.tool == "propose_patch" and one.data and one.data.get("applied"):
            return index
    return len(seen)


def _first_report(seen: tuple[Observation, ...]) -> dict[str, Json] | None:
    reports = [one.data for one in of_tool(seen[: _applied_at(seen)], "run_tests") if one.data]
    return reports[-1] if reports else None


def _planned(state: State) -> Move | None:
    if not state.brief.plan and not of_tool(state.seen, "set_plan"):
        steps = plan.advanced(plan.fresh(), "reproduce")
        return Move("I plan how to find and repair the failure.", "set_plan", {"steps": steps})
    return None


def _at(state: State, phase: str) -> Move | None:
    """Shows in the plan that a phase is reached, once."""
    steps = plan.advanced(state.brief.plan, phase)
    shown = [{key: step.get(key) for key in ("id", "text", "state")} for step in state.brief.plan]
    asked = of_tool(state.seen, "set_plan")
    if not steps or steps == shown or (asked and asked[-1].arguments.get("steps") == steps):
        return None
    word = f"Next: {plan.STEPS[phase]}." if phase else "Every step of my plan is done."
    return Move(word, "set_plan", {"steps": steps})


def _reproduced(state: State) -> Move | None:
    if _applied_at(state.seen) < len(state.seen) or state.report is not None:
        return None
    if plan.is_struck(state.brief.plan, "reproduce"):
        return _finish(
            state, "unsolved", "The step that runs the tests is struck out, and I work from failing tests."
        )
    if len(of_tool(state.seen, "run_tests")) >= _ATTEMPTS:
        return _finish(state, "unsolved", "The tests could not be run.")
    text = "I run the tests and watch which lines the failing ones pass through."
    return _at(state, "reproduce") or Move(text, "run_tests", {"coverage": True})


def _without_failure(state: State) -> Move | None:
    report = state.report
    if _applied_at(state.seen) < len(state.seen) or report is None or report.get("failed") or failing(report):
        return None
    if not state.brief.found and not of_tool(state.seen, "search_code"):
        query = {"query": state.brief.task, "limit": 10}
        return Move("No test fails, so I look for the code that the task speaks of.", "search_code", query)
    trouble = str(report.get("trouble") or "")
    why = (
        f"The tests gave no result: {trouble}."
        if trouble
        else "No test fails, so there is nothing I can check a repair by."
    )
    return _finish(state, "unsolved", f"{why} {_related(state)}")


def _related(state: State) -> str:
    spans = list(state.brief.found)
    for one in of_tool(state.seen, "search_code"):
        spans += (one.data or {}).get("spans") or ()
    places = [f"{span['path']}:{span['start']} {span.get('symbol') or ''}".strip() for span in spans[:5]]
    return (
        f"The task seems to be about {', '.join(places)}."
        if places
        else "Nothing in the code matches the task's words."
    )


def _votes(state: State) -> Suspicion:
    return suspicion(state.brief, state.report or {})


def _opened(state: State) -> Move | None:
    """Reads the suspicious files to their ends; a file that can't be read is left out."""
    if state.report is None or _applied_at(state.seen) < len(state.seen):
        return None
    paths = files(_votes(state), _FILES)
    if not paths:
        return _finish(state, "unsolved", "No line of Python code outside the tests is suspicious.")
    if plan.is_struck(state.brief.plan, "locate") or plan.is_struck(state.brief.plan, "repair"):
        return _finish(state, "unsolved", "The steps that look for a repair are struck out, so I tried none.")
    for path in paths:
        line = file_text(state.seen, path)[1]
        if line and _tries(state, path, line) < _ATTEMPTS:
            return _at(state, "locate") or Move(
                f"{path} is suspicious, so I read it.",
                "open_file",
                {"path": path, "start": line, "end": line + 1999},
            )
    return None


def _tries(state: State, path: str, line: int) -> int:
    wanted = (path, line)
    calls = [one.arguments for one in of_tool(state.seen, "open_file")]
    return sum((call.get("path"), call.get("start", 1)) == wanted for call in calls)


def _targets(state: State) -> tuple[Target, ...]:
    votes, named = _votes(state), words(state.brief, state.report or {})
    targets = []
    for path in files(votes, _FILES):
        text, rest = file_text(state.seen, path)
        if not rest:
            targets.append((path, text, tuple(sorted(sharpened(text, votes[path], named).items()))))
    return tuple(targets)


def _candidates(state: State) -> tuple[Proposal, ...]:
    kinds = failures(state.report or {})
    return proposals(_targets(state), kinds, state.budget.candidates)


def _trials(state: State) -> list[Observation]:
    return of_tool(state.seen, "try_patches")


def _passing(state: State) -> list[Proposal]:
    """Candidates that passed in the last batch, likeliest first."""
    trials = _trials(state)
    if not trials or not trials[-1].data:
        return []
    patches = trials[-1].arguments.get("patches") or []
    passed = {patches[one["index"]] for one in trials[-1].data.get("results") or () if one.get("passed")}
    found = [candidate for candidate in _candidates(state) if candidate.patch in passed] if passed else []
    return sorted(found, key=doubt)


def _spent(state: State) -> float:
    return sum(float(one.data["seconds"]) if one.data else _MASKED_SECONDS for one in _trials(state))


def _tried(state: State) -> int:
    counts = [
        (one.data or {}).get("tried") or len(one.arguments.get("patches") or ()) for one in _trials(state)
    ]
    return sum(counts)


def _tested(state: State) -> Move | None:
    """The next batch of repairs, until one passes or the budget is spent."""
    if state.report is None or _applied_at(state.seen) < len(state.seen) or _passing(state):
        return None
    done = {patch for one in _trials(state) for patch in one.arguments.get("patches") or ()}
    left = state.budget.seconds - _spent(state)
    batches = len(_trials(state))
    size = _FIRST_BATCHES[batches] if batches < len(_FIRST_BATCHES) else _BATCH
    fresh = [candidate.patch for candidate in _candidates(state) if candidate.patch not in done][:size]
    if not fresh or left < 1:
        return None
    arguments: dict[str, Json] = {"patches": fresh, "seconds": round(left, 1)}
    tests = _target_tests(state)
    if tests:
        arguments["tests"] = tests
    text = f"I try the next {len(fresh)} of my small repairs beside each other."
    return _at(state, "repair") or Move(text, "try_patches", arguments)


def _target_tests(state: State) -> list[str]:
    """The failing tests that the task names, else all that fail; none where results aren't told by test."""
    report = state.report or {}
    if not report.get("by_test"):
        return []
    ids = [str(outcome["id"]) for outcome in failing(report)]
    named = [one for one in ids if one in state.brief.task]
    return named or ids


def _proposed(state: State) -> Move | None:
    if _applied_at(state.seen) < len(state.seen):
        return None
    refused = {one.arguments.get("patch") for one in of_tool(state.seen, "propose_patch")}
    for candidate in _passing(state):
        patch = diff(candidate.path, candidate.before, candidate.after, 3)
        if patch not in refused:
            reason = told(candidate)
            text = f"With this repair the failing tests pass, so I propose it: {reason}."
            return _at(state, "verify") or Move(text, "propose_patch", {"patch": patch, "reason": reason})
    return None


def _verified(state: State) -> Move | None:
    at = _applied_at(state.seen)
    if at == len(state.seen) or plan.is_struck(state.brief.plan, "verify"):
        return None
    if of_tool(state.seen[at:], "run_tests"):
        return None
    return Move("I run all tests again with the repair in place.", "run_tests", {})


def _concluded(state: State) -> Move | None:
    at = _applied_at(state.seen)
    if at == len(state.seen):
        return None
    reason = state.seen[at].arguments.get("reason") or "the proposed patch"
    runs = of_tool(state.seen[at:], "run_tests")
    report = (runs[-1].data if runs else None) or {}
    if failing(report):
        names = ", ".join(str(one["id"]) for one in failing(report)[:5])
        return _finish(state, "unsolved", f"I changed {reason}. Some tests still fail: {names}.")
    count = (
        f"{report['passed']} tests pass" if "passed" in report else "the tests that failed passed on trial"
    )
    words = f"I changed {reason}. {_tried(state)} small repairs were tried; with this one {count}. "
    caution = "Tests that pass are evidence, not proof: please read the change."
    return _at(state, "") or _finish(state, "solved", words + caution)


def _finish(state: State, outcome: str, words: str) -> Move:
    parts = [words]
    if outcome == "unsolved":
        tried = _tried(state)
        parts += [f"{tried} small repairs were tried."] if tried else []
        places = [f"{path}:{line}" for path, line in worst(_votes(state), 5)] if state.report else []
        parts += [f"Most suspicious: {', '.join(places)}."] if places else []
        parts.append(_NEED)
    parts += [f'The step "{text}" that you added is left to you.' for text in plan.foreign(state.brief.plan)]
    return Move(
        "I am at the end of what I can do.", "finish", {"outcome": outcome, "summary": " ".join(parts)}
    )


_RULES: tuple[Callable[[State], Move | None], ...] = (
    _planned,
    _reproduced,
    _without_failure,
    _opened,
    _tested,
    _proposed,
    _verified,
    _concluded,
)
