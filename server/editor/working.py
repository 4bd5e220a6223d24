"""Who works on a run, in the user's words: its models, and its candidates."""

from ..agent.events import ModelSpoke
from ..agent.state import RunState
from ..config import NO_PROFILE
from ..language import tell
from ..protocol.runs import CandidateView


def profile(state: RunState) -> str:
    """The profile that says who does what, "" for none."""
    named = state.task.profile if state.task else ""
    return "" if named == NO_PROFILE else named


def models(state: RunState) -> str:
    """The model that works on the run; with a profile the one that had the last word."""
    speaking = next((turn.model for turn in reversed(state.turns) if isinstance(turn, ModelSpoke)), "")
    return (speaking if profile(state) else "") or (state.task.model if state.task else "")


def candidates(state: RunState) -> tuple[CandidateView, ...]:
    """The runs that are written beside each other, and how each stands."""
    return tuple(
        CandidateView(name, _told(name, state), _is_chosen(name, state)) for name in state.candidates
    )


def _told(name: str, state: RunState) -> str:
    ended = state.ended.get(name)
    if ended is None:
        return tell("at work")
    stands = next((one for one in state.chosen.standings if one.run == name), None) if state.chosen else None
    if stands is None or not stands.lines:
        return ended.outcome
    tests = tell("untested")
    if stands.tested:
        tests = tell("breaks {broken}, mends {mended}", broken=stands.broken, mended=stands.mended)
    same = tell("{count} propose the same, {lines} lines", count=stands.agreeing, lines=stands.lines)
    return f"{ended.outcome}, {tests}, {same}"


def _is_chosen(name: str, state: RunState) -> bool:
    return state.chosen is not None and state.chosen.run == name
