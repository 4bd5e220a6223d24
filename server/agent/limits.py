"""What ends a run: checked in one place, each with a sentence that says why."""

from ..config import Limits
from ..models.contract import ToolCall
from .events import ModelSpoke, ToolAnswered
from .state import RunState


def exceeded(state: RunState, limits: Limits, seconds: float) -> str:
    """Why the run must end now; "" while it may go on. `seconds` is the time worked so far."""
    if state.model_turns >= limits.turns:
        return f"The limit of {limits.turns} turns is reached."
    if state.tokens >= limits.tokens:
        return f"The limit of {limits.tokens:,} tokens is reached."
    if seconds >= limits.seconds:
        return f"The limit of {limits.seconds:,.0f} seconds is reached."
    return repeated(state, limits.repeats)


def repeated(state: RunState, repeats: int) -> str:
    """Finds the same call with the same answer `repeats` times running, a cycle of two, or silence."""
    answers = {turn.call_id: turn.text for turn in state.turns if isinstance(turn, ToolAnswered)}
    spoken = [turn for turn in state.turns if isinstance(turn, ModelSpoke)]
    if len(spoken) >= repeats and not any(turn.calls for turn in spoken[-repeats:]):
        return f"The model called no tool {repeats} times in a row."
    keys = [_key(call, answers) for turn in spoken for call in turn.calls]
    for period in (1, 2):
        tail = keys[-period * repeats :]
        if len(tail) == period * repeats and tail == tail[:period] * repeats:
            what = "The same call" if period == 1 else "A cycle of two calls"
            return f"{what} came {repeats} times in a row with the same result ({tail[-1][0]})."
    return ""


def _key(call: ToolCall, answers: dict[str, str]) -> tuple[str, str, str]:
    return call.name, call.arguments, answers.get(call.id, "")
