"""What ends a run: checked in one place, each with a sentence that says why.

Turns, tokens and money count over the whole run, however often it was resumed; time counts in each sitting
anew. They are looked at before the model is asked, and what an answer takes is known when it is there: tokens
and money can end above their limits by what one answer took. Time ends whatever is under way.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from ..config import Limits
from .events import Answered, Asked, Limit, Record
from .log import Run
from .state import RunState


@dataclass(frozen=True)
class Stop:
    """The limit that is reached, and that in words: a sentence without its full stop."""

    limit: Limit
    why: str


def used_up(state: RunState, limits: Limits) -> Stop | None:
    """The limit over the whole run that is reached: resumed, the run would end at once."""
    if state.model_turns >= limits.turns:
        return Stop("turns", f"The limit of {limits.turns:,} turns is reached")
    if state.tokens >= limits.tokens:
        return Stop("tokens", f"The limit of {limits.tokens:,} tokens is reached")
    if state.cost >= limits.money and state.cost:
        return Stop("money", f"The limit of ${limits.money:,.2f} is reached")
    return None


def exceeded(state: RunState, limits: Limits) -> Stop | None:
    """Why the run must end now; None while it may go on. Time is not looked at."""
    if stop := used_up(state, limits):
        return stop
    if state.silent >= limits.repeats:
        return Stop("repeats", f"The model called no tool {state.silent} times in a row")
    if state.warned and state.again.times >= limits.repeats:
        return Stop("repeats", state.again.words)
    return None


def out_of_time(limits: Limits) -> Stop:
    """What is said when `within` has ended the work."""
    return Stop("seconds", f"The limit of {limits.seconds:,.0f} seconds is reached")


def raised(state: RunState, limits: Limits) -> Limits:
    """`limits` as if the run began where it stands: on top of what it has taken."""
    return replace(
        limits,
        turns=state.model_turns + limits.turns,
        tokens=state.tokens + limits.tokens,
        money=state.cost + limits.money,
    )


def caution(state: RunState, limits: Limits) -> str:
    """What the model is told before its repetitions end the run; "" when there is nothing to tell."""
    again = state.again
    if state.warned or again.times < max(2, limits.repeats - 1):
        return ""
    what = "this call" if len(again.names) == 1 else f"these {len(again.names)} calls"
    often = "twice" if again.times == 2 else f"{again.times} times"
    return (
        f"You have made {what} {often} with the same result ({', '.join(again.names)}). Once more ends the "
        "run: do something else, or finish."
    )


@asynccontextmanager
async def within(run: Run, seconds: float) -> AsyncIterator[asyncio.Timeout]:
    """Cuts its body off after `seconds` with a TimeoutError, and what it gives has then expired.

    While a question is open no time passes.
    """
    loop = asyncio.get_running_loop()
    left = seconds
    async with asyncio.timeout(seconds) as end:

        def hear(record: Record) -> None:
            nonlocal left
            if isinstance(record.event, Asked) and not end.expired() and (when := end.when()) is not None:
                left = when - loop.time()
                end.reschedule(None)
            elif isinstance(record.event, Answered) and end.when() is None:
                end.reschedule(loop.time() + left)

        forget = run.listen(hear)
        try:
            yield end
        finally:
            forget()
