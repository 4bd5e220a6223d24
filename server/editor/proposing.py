"""A file as it is proposed: the one beside the run's log, which can be edited, or else its text alone."""

from contextlib import suppress
from functools import partial

from pygls.workspace import Workspace

from ..agent.log import Run
from ..agent.proposed_files import PROPOSED, refresh
from ..agent.state import RunState
from ..agent.store import run_folder
from ..edits.changes import FileChange
from ..edits.text import Text, decode, encode
from ..errors import EditError, RunLogError, UsageError
from ..protocol.runs import FileRef, FileText
from .files import buffer
from .places import Present, lines_of, proposed, stand_all
from .runs import Runs


def proposed_file(runs: Runs, workspace: Workspace, ref: FileRef, file: Present) -> FileText:
    """The text of `file` with every open hunk, and where it can be edited.

    In a run that rests it is brought up to date first, since the user's file may have moved on. Raises
    UsageError for one that isn't proposed.
    """
    state = runs.state(ref.run)
    change = next((one for one in state.changes if one.path == ref.path), None)
    if change is None:
        raise UsageError(f"Genie proposes no change of {ref.path}.")
    text = proposed(change, state.decisions, file)
    path = run_folder(ref.run) / PROPOSED / ref.path
    if change.kind == "deleted" or not path.is_file():
        return FileText(text, "")
    if not _has_conflicts(change, state, file) and not _is_dirty(workspace, ref):
        with suppress(RunLogError):  # It is worked on elsewhere, and kept up to date there.
            runs.at_rest(ref.run, partial(_bring_up, change=change, text=text))
    return FileText(text, path.as_uri())


def _bring_up(run: Run, change: FileChange, text: str) -> None:
    with suppress(EditError):
        refresh(run, change.path, encode(Text((text,), change.encoding)))


def _has_conflicts(change: FileChange, state: RunState, file: Present) -> bool:
    return any(one.state == "conflict" for one in stand_all(change, state.decisions, file))


def _is_dirty(workspace: Workspace, ref: FileRef) -> bool:
    path = run_folder(ref.run) / PROPOSED / ref.path
    document = buffer(workspace, path)
    if document is None:
        return False
    try:
        return lines_of(document.source) != lines_of("".join(decode(path.read_bytes()).lines))
    except (OSError, EditError):
        return True
