"""Taking accepted hunks out of the user's files again, through the editor: its undo brings them back."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lsprotocol import types

from ..agent.events import HunkDecided
from ..agent.review import replace_file
from ..agent.state import RunState, Taken
from ..agent.taking_back import TakenBack, by_path, taken_back
from ..edits.alignment import differences
from ..edits.changes import FileChange, sha
from ..errors import UsageError
from ..protocol.runs import Undo
from .accept import TRIES
from .files import edit_of, look, permissions
from .places import Present, Swap, lines_of, plain
from .wire import Server


async def undo(
    server: Server, root: Path, state: RunState, wish: Undo
) -> tuple[list[HunkDecided], list[str]]:
    """What was taken back of the user's wish, and why the rest stays where it is, in words.

    Raises UsageError when nothing of it is accepted.
    """
    wanted = {
        hunk
        for hunk, one in state.taken.items()
        if (not wish.hunks or hunk in wish.hunks) and wish.path in ("", one.path)
    }
    if not wanted:
        raise UsageError("Nothing of this is accepted, so there is nothing to take back.")
    events: list[HunkDecided] = []
    problems: list[str] = []
    for path, hunks in by_path(state, wanted).items():
        made = await _undo(server, root, path, [state.taken[hunk] for hunk in hunks])
        events += [HunkDecided(hunk, "undone") for hunk in made.done]
        problems += [f"{path}: {problem}" for problem in dict.fromkeys(made.problems.values())]
    return events, problems


async def _undo(server: Server, root: Path, path: str, hunks: Sequence[Taken]) -> TakenBack:
    refused = ""
    for _ in range(TRIES):
        file = look(server.workspace, root, path)
        if file.problem:
            return TakenBack(None, 0, (), {hunk.hunk.id: file.problem for hunk in hunks})
        if file.lines is None:
            return await _restore(server, root / path, file, hunks)
        text = "".join(file.lines).encode("utf-8", "surrogatepass")
        made = taken_back(text, permissions(root / path), [_plain(one) for one in hunks])
        if made.data == text:
            return _with_mode(made, root / path)
        answer = await server.workspace_apply_edit_async(_edit(server, path, file, made.data))
        if answer.applied:
            return made if made.data is None else _with_mode(made, root / path)
        refused = answer.failure_reason or "The editor did not take the edit."
        if look(server.workspace, root, path).version == file.version:
            break
    return replace(made, done=(), problems={hunk.hunk.id: refused for hunk in hunks})


async def _restore(server: Server, path: Path, file: Present, hunks: Sequence[Taken]) -> TakenBack:
    """Brings a deleted file back with the bytes and the mode that it had, which no edit of an editor can."""
    made = taken_back(None, 0, hunks)
    if made.data is None:
        return made
    create = types.CreateFile(file.uri, options=types.CreateFileOptions(overwrite=False))
    answer = await server.workspace_apply_edit_async(_labelled(path.name, [create]))
    problem = "" if answer.applied else answer.failure_reason or "The editor did not create the file."
    try:
        if not problem:
            replace_file(path, made.data, made.mode)
    except OSError as error:
        problem = f"can't be written: {error.strerror}"
    return replace(made, done=(), problems=dict.fromkeys(made.done, problem)) if problem else made


def _with_mode(made: TakenBack, path: Path) -> TakenBack:
    try:
        if path.exists() and permissions(path) != made.mode:
            path.chmod(made.mode)
    except OSError as error:
        return replace(made, done=(), problems=dict.fromkeys(made.done, f"{error.strerror}"))
    return made


def _edit(server: Server, path: str, file: Present, data: bytes | None) -> types.ApplyWorkspaceEditParams:
    if data is None:
        return _labelled(path, [types.DeleteFile(file.uri)])
    old, new = file.lines or (), lines_of(data.decode("utf-8", "surrogatepass"))
    swaps = [Swap(at, end - at, new[start:stop]) for at, end, start, stop in differences(old, new)]
    return _labelled(path, [edit_of(file, swaps, server.workspace)])


def _labelled(
    path: str, steps: list[types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile]
) -> types.ApplyWorkspaceEditParams:
    return types.ApplyWorkspaceEditParams(
        types.WorkspaceEdit(document_changes=steps), label=f"Genie: take back {path}"
    )


def _plain(one: Taken) -> Taken:
    """The same for lines that end in "\\n", in UTF-8: as the editor's text is compared."""
    hunks = tuple(map(plain, one.back.hunks))
    whole = sha("".join(hunks[0].before).encode("utf-8", "surrogatepass"))
    back = FileChange(one.path, one.back.kind, hunks, whole if one.back.kind == "deleted" else "", "utf-8")
    return Taken(replace(one.change, hunks=(plain(one.hunk),)), back)
