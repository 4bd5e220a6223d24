"""What is told of a hunk where the mouse rests on it: why it is so, the difference, and what can be done."""

import json
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from lsprotocol import types

from ..agent.events import HunkDecided, Step
from ..agent.state import Rationale
from ..language import tell
from ..protocol import CLIENT_COMMANDS
from ..protocol.runs import HunkView, RunView
from .lenses import Marked, marked
from .markdown import block, safe
from .wire import to_json

_LINKS = (
    *("genie.acceptHunk", "genie.rejectHunk", "genie.rejectHunkWithReason", "genie.editHunk"),
    *("genie.commentHunk", "genie.showDiff"),
)
_TAKEN_OUT = ("genie.acceptHunk",)
"""What can be done with a hunk that was rejected, or taken back."""


def hover(views: Iterable[RunView], params: types.HoverParams) -> types.Hover | None:
    """All hunks at the position, also those that were rejected; None where there is none."""
    at = params.position.line
    found = [
        one
        for one in marked(views, params.text_document.uri, ("open", "rejected", "undone"))
        if one.first <= at <= one.last
    ]
    if not found:
        return None
    lines = types.Range(
        types.Position(min(one.first for one in found), 0),
        types.Position(max(one.last for one in found) + 1, 0),
    )
    text = "\n\n---\n\n".join(map(_told, found))
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), lines)


def story(why: Rationale, plan: Sequence[Step], decided: HunkDecided | None) -> str:
    """Why a hunk is as it is, and why the user didn't want it, as Markdown; "" where nobody said."""
    parts = [safe(why.reason)] if why.reason else []
    parts += [f"*{tell('Step:')}* {safe(step.text)}" for step in plan if step.id in why.steps]
    if decided and decided.decision == "rejected" and decided.reason:
        parts.append(f"*{tell('You rejected it:')}* {safe(decided.reason)}")
    return "\n\n".join(parts)


def _told(one: Marked) -> str:
    return "\n\n".join(filter(None, (one.hunk.told, _difference(one.hunk), " · ".join(_links(one)))))


def _difference(hunk: HunkView) -> str:
    rows = [
        *(f"-{line}" for line in hunk.removed),
        *_clipped(hunk.more_removed),
        *(f"+{line}" for line in hunk.added),
        *_clipped(hunk.more_added),
    ]
    return block("\n".join(rows), "diff")


def _clipped(more: int) -> list[str]:
    return [tell("… {count} more lines: Show Diff has them all", count=more)] if more else []


def _links(one: Marked) -> Iterator[str]:
    arguments = quote(json.dumps([to_json(one.ref)]))
    for name in _LINKS if one.hunk.state == "open" else _TAKEN_OUT:
        yield f"[{tell(CLIENT_COMMANDS[name])}](command:{name}?{arguments})"
