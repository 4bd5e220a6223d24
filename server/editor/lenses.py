"""What stands over an open hunk in the editor: lenses and code actions. The extension has their commands."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from lsprotocol import types

from ..language import tell
from ..protocol import CLIENT_COMMANDS
from ..protocol.runs import HunkRef, HunkState, HunkView, RunView
from .files import real_of_uri
from .wire import to_json

_LENSES = (
    *("genie.acceptHunk", "genie.rejectHunk", "genie.editHunk", "genie.commentHunk"),
    *("genie.nextHunk", "genie.previousHunk"),
)
FIXES = {
    "genie.acceptHunk": "Accept Genie's change",
    "genie.rejectHunk": "Reject Genie's change",
    "genie.rejectHunkWithReason": "Reject Genie's change with a reason…",
    "genie.commentHunk": "Comment on Genie's change",
}
"""Quick fixes: the extension's command and their title."""

OPEN: tuple[HunkState, ...] = ("open",)


@dataclass(frozen=True)
class Marked:
    """A hunk in a document, over the lines `first` to `last` (0-based, inclusive)."""

    ref: HunkRef
    hunk: HunkView
    first: int
    last: int


def marked(views: Iterable[RunView], uri: str, states: Collection[HunkState] = OPEN) -> list[Marked]:
    """The hunks of all runs that stand in the document in one of these states.

    Of a hunk that several runs propose, as a run and its branch do, the newest's word counts: names of runs
    begin with their time.
    """
    wanted = real_of_uri(uri)
    newest_last = sorted(views, key=lambda view: view.run)
    files = [
        (view.run, file) for view in newest_last for file in view.changes if real_of_uri(file.uri) == wanted
    ]
    hunks = {hunk.id: (run, hunk) for run, file in files for hunk in file.hunks}
    return [
        Marked(
            HunkRef(run, hunk.id),
            hunk,
            hunk.line,
            hunk.line + max(len(hunk.removed) + hunk.more_removed, 1) - 1,
        )
        for run, hunk in hunks.values()
        if hunk.state in states and hunk.line >= 0
    ]


def code_lenses(views: Iterable[RunView], uri: str) -> list[types.CodeLens]:
    """What can be done with each open hunk, over it."""
    return [
        types.CodeLens(_line(hunk.first), _command(name, CLIENT_COMMANDS[name], hunk))
        for hunk in marked(views, uri)
        for name in _LENSES
    ]


def code_actions(views: Iterable[RunView], params: types.CodeActionParams) -> list[types.CodeAction]:
    """The same for each open hunk at the cursor or in the selection, as quick fixes."""
    if not _wanted(params.context):
        return []
    first, last = params.range.start.line, params.range.end.line
    hunks = marked(views, params.text_document.uri)
    return [
        action for hunk in hunks if hunk.first <= last and first <= hunk.last for action in _actions(hunk)
    ]


def _actions(hunk: Marked) -> Iterator[types.CodeAction]:
    for name, title in FIXES.items():
        command = _command(name, title, hunk)
        yield types.CodeAction(command.title, kind=types.CodeActionKind.QuickFix, command=command)


def _wanted(context: types.CodeActionContext) -> bool:
    quick_fix = types.CodeActionKind.QuickFix.value
    return context.only is None or any(
        quick_fix == kind or quick_fix.startswith(kind + ".") or kind == "" for kind in context.only
    )


def _command(name: str, title: str, hunk: Marked) -> types.Command:
    return types.Command(tell(title), name, arguments=[to_json(hunk.ref)])


def _line(line: int) -> types.Range:
    return types.Range(types.Position(line, 0), types.Position(line, 0))
