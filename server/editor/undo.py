"""Taking accepted hunks out of the user's files again, through the editor: its undo brings them back."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lsprotocol import types

from ..agent.events import HunkDecided
from ..agent.state import RunState, Taken
from ..agent.taking_back import TakenBack, by_path, taken_back
from ..edits.alignment import differences
from ..edits.changes import FileChange, sha
from ..errors import UsageError
from ..protocol.runs import Undo
from ..replacing import replace_file
from .accept import TRIES
from .files import edit_of, permissions, unsure
from .lineage import Lineage, followed, only_strangers_go, unknown, without_hunk
from .lineages import Review
from .places import STALE, Present, Swap, lines_of, plain
from .wire import Server


async def undo(
    server: Server, review: Review, state: RunState, wish: Undo
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
        made = await _undo(server, review, path, [state.taken[hunk] for hunk in hunks])
        events += [HunkDecided(hunk, "undone") for hunk in made.done]
        problems += [f"{path}: {problem}" for problem in dict.fromkeys(made.problems.values())]
    return events, problems


async def _undo(server: Server, review: Review, path: str, hunks: Sequence[Taken]) -> TakenBack:
    refused = ""
    root = review.root
    for _ in range(TRIES):
        file = review.look(path)
        if problem := file.problem or unsure(file, root / path):
            return TakenBack(None, 0, (), {hunk.hunk.id: problem for hunk in hunks})
        if file.lines is None:
            return await _restore(server, root / path, file, hunks)
        made, lineage = without(file, permissions(root / path), hunks)
        if made.data == _encoded(file.lines):
            return _with_mode(made, root / path)
        review.expect(path, lineage)
        answer = await server.workspace_apply_edit_async(_edit(server, path, file, made.data))
        await review.settle(path, file, answer.applied)
        if answer.applied:
            return made if made.data is None else _with_mode(made, root / path)
        refused = answer.failure_reason or "The editor did not take the edit."
        if review.look(path).version == file.version:
            break
    return replace(made, done=(), problems={hunk.hunk.id: refused for hunk in hunks})


def without(file: Present, mode: int, hunks: Sequence[Taken]) -> tuple[TakenBack, Lineage]:
    """The text as the editor has it, but for the hunks, and its lineage. Pure.

    A hunk is where its lineage has it; only where that has nothing to say, as of a hunk that was accepted
    before the file was taken up anew, where its text is.
    """
    lineage = file.lineage or unknown(file.lines or ())
    done: list[str] = []
    problems: dict[str, str] = {}
    for one in map(_plain, hunks):
        place = None if one.hunk.is_mode else lineage.place_of(one.change, one.hunk)
        if place is None:
            made = taken_back(_encoded(lineage.lines), mode, [one])
            if made.data is None:
                return TakenBack(None, made.mode, (*done, *made.done), problems | made.problems), lineage
            lines = lines_of(made.data.decode("utf-8", "surrogatepass"))
            # Then its lines are the present pre-image's own.
            earlier = one.change.pre_image != lineage.pre_image
            if not earlier and not only_strangers_go(lineage, lines):
                problems[one.hunk.id] = STALE
                continue
            lineage, mode = followed(lineage, lines), made.mode
            done += made.done
            problems |= made.problems
        elif place.state == "changed":
            problems[one.hunk.id] = STALE
        else:
            if place.state == "in":
                lineage = without_hunk(lineage, one.hunk, place.line, one.back.hunks[0].after)
            done.append(one.hunk.id)
    return TakenBack(_encoded(lineage.lines), mode, tuple(done), problems), lineage


def _encoded(lines: Sequence[str] | None) -> bytes:
    return "".join(lines or ()).encode("utf-8", "surrogatepass")


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
