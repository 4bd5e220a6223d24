"""Who works on a run, in the user's words: its models, and its candidates."""

from ..agent.events import ModelSpoke, TaskGiven
from ..agent.state import RunState
from ..protocol.runs import CandidateView


def models(state: RunState) -> str:
    """Who works on the run; with a profile also who has the word."""
    task = state.task or TaskGiven("", "", "", "")
    if not task.profile:
        return task.model
    speaking = next((turn.model for turn in reversed(state.turns) if isinstance(turn, ModelSpoke)), "")
    return f"profile {task.profile}" + (f": {speaking}" if speaking else "")


def candidates(state: RunState) -> tuple[CandidateView, ...]:
    """The runs that are written beside each other, and how each stands."""
    return tuple(
        CandidateView(name, _told(name, state), _is_chosen(name, state)) for name in state.candidates
    )


def _told(name: str, state: RunState) -> str:
    ended = state.ended.get(name)
    if ended is None:
        return "at work"
    stands = next((one for one in state.chosen.standings if one.run == name), None) if state.chosen else None
    if stands is None or not stands.lines:
        return ended.outcome
    tests = f"breaks {stands.broken}, mends {stands.mended}" if stands.tested else "untested"
    return f"{ended.outcome}, {tests}, {stands.agreeing} propose the same, {stands.lines} lines"


def _is_chosen(name: str, state: RunState) -> bool:
    return state.chosen is not None and state.chosen.run == name
