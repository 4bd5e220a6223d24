"""Remarks on lines over the wire: taken in where they stand, and shown where their lines now are."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ..agent.proposed_files import PROPOSED
from ..agent.remarks import Commented, Place, Side, Thread, ThreadMarked
from ..agent.state import RunState
from ..agent.store import run_folder
from ..agent.threads import changed_paths, nearby, offer, place_at, remark, unheard, whereabouts
from ..edits.text import contents
from ..errors import UsageError
from ..language import tell
from ..protocol.remarks import Comment, MarkThread, Remarked, ThreadView, WordsView
from ..protocol.runs import Nothing
from .files import real, real_of_uri
from .markdown import safe
from .places import Present
from .runs import Runs

Look = Callable[[str, Side], Present]
"""Gives the present file at a path, as the user has it or as it is proposed."""


class LookIn(Protocol):
    """Gives the same of a run."""

    def __call__(self, run: str, path: str, side: Side) -> Present:
        """Never raises."""
        ...


class Threads:
    """The requests about remarks, on the runs of a service."""

    def __init__(self, runs: Runs, look: LookIn) -> None:
        self._runs = runs
        self._look = look

    async def comment(self, wish: Comment) -> Remarked:
        """Keeps a remark, whether the run is under way or rests. Raises UsageError, RunLogError."""
        state = self._runs.look_again(wish.run)
        place = None if wish.thread else self._place(wish, state)
        said = Commented(wish.id, wish.text, place, wish.thread)
        self._runs.record(wish.run, remark(state, said))
        return Remarked(offer(self._runs.state(wish.run), self._runs.is_working(wish.run)))

    async def mark(self, wish: MarkThread) -> Nothing:
        """Raises UsageError, RunLogError."""
        if wish.thread not in self._runs.look_again(wish.run).threads:
            raise UsageError("This thread is gone.")
        self._runs.record(wish.run, [ThreadMarked(wish.thread, wish.mark)])
        return Nothing()

    def _place(self, wish: Comment, state: RunState) -> Place:
        found = _file_of(wish, state)
        if found is None:
            raise UsageError("Genie proposes no change of this file, so it can't be remarked on.")
        path, side = found
        lines = _lines(self._look(wish.run, path, side))
        return place_at(path, side, lines, wish.line + 1)


def _file_of(wish: Comment, state: RunState) -> tuple[str, Side] | None:
    """The path of the file that a remark is on, and whose it is."""
    wanted, root = real_of_uri(wish.uri), Path(state.task.repository if state.task else "")
    proposed = run_folder(wish.run) / PROPOSED
    for path in changed_paths(state):
        if real(root / path) == wanted:
            return path, "user"
        if real(proposed / path) == wanted:
            return path, "proposed"
    return None


def thread_views(state: RunState, look: Look, working: bool) -> tuple[ThreadView, ...]:
    """All threads, each where it now stands."""
    waiting = {remark.thread or remark.id for remark in unheard(state)}
    rests = bool(offer(state, working))
    return tuple(
        _view(thread, _seen(thread.place, look), _told(thread, thread.id in waiting, rests))
        for thread in state.threads.values()
    )


def _told(thread: Thread, waits: bool, rests: bool) -> str:
    if thread.resolved:
        return tell("Settled")
    if thread.words[-1].by == "genie":
        return tell("Genie has answered")
    if not waits:
        return tell("Genie has read this")
    if rests:
        return tell("Genie isn't at work: resume to have this answered")
    return tell("Genie reads this at its next turn")


def _seen(place: Place, look: Look) -> Present:
    """The file that a thread is shown in: what isn't proposed any more is looked for in the user's."""
    file = look(place.path, place.side)
    return look(place.path, "user") if file.lines is None else file


def _view(thread: Thread, file: Present, told: str) -> ThreadView:
    lines = _lines(file)
    at = whereabouts(thread.place, lines)
    line = at if at >= 0 else nearby(thread.place, lines)
    told = told if at >= 0 else f"{tell('Outdated, since the line was changed')} · {told}"
    words = tuple(WordsView(one.by, safe(one.text)) for one in thread.words)
    return ThreadView(thread.id, file.uri, line, at < 0, thread.resolved, told, words)


def _lines(file: Present) -> tuple[str, ...]:
    return contents(file.lines or ())
