"""Carrying an accepted hunk into the user's file, through the editor, so that its undo takes it back."""

import stat as status
from collections.abc import Collection, Mapping
from pathlib import Path

from lsprotocol import types

from ..agent.events import HunkDecided
from ..agent.state import RunState, hunk_ids
from ..edits.changes import FileChange, mode_by
from ..errors import UsageError
from ..protocol.runs import Decide
from ..workbench.files import mode_with
from .files import edit_of, look
from .places import Present, Swap, stand, swaps
from .wire import Server

TRIES = 3
"""How often an edit is computed anew because the user typed while it was under way."""


async def decide(server: Server, root: Path, state: RunState, wish: Decide) -> list[HunkDecided]:
    """What became of each hunk of the user's wish; those to accept are carried out in the editor.

    Hunks that are in the file already are left out. Raises UsageError for one that isn't proposed.
    """
    if not set(wish.hunks) <= hunk_ids(state.changes):
        raise UsageError("Genie no longer proposes this change: it has replaced it by another.")
    if wish.decision == "rejected":
        return [HunkDecided(hunk, "rejected", wish.reason) for hunk in wish.hunks]
    decided: list[HunkDecided] = []
    for change in state.changes:
        problems = await _accept(server, root, change, state.decisions, set(wish.hunks))
        decided += [
            HunkDecided(hunk, "conflict", f"{change.path}: {problem}")
            if problem
            else HunkDecided(hunk, "accepted", wish.reason)
            for hunk, problem in problems.items()
        ]
    return decided


async def _accept(
    server: Server, root: Path, change: FileChange, decisions: Mapping[str, HunkDecided], wanted: set[str]
) -> dict[str, str]:
    """What came of each wanted hunk of the change that isn't in the file already: "" or the problem."""
    became = await _accept_text(server, root, change, decisions, wanted)
    became |= _open_modes(server, root, change, decisions, wanted)
    mode = mode_by(change, {hunk for hunk, problem in became.items() if not problem})
    if mode is not None and (problem := _set_mode(root / change.path, mode)):
        became |= {hunk.id: problem for hunk in change.hunks if hunk.id in became and hunk.mode is not None}
    return became


def _open_modes(
    server: Server, root: Path, change: FileChange, decisions: Mapping[str, HunkDecided], wanted: set[str]
) -> dict[str, str]:
    file = look(server.workspace, root, change.path)
    modes = [hunk for hunk in change.hunks if hunk.is_mode and hunk.id in wanted]
    standings = {hunk.id: stand(change, hunk, decisions.get(hunk.id), file) for hunk in modes}
    return {hunk: standing.problem for hunk, standing in standings.items() if standing.state != "accepted"}


def _set_mode(path: Path, mode: int) -> str:
    """Why it failed, in words. An editor's edits have no modes, so its undo leaves this one."""
    try:
        path.chmod(mode_with(status.S_IMODE(path.stat().st_mode), mode))
    except OSError as error:
        return f"its mode can't be changed: {error.strerror}"
    return ""


async def _accept_text(
    server: Server, root: Path, change: FileChange, decisions: Mapping[str, HunkDecided], wanted: set[str]
) -> dict[str, str]:
    for _ in range(TRIES):
        file = look(server.workspace, root, change.path)
        ids = {
            hunk.id
            for hunk in change.text_hunks
            if hunk.id in wanted and stand(change, hunk, decisions.get(hunk.id), file).state != "accepted"
        }
        found, problems = swaps(change, ids, file)
        if not found:
            return problems
        answer = await server.workspace_apply_edit_async(_edit(server, change, file, found.values()))
        if answer.applied:
            return problems | dict.fromkeys(found, "")
        if look(server.workspace, root, change.path).version == file.version:
            break
    refused = answer.failure_reason or "The editor did not take the edit."
    return problems | dict.fromkeys(found, refused)


def _edit(
    server: Server, change: FileChange, file: Present, found: Collection[Swap]
) -> types.ApplyWorkspaceEditParams:
    steps: list[types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile] = []
    if change.kind == "created":
        steps.append(types.CreateFile(file.uri, options=types.CreateFileOptions(overwrite=False)))
    if change.kind == "deleted":
        steps.append(types.DeleteFile(file.uri))
    else:
        steps.append(edit_of(file, list(found), server.workspace))
    return types.ApplyWorkspaceEditParams(
        types.WorkspaceEdit(document_changes=steps), label=f"Genie: {change.path}"
    )
