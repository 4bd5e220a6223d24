"""Which playbooks a run follows, and since when: each is an event that says why, its steps enter the plan."""

from dataclasses import replace
from pathlib import PurePosixPath
from secrets import token_hex

from ..models.counting import by_bytes
from .desk import Desk
from .events import Author, PlanChanged, Step, ToolAnswered, Warned
from .plan import words_of
from .playbooks import Playbook, chosen, names_of, playbooks, standing, why
from .state import RunState
from .steering import PlaybookChosen

SHARE = 0.2
"""Of the prompt's budget, for all playbooks and standing instructions together; a half of it for one."""

NAMED = "you chose it"
"""Why a playbook is followed that the user named: its steps are then their words too, whosever it is."""


class Consulting:
    """Looks for what applies to a run. Files are read once, and what was chosen stays as it was then."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._books = playbooks(desk.repository) + standing(desk.repository)
        self._folders: set[str] = set()

    def consult(self) -> None:
        """Records what applies by now and wasn't chosen before."""
        state = self._desk.run.state
        assert state.task is not None
        paths = _paths(state)
        self._look_beside(paths)
        known = {one.path for one in state.playbooks}
        names = {name for one in state.playbooks for name in names_of(one)}
        wanted = [name for name in state.task.playbooks if name.lower() not in names]
        named = {one.path for one in chosen(self._books, wanted)}
        for book in self._books:
            reason = NAMED if book.path in named else why(book, state.task.text, paths)
            if reason and book.path not in known:
                self._choose(book, reason)

    def _look_beside(self, paths: list[str]) -> None:
        """Reads the standing instructions of folders that came into play, the outer ones first."""
        inside = {str(folder) for path in paths for folder in PurePosixPath(path).parents} - {"."}
        for folder in sorted(inside - self._folders):
            self._books += standing(self._desk.repository, folder)
        self._folders |= inside

    def _choose(self, book: Playbook, reason: str) -> None:
        run = self._desk.run
        for problem in book.problems:
            run.record(Warned(f"{book.path}: {problem}"))
        steps = _new_steps(book, run.state.plan)
        # The steps first: were we killed between the two, it would be chosen again, and none of them twice.
        if steps:
            by: Author = "user" if book.origin == "user" or reason == NAMED else "genie"
            run.record(PlanChanged((*run.state.plan, *steps), by))
        text = self._clipped(book)
        run.record(
            PlaybookChosen(book.name, book.path, book.origin, reason, text, book.scope, book.test_command)
        )

    def _clipped(self, book: Playbook) -> str:
        """The text, or as many of its first lines as there is room for and a word on the rest."""
        whole = self._desk.settings.limits.context_tokens * SHARE
        left = whole - sum(by_bytes(one.text) for one in self._desk.run.state.playbooks)
        room = max(0.0, min(left, whole / 2))
        if by_bytes(book.text) <= room:
            return book.text
        kept: list[str] = []
        for line in book.text.split("\n"):
            room -= by_bytes(line + "\n")
            if room < 0:
                break
            kept.append(line)
        return "\n".join([*kept, f"[… clipped: {book.path} has {len(book.text):,} characters]"])


def _new_steps(book: Playbook, plan: tuple[Step, ...]) -> tuple[Step, ...]:
    there = {words_of(step.text) for step in plan}
    new = (step for step in book.steps if words_of(step.text) not in there)
    return tuple(replace(step, id=token_hex(3), state="todo") for step in new)


def _paths(state: RunState) -> list[str]:
    """What the run is about: files that it changed, found first, or opened."""
    opened = [
        turn.data["path"]
        for turn in state.turns
        if isinstance(turn, ToolAnswered) and turn.tool == "open_file" and turn.ok
    ]
    paths = [change.path for change in state.changes] + [span.path for span in state.first_found] + opened
    return list(dict.fromkeys(paths))
