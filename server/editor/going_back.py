"""Earlier moments of a run, and new runs from them."""

from ..agent.branching import branch, moments
from ..agent.events import Said
from ..agent.log import LOG, Run, read
from ..agent.store import find_run
from ..protocol.going_back import Branch, Moment, Moments


def moments_of(run: str) -> Moments:
    """Where one may go back to in a run. Raises UsageError, RunLogError."""
    records, _ = read(find_run(run) / LOG)
    return Moments(tuple(Moment(one.seq, one.at, one.words) for one in moments(records)))


def branch_of(wish: Branch) -> Run:
    """The new run, open, with what the user says to it. Raises UsageError, RunLogError."""
    run = branch(find_run(wish.run), wish.seq)
    if wish.say.strip():
        run.record(Said(wish.say.strip()))
    return run
