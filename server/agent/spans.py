"""Spans as a run has them: marked by the user, and moved along with what the proposal does above them."""

import re
from collections.abc import Iterable
from dataclasses import replace

from ..edits.changes import FileChange
from ..errors import UsageError
from ..index.spans import Span
from .state import RunState
from .steering import Mark

_PLACE = re.compile(r"(.+?):(\d{1,9})(?:-(\d{1,9}))?")


def mark_of(state: RunState, span: Span) -> Mark:
    """What the user has marked a span with; "none" where they haven't, or took it back."""
    key = place_of(span)
    if any(place_of(one) == key for one in state.pinned):
        return "pin"
    return "drop" if any(place_of(one) == key for one in state.dropped) else "none"


def is_dropped(state: RunState, span: Span) -> bool:
    """Whether a span lies within one that the user dropped."""
    return any(
        one.path == span.path and one.start <= span.start and span.end <= one.end for one in state.dropped
    )


def place_of(span: Span) -> str:
    """A span as users write it: path:start-end."""
    return f"{span.path}:{span.start}-{span.end}"


def span_at(text: str) -> Span:
    """The span that is written as path:start-end, or path:line. Raises UsageError."""
    found = _PLACE.fullmatch(text.strip())
    start, end = (int(found[2]), int(found[3] or found[2])) if found else (0, 0)
    if not found or not 1 <= start <= end or found[1].startswith("/") or ".." in found[1].split("/"):
        raise UsageError(f"{text.strip()!r} is no place in the repository: write path:first-last.")
    return Span(found[1], start, end)


def moved(span: Span, changes: Iterable[FileChange]) -> Span:
    """Where a span of the user's files lies in the copy: moved, grown or shrunk by the proposed hunks."""
    change = next((one for one in changes if one.path == span.path), None)
    start, end = span.start, span.end
    for hunk in change.hunks if change else ():
        more = len(hunk.after) - len(hunk.before)
        last = hunk.start + len(hunk.before) - 1
        if hunk.start <= span.end:
            end += more
        if last < span.start:
            start += more
    return replace(span, start=start, end=max(end, start))
