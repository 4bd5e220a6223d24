"""`genie runs edit`: the task, what was found and the answers of a run that rests."""

import argparse
import sys
from pathlib import Path

from ..agent.events import Answered, Event
from ..agent.log import Run, is_held
from ..agent.plan_file import PLAN
from ..agent.spans import span_at
from ..agent.state import RunState
from ..agent.steering import Mark, SpanMarked, TaskEdited
from ..agent.store import find_run
from ..agent.task_file import TASK, heeded
from ..config import load
from ..errors import UsageError
from .options import SOLVED, Verbs


def add_to(acts: Verbs) -> argparse.ArgumentParser:
    """Adds the act."""
    edit = acts.add_parser("edit", help="changes the task, what was found, or an answer")
    edit.add_argument("--task", metavar="WORDS", help="the task in other words")
    for name, told in (
        ("pin", "always before Genie"),
        ("drop", "not to be looked at"),
        ("unmark", "neither"),
    ):
        edit.add_argument(f"--{name}", action="append", default=[], metavar="PATH:FIRST-LAST", help=told)
    edit.add_argument("--answer", metavar="WORDS", help="the answer to a question")
    edit.add_argument("--question", type=int, metavar="N", help="which one, from 1 (the last)")
    edit.set_defaults(verb=_edit)
    return edit


def _edit(options: argparse.Namespace) -> int:
    folder = find_run(options.run)
    files = f"{folder / TASK} and {folder / PLAN}"
    if is_held(folder):
        raise UsageError(f"Genie works on this run: edit {files} in any editor, it sees what you save.")
    run = Run.open(folder)
    try:
        events = _events(options, run.state)
        for event in events:
            run.record(event)
    finally:
        run.close()
    next_word = f"genie runs resume {folder.name} goes on with it.\n"
    sys.stdout.write(next_word if events else f"Edit {files}; {next_word}")
    return SOLVED


def _events(options: argparse.Namespace, state: RunState) -> list[Event]:
    """What the options ask for. Raises UsageError."""
    events: list[Event] = []
    if options.task is not None:
        events.append(TaskEdited(heeded(options.task, load().limits)))
    marks: dict[Mark, list[str]] = {"pin": options.pin, "drop": options.drop, "none": options.unmark}
    for mark, places in marks.items():
        for span in map(span_at, places):
            if state.task and not Path(state.task.repository, span.path).is_file():
                raise UsageError(f"There is no file {span.path} in the repository.")
            events.append(SpanMarked(span, mark))
    if options.answer is not None:
        number = options.question or len(state.asked)
        if not 1 <= number <= len(state.asked):
            raise UsageError(f"This run has asked {len(state.asked)} questions.")
        events.append(Answered(state.asked[number - 1].id, options.answer))
    return events
