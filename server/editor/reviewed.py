"""What a run's fold says of each file under review. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..agent.events import HunkDecided, Step
from ..agent.state import Rationale, RunState, Taken
from ..edits.changes import FileChange, Hunk


@dataclass(frozen=True)
class Reviewed:
    """One file: what is proposed of it, and what was accepted `earlier` and is proposed no longer.

    `accepted` are the ids of the hunks in the user's file, in the order in which they came there; `decisions`
    and `reasons` are those of the `hunks`, in their order. Two that are equal are shown alike.
    """

    path: str
    change: FileChange | None = None
    earlier: tuple[Taken, ...] = ()
    accepted: tuple[str, ...] = ()
    decisions: tuple[HunkDecided | None, ...] = ()
    reasons: tuple[Rationale, ...] = ()
    plan: tuple[Step, ...] = ()

    @property
    def hunks(self) -> Iterator[tuple[FileChange, Hunk]]:
        """Each with the change that it belongs to: what is proposed, then what was accepted earlier."""
        if self.change:
            yield from ((self.change, hunk) for hunk in self.change.hunks)
        yield from ((one.change, one.hunk) for one in self.earlier)


def reviewed(state: RunState) -> dict[str, Reviewed]:
    """By path all files that something is proposed of, and then those that something was accepted of."""
    taken: dict[str, list[Taken]] = {}
    for one in state.taken.values():
        taken.setdefault(one.path, []).append(one)
    changes = {change.path: change for change in state.changes}
    paths = dict.fromkeys((*changes, *taken))
    return {path: _reviewed(state, path, changes.get(path), taken.get(path, ())) for path in paths}


def _reviewed(state: RunState, path: str, change: FileChange | None, taken: Sequence[Taken]) -> Reviewed:
    proposed = [hunk.id for hunk in change.hunks] if change else []
    earlier = tuple(one for one in taken if one.hunk.id not in proposed)
    ids = [*proposed, *(one.hunk.id for one in earlier)]
    return Reviewed(
        path,
        change,
        earlier,
        tuple(one.hunk.id for one in taken),
        tuple(state.decisions.get(one) for one in ids),
        tuple(state.rationales.get(one, _UNSAID) for one in ids),
        state.plan,
    )


_UNSAID = Rationale()
