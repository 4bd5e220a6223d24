"""Several candidates of one run: each goes on from the plan by itself, in a private copy of its own.

They begin where the plan is made, not at the task. What was found and planned is common to them: it is about
half of what a run costs, providers have it cached, and the user has one plan to look at and to edit. What is
sampled is the writing, where luck decides most; each candidate is a run with a log of its own, below its
run's folder, which can be read, resumed and applied like any other.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, closing
from dataclasses import replace
from math import ceil

from ..config import NO_PROFILE, Limits, Settings
from ..edits.unified import unified
from ..errors import UsageError
from ..models.cast import Cast
from ..workbench.report import TestOutcome
from .candidates import CandidateChosen, CandidateEnded, CandidatesBegan, best, proposed, standing
from .desk import Desk
from .events import Finished, PatchProposed, PlanChanged, Record, Said
from .fold import fold
from .log import LOG, Run, to_json
from .plan import merged
from .proposal import replay
from .state import RunState
from .store import candidate_folder
from .tested import TestsRan

log = logging.getLogger(__name__)

LATEST = 8
"""Turns after which candidates begin also without a plan: some models make none."""

MOST = 16

SHARE_OF_TIME = 0.9
"""Of what is left; the rest is for the tests of the chosen change."""

Work = Callable[[Run, Cast, Settings], Awaitable[None]]
"""Drives one candidate to its end."""


def check(settings: Settings, model: str) -> None:
    """Raises UsageError where so many candidates, or any of this model, make no sense."""
    if not 1 <= settings.candidates <= MOST:
        raise UsageError(f"There can be 1 to {MOST} candidates, not {settings.candidates}.")
    if settings.candidates > 1 and model == "offline" and settings.profile in ("", NO_PROFILE):
        raise UsageError(
            "The offline engine writes the same each time, and tries many repairs by itself: candidates need "
            "another model."
        )


def are_due(state: RunState) -> bool:
    """Whether the run has come to where its candidates begin, or has begun them and not chosen yet."""
    task = state.task
    if task is None or task.candidates < 2 or state.chosen:
        return False
    return bool(state.candidates or any(step.state != "struck" for step in state.plan)) or (
        state.model_turns >= LATEST
    )


async def sample(desk: Desk, cast: Cast, seconds: float, work: Work) -> Finished | None:
    """Lets the candidates work, within `seconds`, and takes over the best one's change.

    Gives the end of a run whose candidates all failed; None: its change is in the copy, to be judged. Raises
    what the disk raises. Cancelled, it stops them, and they go on where they were when the run is resumed.
    """
    run, settings = desk.run, desk.settings
    if not run.state.candidates:
        _begin(run)
    share = replace(settings, limits=shared(run, settings.limits, seconds))
    with ExitStack() as opened:
        runs = [
            opened.enter_context(closing(Run.open(candidate_folder(name)))) for name in run.state.candidates
        ]
        async with _heard_by(run, runs):
            places = asyncio.Semaphore(cores())
            async with asyncio.TaskGroup() as group:
                for number, one in enumerate(runs):
                    if one.id not in run.state.ended:
                        group.create_task(_one(run, one, cast.candidate(number), share, places, work))
        return _choose(desk, runs)


def shared(run: Run, limits: Limits, seconds: float) -> Limits:
    """What each candidate may take so that all together keep within `limits`, `seconds` being left.

    Equal shares of what was left when they began: none waits for what another may leave over.
    """
    base, count = _start_of(run), len(run.state.candidates)
    waves = ceil(count / min(count, cores()))
    return replace(
        limits,
        tokens=base.tokens + max(1, (limits.tokens - base.tokens) // count),
        money=base.cost + max(0.0, limits.money - base.cost) / count,
        seconds=max(1.0, seconds * SHARE_OF_TIME / waves),
    )


def cores() -> int:
    """Of the processors that we may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1


def _begin(run: Run) -> None:
    """Writes the candidates' logs, each with all that has happened so far."""
    task = run.state.task
    assert task is not None
    alone = replace(task, candidates=1)
    lines = [to_json(replace(one, event=alone) if one.event == task else one) for one in run.records]
    names = tuple(f"{run.id}.{number}" for number in range(1, task.candidates + 1))
    for name in names:
        folder = candidate_folder(name)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / LOG).write_text("".join(f"{line}\n" for line in lines), "utf-8")
    run.record(CandidatesBegan(names))


@asynccontextmanager
async def _heard_by(run: Run, runs: list[Run]) -> AsyncIterator[None]:
    """What the user says, and does to the plan, comes to every candidate that is still at work."""
    known = run.state.plan

    def pass_on(record: Record) -> None:
        nonlocal known
        event, before, known = record.event, known, run.state.plan
        for one in runs:
            if one.id in run.state.ended:
                continue
            if isinstance(event, Said) and event.by == "user":
                one.record(event)
            elif isinstance(event, PlanChanged) and event.by == "user":
                one.record(PlanChanged(merged(before, one.state.plan, event.steps, strike=False), by="user"))

    forget = run.listen(pass_on)
    try:
        yield
    finally:
        forget()


async def _one(
    run: Run, one: Run, cast: Cast, settings: Settings, places: asyncio.Semaphore, work: Work
) -> None:
    """Works on a candidate when there is a place for it, and records its end. Its failure is its own."""
    async with places:
        if one.state.finished:
            one.resume()
        try:
            await work(one, cast, settings)
        except Exception:
            log.exception("candidate %s", one.id)
    end, start = one.state.finished, _start_of(run)
    if end:
        run.record(
            CandidateEnded(
                one.id,
                end.outcome,
                end.why,
                end.summary,
                one.state.tokens - start.tokens,
                one.state.cost - start.cost,
                one.state.unpriced - start.unpriced,
            )
        )


def _start_of(run: Run) -> RunState:
    """The run as it was when its candidates began."""
    start = next(one.seq for one in run.records if isinstance(one.event, CandidatesBegan))
    return fold(run.records[:start])


def _choose(desk: Desk, runs: list[Run]) -> Finished | None:
    run = desk.run
    everything = [proposed(one.state.changes) for one in runs]
    standings = tuple(
        standing(one.id, one.state.changes, _failed(one.state.before), _failed(one.state.after), everything)
        for one in runs
    )
    name, why = best(standings)
    run.record(CandidateChosen(name, why, standings))
    winner = next((one for one in runs if one.id == name), runs[0])
    if not name:
        end = winner.state.finished or Finished("failed", "It broke down.")
        return replace(end, why=f"{why} The first one: {end.why}")
    if winner.state.plan != run.state.plan:
        run.record(PlanChanged(winner.state.plan))
    run.record(Said(_told(winner, why), by="genie"))
    run.record(PatchProposed(winner.state.changes, winner.state.reason))
    replay(desk)
    return None


def _failed(tests: TestsRan | None) -> tuple[TestOutcome, ...] | None:
    return None if tests is None or tests.trouble or not tests.whole else tests.outcomes


def _told(winner: Run, why: str) -> str:
    """What the model must know of what happened without it, should the run go on."""
    diff = "\n".join(unified(change) for change in winner.state.changes)
    done = winner.state.finished.summary if winner.state.finished else ""
    return (
        f"From here on several candidates were written beside each other, and one was chosen. {why} "
        f"Its change is in your copy now:\n{diff}\n{done}"
    ).rstrip()
