"""What the conversation amounts to: the report, the trials, the proposal that stands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..contract import Json
from . import plan
from .conversation import Brief, Observation, failing, file_text, of_tool
from .localise import Suspicion, failures, files, sharpened, suspicion, words
from .proposals import Proposal, Target, doubt, proposals

FILES = 5
_FIRST_BATCHES = (8, 24)
_BATCH = 64
_MASKED_SECONDS = 10.0
_REJECTED = "The user rejects"
_SECONDS = re.compile(r"in (\d+(?:\.\d+)?) s\b")


@dataclass(frozen=True)
class Budget:
    """How many repairs may be tried in one run, and for how many seconds altogether."""

    candidates: int = 800
    seconds: float = 120.0


@dataclass(frozen=True)
class State:
    """What the rules look at. `proposal` is the place in `seen` of the applied patch, -1 without one."""

    brief: Brief
    seen: tuple[Observation, ...]
    budget: Budget
    proposal: int
    report: dict[str, Json]
    steps: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)

    @property
    def votes(self) -> Suspicion:
        """Suspicious lines by file."""
        return suspicion(self.brief, self.report)

    @property
    def trials(self) -> list[Observation]:
        """The batches so far."""
        return of_tool(self.seen, "try_patches")


def state_of(brief: Brief, seen: tuple[Observation, ...], budget: Budget) -> State:
    """Folds the conversation. `report` is of the last run of the tests before any patch, {} without one."""
    proposal = _standing(seen)
    first = next((i for i, one in enumerate(seen) if one.tool == "propose_patch"), len(seen))
    reports = [one.data for one in of_tool(seen[:first], "run_tests") if one.data]
    late = [one.data for one in of_tool(seen[first:], "run_tests") if one.data and proposal < 0]
    report = ([*reports, *late] or [{}])[-1]
    return State(brief, seen, budget, proposal, report, plan.keyed(brief.plan, seen))


def _standing(seen: tuple[Observation, ...]) -> int:
    """The place of the last applied proposal, unless the user has rejected it since."""
    for index in range(len(seen) - 1, -1, -1):
        one = seen[index]
        if one.tool == "user" and one.text.startswith(_REJECTED):
            return -1
        if one.tool == "propose_patch" and (one.data or {}).get("applied"):
            return index
        if one.tool == "propose_patch" and not one.failed and one.data is None:
            return index
    return -1


def is_struck(state: State, key: str) -> bool:
    """Whether the user took one of our steps out: struck through or deleted."""
    step = state.steps.get(key)
    return bool(state.brief.plan) and (step is None or step.get("state") == "struck")


def unread(state: State) -> tuple[str, int] | None:
    """The next suspicious file to read and the line to begin at; a file that can't be read is left out."""
    for path in files(state.votes, FILES):
        line = file_text(state.seen, path)[1]
        if line and not any(
            one.failed and one.arguments.get("path") == path for one in of_tool(state.seen, "open_file")
        ):
            return path, line
    return None


def candidates(state: State) -> tuple[Proposal, ...]:
    """All repairs that this run may try, in order. The same at every turn, so that places in it last."""
    votes, named = state.votes, words(state.brief, state.report)
    targets: list[Target] = []
    for path in files(votes, FILES):
        text, rest = file_text(state.seen, path)
        if not rest:
            targets.append((path, text, tuple(sorted(sharpened(text, votes[path], named).items()))))
    return proposals(tuple(targets), failures(state.report), state.budget.candidates)


def batch(state: State, number: int) -> tuple[Proposal, ...]:
    """The candidates of one batch, counted from 0: small ones first, since the likeliest come first."""
    sizes = (*_FIRST_BATCHES, *(_BATCH for _ in range(number)))
    start = sum(sizes[:number])
    return candidates(state)[start : start + sizes[number]]


def passing(state: State) -> list[Proposal]:
    """Candidates that passed in the last batch, likeliest first."""
    trials = state.trials
    if not trials or not trials[-1].data:
        return []
    tried = batch(state, len(trials) - 1)
    indices = [one["index"] for one in trials[-1].data.get("results") or () if one.get("passed")]
    return sorted((tried[index] for index in indices if index < len(tried)), key=doubt)


def spent(state: State) -> float:
    """Seconds that the trials took."""
    return sum(_seconds(one) for one in state.trials)


def _seconds(trial: Observation) -> float:
    if trial.data:
        return float(trial.data.get("seconds", 0.0))
    told = _SECONDS.search(trial.text)
    return float(told.group(1)) if told else _MASKED_SECONDS


def tried(state: State) -> int:
    """How many repairs were tried."""
    return sum(
        int(one.data["tried"]) if one.data and "tried" in one.data else len(batch(state, number))
        for number, one in enumerate(state.trials)
    )


def target_tests(state: State) -> list[str]:
    """The failing tests that the task names, else all that fail; none where results aren't told by test."""
    if not state.report.get("by_test"):
        return []
    ids = [str(outcome["id"]) for outcome in failing(state.report)]
    return [one for one in ids if one in state.brief.task] or ids
