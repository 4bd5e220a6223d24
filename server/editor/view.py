"""The fold in the user's words: RunState → RunView. Pure, but for the look at files that it is given."""

from dataclasses import replace
from pathlib import Path

from ..agent.branching import kinship
from ..agent.events import (
    TaskGiven,
)
from ..agent.plan_file import PLAN
from ..agent.spending import dollars
from ..agent.state import RunState
from ..agent.steering import PlaybookChosen
from ..agent.store import run_folder, title
from ..agent.task_file import TASK
from ..agent.threads import offer
from ..agent.words import counts, words
from ..edits.changes import Hunk, mode_words
from ..edits.text import contents
from ..language import tell
from ..protocol.runs import FileView, Followed, HunkView, RunPhase, RunView
from .discussing import Look, thread_views
from .editing import found_spans, question
from .hovering import story
from .places import Present, Standing, stand
from .results import latest
from .reviewed import Reviewed
from .working import candidates, models, profile

MOST_FOUND = 100
"""How many of the spans that were found are shown."""

MOST_LINES = 200
"""How many lines to go, and to come, a view has of each hunk: the diff of the file has them all."""


def view(run: str, state: RunState, working: bool, look: Look, files: tuple[FileView, ...]) -> RunView:
    """All that the views show of a run, with `files` as those under review."""
    task = state.task or TaskGiven("", "", "", "")
    asked = state.question
    return RunView(
        run=run,
        folder=task.repository,
        title=title(task.text),
        task=task.text,
        model=models(state),
        phase=phase(state, working),
        outcome=state.finished.outcome if state.finished else None,
        status=status(state, working),
        summary=state.finished.summary if state.finished else "",
        tests=tests(state),
        test_command=state.tests.command if state.tests else "",
        test_reason=state.tests.reason if state.tests else "",
        tested=latest(state),
        tokens=state.tokens,
        cost=dollars(state),
        limit=longer(state),
        plan=state.plan,
        plan_file=(run_folder(run) / PLAN).as_uri() if state.plan else "",
        found=found_spans(state, MOST_FOUND),
        changes=files,
        playbooks=tuple(_followed(task.repository, one) for one in state.playbooks),
        question=question(asked, state) if asked else None,
        assumed=tuple(one.text for one in state.assumed),
        candidates=candidates(state),
        profile=profile(state),
        of_candidates=task.candidates,
        task_file=(run_folder(run) / TASK).as_uri(),
        origin=kinship(state),
        questions=tuple(question(one, state) for one in state.asked),
        threads=thread_views(state, look, working),
        waiting=offer(state, working),
    )


def abroad(made: RunView) -> RunView:
    """The view of a run that another window or a terminal works on."""
    return replace(made, elsewhere=True, status=f"{made.status} ({tell('in another window or a terminal')})")


def longer(state: RunState) -> str:
    """The question whether a run that a limit has ended should go on; "" where none did."""
    end = state.finished
    if end is None or not end.limit or end.outcome == "solved":
        return ""
    return tell("{why}. Go on for as long again?", why=end.why.partition(";")[0])


def phase(state: RunState, working: bool) -> RunPhase:
    """A run that isn't worked on and has no end was interrupted: it counts as stopped."""
    if state.finished:
        return "stopped" if state.finished.outcome == "stopped" else "finished"
    if not working:
        return "stopped"
    return "asking" if state.question else "working"


def status(state: RunState, working: bool) -> str:
    """What is going on, or how it ended."""
    if state.last is None:
        return ""
    if not working and not state.finished:
        return tell("Interrupted; resume to go on")
    return words(state.last)


def tests(state: RunState) -> str:
    """The tests before and after, e.g. "1 failed, 41 passed → 42 passed"; "" when none ran.

    Behind them what is known of flaky tests, and of those that reproduce what was wrong.
    """
    ran = " → ".join(counts(ran) for ran in (state.before, state.after) if ran)
    parts = [ran, tell("{count} flaky", count=len(state.flaky)) if state.flaky else ""]
    if state.reproduced:
        shown, silent = (len(names) for names in (state.reproduced.shown, state.reproduced.silent))
        parts += [
            tell("{count} new reproduced it", count=shown) if shown else "",
            tell("{count} new show nothing", count=silent) if silent else "",
        ]
    return ", ".join(filter(None, parts))


def _followed(repository: str, chosen: PlaybookChosen) -> Followed:
    return Followed(chosen.name, Path(repository, chosen.path).as_uri(), chosen.why)


def file_view(one: Reviewed, file: Present) -> FileView | None:
    """A file as the user has it now beside what is proposed; None where nothing of it is to be shown."""
    shown = []
    for (change, hunk), decided, why in zip(one.hunks, one.decisions, one.reasons, strict=True):
        standing = stand(change, hunk, decided, file)
        if standing.rest and not (standing.rest.count or standing.rest.lines):
            continue  # all of it is in the file, by others that were accepted
        # What was accepted earlier and is proposed no longer is shown as long as it is in the file.
        if change is one.change or (standing.state == "accepted" and not standing.problem):
            shown.append(_hunk(hunk, standing, file, story(why, one.plan, decided), why.steps))
    kind = one.change.kind if one.change else one.earlier[0].change.kind
    return FileView(one.path, file.uri, kind, tuple(shown)) if one.change or shown else None


def _hunk(hunk: Hunk, standing: Standing, file: Present, told: str, steps: tuple[str, ...]) -> HunkView:
    before, after = hunk.before, hunk.after
    if rest := standing.rest:
        before, after = (file.lines or ())[rest.line : rest.line + rest.count], rest.lines
    return HunkView(
        hunk.id,
        standing.line,
        contents(before[:MOST_LINES]),
        contents(after[:MOST_LINES]),
        standing.state,
        tell(standing.problem),
        mode_words(hunk),
        steps,
        told,
        max(0, len(before) - MOST_LINES),
        max(0, len(after) - MOST_LINES),
    )
