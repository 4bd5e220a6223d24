"""Carrying an accepted hunk into the user's file, through the editor, so that its undo takes it back."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

from lsprotocol import types

from ..agent.events import HunkDecided
from ..agent.state import RunState, hunk_ids
from ..edits.changes import FileChange, Hunk, diff, mode_by, mode_hunk, sha
from ..edits.merging import merged
from ..errors import EditError, UsageError
from ..protocol.runs import Decide
from ..workbench.files import mode_with
from .files import edit_of, permissions, unsure
from .lineage import Lineage, with_hunk
from .lineages import Review
from .places import Present, Swap, acceptance, known_place, plain, stand, swaps, trimmed
from .wire import Server

TRIES = 3
"""How often an edit is computed anew because the user typed while it was under way."""


async def decide(server: Server, review: Review, state: RunState, wish: Decide) -> list[HunkDecided]:
    """What became of each hunk of the user's wish; those to accept are carried out in the editor.

    Hunks that are in the file already are left out. Raises UsageError for one that isn't proposed.
    """
    if not set(wish.hunks) <= hunk_ids(state.changes):
        raise UsageError("Genie no longer proposes this change: it has replaced it by another.")
    if wish.decision == "rejected":
        return [HunkDecided(hunk, "rejected", wish.reason) for hunk in wish.hunks]
    decided: list[HunkDecided] = []
    for change in state.changes:
        if not hunk_ids([change]) & set(wish.hunks):
            continue
        decided += await _accept(server, review, change, state.decisions, wish)
    return decided


async def _accept(
    server: Server, review: Review, change: FileChange, decisions: Mapping[str, HunkDecided], wish: Decide
) -> list[HunkDecided]:
    """What came of each wanted hunk of the change that isn't in the file already."""
    back, problems = await _accept_text(server, review, change, decisions, set(wish.hunks))
    back |= _modes_to_set(review, change, decisions, set(wish.hunks))
    wanted = mode_by(change, set(back))
    if wanted is not None and (problem := _set_mode(review.root / change.path, wanted)):
        problems |= {hunk.id: problem for hunk in change.hunks if hunk.id in back and hunk.mode is not None}
    conflicts = [HunkDecided(one, "conflict", f"{change.path}: {why}") for one, why in problems.items()]
    done = {one: change for one, change in back.items() if one not in problems}
    return conflicts + [HunkDecided(one, "accepted", wish.reason, back=way) for one, way in done.items()]


def _modes_to_set(
    review: Review, change: FileChange, decisions: Mapping[str, HunkDecided], wanted: set[str]
) -> dict[str, FileChange | None]:
    file = review.look(change.path)
    mode = permissions(review.root / change.path)
    return {
        hunk.id: FileChange(change.path, "modified", (mode_hunk(change.path, mode),))
        for hunk in change.hunks
        if hunk.is_mode
        and hunk.id in wanted
        and stand(change, hunk, decisions.get(hunk.id), file).state != "accepted"
    }


def _set_mode(path: Path, mode: int) -> str:
    """Why it failed, in words. An editor's edits have no modes, so its undo leaves this one."""
    try:
        path.chmod(mode_with(permissions(path), mode))
    except OSError as error:
        return f"its mode can't be changed: {error.strerror}"
    return ""


async def _accept_text(
    server: Server, review: Review, change: FileChange, decisions: Mapping[str, HunkDecided], wanted: set[str]
) -> tuple[dict[str, FileChange | None], dict[str, str]]:
    """By hunk what takes it back, and why others were not accepted."""
    for _ in range(TRIES):
        file = review.look(change.path)
        there = there_again(change, decisions, wanted, file)
        found, problems = acceptance(change, decisions, wanted - there, file)
        if change.kind == "modified" and found and (doubt := unsure(file, review.root / change.path)):
            return dict.fromkeys(there), problems | dict.fromkeys(found, doubt)
        if not found:
            return dict.fromkeys(there), problems
        back = ways_back(review.root / change.path, change, found, file)
        if file.lineage:
            review.expect(change.path, accepted(file.lineage, change, found))
        answer = await server.workspace_apply_edit_async(_edit(server, change, file, found.values()))
        await review.settle(change.path, file, answer.applied)
        if answer.applied:
            return {hunk: back.get(hunk) for hunk in (*found, *sorted(there))}, problems
        if review.look(change.path).version == file.version:
            break
    refused = answer.failure_reason or "The editor did not take the edit."
    return {}, problems | dict.fromkeys(found, refused)


def there_again(
    change: FileChange, decisions: Mapping[str, HunkDecided], wanted: set[str], file: Present
) -> set[str]:
    """Hunks that were taken back and that the editor's undo has brought into the file again."""
    decided = {hunk for hunk in wanted & decisions.keys() if decisions[hunk].decision != "accepted"}
    hunks = [hunk for hunk in change.text_hunks if hunk.id in decided]
    places = {hunk.id: known_place(change, hunk, file) for hunk in hunks}
    return {hunk for hunk, place in places.items() if place and place.state == "in"}


def accepted(lineage: Lineage, change: FileChange, found: Mapping[str, Swap]) -> Lineage:
    """The file with the hunks in it."""
    for hunk in reversed(change.text_hunks):
        if hunk.id in found:
            swap = found[hunk.id]
            lineage = with_hunk(lineage, plain(hunk), swap.line, swap.count)
    return lineage


def ways_back(
    path: Path, change: FileChange, found: Mapping[str, Swap], file: Present
) -> dict[str, FileChange]:
    """By hunk what takes it back; without those that tell as much by themselves."""
    with suppress(EditError, OSError):
        if change.kind == "deleted":
            whole = diff(change.path, None, path.read_bytes(), permissions(path))
            return dict.fromkeys(found, whole) if whole else {}
        if change.kind == "created":
            return merged(None, change, found).back
        text = "".join(file.lines or ()).encode("utf-8", "surrogatepass")
        beside, _ = swaps(change, {hunk.id for hunk in change.hunks}, file)
        hunks = _as_they_stand(beside if found.keys() <= beside.keys() else found, file)
        return merged(text, FileChange(change.path, "modified", hunks, sha(text)), found).back
    return {}


def _as_they_stand(found: Mapping[str, Swap], file: Present) -> tuple[Hunk, ...]:
    """The hunks as if they were made of the present text."""
    lines = file.lines or ()
    ordered = sorted(found.items(), key=lambda one: one[1].line)
    return tuple(
        Hunk(hunk, swap.line + 1, lines[swap.line : swap.line + swap.count], swap.lines)
        for hunk, swap in ordered
    )


def _edit(
    server: Server, change: FileChange, file: Present, found: Collection[Swap]
) -> types.ApplyWorkspaceEditParams:
    steps: list[types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile] = []
    if change.kind == "created":
        steps.append(types.CreateFile(file.uri, options=types.CreateFileOptions(overwrite=False)))
    if change.kind == "deleted":
        steps.append(types.DeleteFile(file.uri))
    else:
        steps.append(edit_of(file, [trimmed(swap, file) for swap in found], server.workspace))
    return types.ApplyWorkspaceEditParams(
        types.WorkspaceEdit(document_changes=steps), label=f"Genie: {change.path}"
    )
