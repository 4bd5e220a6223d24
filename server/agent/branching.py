"""Going back: a new run that begins as another one did, up to one of its events. Both are kept."""

import os
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ..errors import RunLogError, UsageError
from .events import ModelSpoke, PatchProposed, Record
from .log import LOG, Run, now, read, to_json
from .state import RunState
from .steering import Branched
from .store import new_folder, title


@dataclass(frozen=True)
class Moment:
    """A place in a run to go back to: behind event `seq`, with what came next in `words`."""

    seq: int
    at: str
    words: str


def moments(records: list[Record]) -> list[Moment]:
    """Before the first patch, and before each turn of the model, in their order; last, the end."""
    found: list[Moment] = []
    turn = 0
    first_patch = next((one.seq for one in records if isinstance(one.event, PatchProposed)), None)
    for record, following in pairwise(records):
        event = following.event
        if not isinstance(event, ModelSpoke):
            continue
        turn += 1
        did = ", ".join(call.name for call in event.calls) or "no tool"
        words = f"before turn {turn}: {did}" + (f" — {title(event.text, 60)}" if event.text.strip() else "")
        if first_patch is not None and any(call.name == "propose_patch" for call in event.calls):
            words, first_patch = f"before the first patch (turn {turn})", None
        found.append(Moment(record.seq, record.at, words))
    return [*found, Moment(records[-1].seq, records[-1].at, "at its end")] if records else []


def branch(folder: Path, seq: int) -> Run:
    """A new run whose log begins with the events 0 to `seq` of the run in `folder`. Raises UsageError,
    RunLogError.

    Its private copy is made when it is worked on: of the user's files as they are then, with the proposal as
    it was at that event.
    """
    records, _ = read(folder / LOG)
    task = next((one.event for one in records[:1]), None)
    if not 0 <= seq < len(records):
        raise UsageError(f"The run {folder.name} has the events 0 to {len(records) - 1}.")
    kept = records[: seq + 1]
    mark = Record(seq + 1, now(), Branched(folder.name, seq))
    new = new_folder(getattr(task, "text", ""))
    draft = new / "events.draft"
    try:
        new.mkdir(parents=True)
        with draft.open("w", encoding="utf-8") as file:
            file.writelines(f"{to_json(one)}\n" for one in (*kept, mark))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(new / LOG)
    except OSError as error:
        raise RunLogError(f"The run can't be written to {new}: {error.strerror}") from error
    return Run.open(new)


def kinship(state: RunState) -> str:
    """Where a run comes from, in words; "" for one that began by itself."""
    return f"branch of {state.branched.run} at {state.branched.seq}" if state.branched else ""
