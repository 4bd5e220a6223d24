"""What the conversation amounts to: the report, the trials, the proposal that stands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..contract import Json
from . import plan, rounds
from .conversation import Brief, Observation, failing, file_text, of_tool
from .localise import Suspicion, failures, files, sharpened, suspicion, words
from .proposals import Proposal, Target, doubt, proposals

FILES = 5
_FIRST_BATCHES = (8, 24)
_BATCH = 64
_MASKED_SECONDS = 10.0
_TRIED = re.compile(r"(\d+) patches tried")
_SECONDS = re.compile(r"in (\d+(?:\.\d+)?) s\b")


@dataclass(frozen=True)
class Budget:
    """How many repairs may be tried in one run, and for how many seconds altogether."""

    candidates: int = 800
    seconds: float = 120.0


@dataclass(frozen=True)
class State:
    """What the rules look at: `seen` is the present round, `past` what came before it.

    A round begins where a part of the repair is in place and fewer tests fail. `proposal` is the place in
    `seen` of the applied patch, -1 without one.
    """

    brief: Brief
    past: tuple[Observation, ...]
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
        """The batches of this round."""
        return of_tool(self.seen, "try_patches")

    @property
    def whole(self) -> tuple[Observation, ...]:
        """All rounds together."""
        return (*self.past, *self.seen)


def state_of(brief: Brief, seen: tuple[Observation, ...], budget: Budget) -> State:
    """Folds the conversation. `report` is of the round's last run of the tests before any patch, else {}."""
    past, seen = rounds.present(seen)
    proposal = rounds.standing(seen)
    first = next((i for i, one in enumerate(seen) if one.tool == "propose_patch"), len(seen))
    reports = [one.data for one in of_tool(seen[:first], "run_tests") if one.data]
    late = [one.data for one in of_tool(seen[first:], "run_tests") if one.data and proposal < 0]
    report = ([*reports, *late] or [{}])[-1]
    steps = plan.keyed(brief.plan, (*past, *seen))
    return State(brief, past, seen, budget, proposal, report, steps)


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


def partial(state: State) -> tuple[int, Proposal] | None:
    """The repair of this round that mends most failing tests and breaks none, with the number of those."""
    found, failed = [], len(failing(state.report))
    for number, trial in enumerate(state.trials):
        proposals = batch(state, number)
        for row in (trial.data or {}).get("results") or ():
            if row.get("mended") and row["failed"] < failed and row["index"] < len(proposals):
                found.append((failed - int(row["failed"]), proposals[row["index"]]))
    return min(found, key=lambda one: (-one[0], doubt(one[1])), default=None)


def spent(state: State) -> float:
    """Seconds that the trials of all rounds took."""
    return sum(_seconds(one) for one in of_tool(state.whole, "try_patches"))


def _seconds(trial: Observation) -> float:
    if trial.data:
        return float(trial.data.get("seconds", 0.0))
    told = _SECONDS.search(trial.text)
    return float(told.group(1)) if told else _MASKED_SECONDS


def tried(state: State) -> int:
    """How many repairs were tried, in all rounds."""
    return sum(_count(one) for one in of_tool(state.whole, "try_patches"))


def _count(trial: Observation) -> int:
    if trial.data:
        return int(trial.data.get("tried", 0))
    told = _TRIED.search(trial.text)
    return int(told.group(1)) if told else 0


def target_tests(state: State) -> list[str]:
    """The failing tests that the task names, else all that fail; none where results aren't told by test."""
    if not state.report.get("by_test"):
        return []
    ids = [str(outcome["id"]) for outcome in failing(state.report)]
    return [one for one in ids if one in state.brief.task] or ids
