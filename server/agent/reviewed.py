"""The fold of what is proposed, and of what the user makes of it."""

from dataclasses import replace

from ..edits.changes import FileChange, Hunk
from ..edits.merging import turned
from .events import HunkDecided, PatchProposed
from .state import Rationale, Rejected, RunState, Taken, anew, hunk_ids, told
from .steering import FileEdited


def proposed(event: PatchProposed, state: RunState) -> RunState:
    """The proposal is another, and what was said of the one before says nothing of it."""
    left = () if event.by == "user" else state.own_edits
    why = {
        hunk.id: _rationale(change, hunk, event, state) for change in event.changes for hunk in change.hunks
    }
    return replace(
        state,
        changes=event.changes,
        reason=event.reason,
        after=None,
        reproduced=None,
        own_edits=left,
        rationales=state.rationales | why,
    )


def _rationale(change: FileChange, hunk: Hunk, event: PatchProposed, state: RunState) -> Rationale:
    """A hunk that only moved, or that the user edited, is there for the reason that it had."""
    if hunk.id in state.rationales:
        return state.rationales[hunk.id]
    before = [one for old in state.changes if old.path == change.path for one in old.hunks]
    same = [one for one in before if (one.before, one.after) == (hunk.before, hunk.after)]
    if event.by == "user":
        same += [one for one in before if _overlap(one, hunk)]
    if same or event.by == "user":
        return state.rationales.get(same[0].id, Rationale()) if same else Rationale()
    return Rationale(event.reason, tuple(one.id for one in state.plan if one.state == "doing"))


def _overlap(one: Hunk, other: Hunk) -> bool:
    """Whether they touch the same lines of the user's file, or meet in one place."""
    return one.start <= other.start + len(other.before) and other.start <= one.start + len(one.before)


def edited(event: FileEdited, state: RunState) -> RunState:
    """The model hears of the edit, which waits until it is carried into the copy."""
    own = (*state.own_words, event.change)
    return replace(anew(told(state, event)), own_edits=(*state.own_edits, event), own_words=own)


def decided(event: HunkDecided, state: RunState) -> RunState:
    """The user has decided on a hunk; the model hears of what they don't want."""
    after = replace(anew(state), decisions=state.decisions | {event.hunk: event})
    if event.decision == "undone" and event.hunk in state.taken:
        gone = state.taken[event.hunk]
        rest = {hunk: one for hunk, one in state.taken.items() if hunk != event.hunk}
        settled = event.hunk not in hunk_ids(state.changes)
        heard = Rejected(gone.path, gone.hunk, event.reason, accepted=True, settled=settled)
        return replace(told(after, heard), taken=rest)
    pairs = [(change, hunk) for change in state.changes for hunk in change.hunks if hunk.id == event.hunk]
    if event.decision == "rejected":
        return told(after, *(Rejected(change.path, hunk, event.reason) for change, hunk in pairs))
    if event.decision == "accepted":
        rest = {hunk: one for hunk, one in state.taken.items() if hunk != event.hunk}
        now = {
            hunk.id: Taken(replace(one, hunks=(hunk,)), event.back or turned(one, hunk))
            for one, hunk in pairs
        }
        return replace(after, taken=rest | now)
    return after
