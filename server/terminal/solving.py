"""`genie solve`: a task in, its run on the screen or as JSON lines."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from threading import Thread

from ..agent.approvals import NO
from ..agent.choosing_tests import named_tests
from ..agent.events import Answered, Approval, Asked, Record
from ..agent.log import Run, to_json
from ..agent.questions import DECIDE
from ..agent.review import accept
from ..agent.solve import begin, work
from ..agent.ticket_task import task_of
from ..config import Settings, load
from ..errors import UsageError
from ..models.cast import Cast, cast
from .options import INTERRUPTED, SOLVED, UNSOLVED, WRONG, Verbs, add_model, folder_of, from_options
from .report import Report
from .reviewing import told_applied

EXITS = {"solved": SOLVED, "unsolved": UNSOLVED, "stopped": INTERRUPTED, "failed": UNSOLVED}


def add_to(verbs: Verbs) -> None:
    """Adds the verb."""
    verb = verbs.add_parser("solve", help="solve a task in the repository of this folder")
    verb.add_argument(
        "task",
        nargs="?",
        help='the task in words, or a ticket\'s address or number; "-" reads standard input',
    )
    verb.add_argument("--issue", type=Path, metavar="FILE", help="read the task from FILE")
    verb.add_argument(
        "--playbook", action="append", default=[], metavar="NAME", help="a way of doing it to follow"
    )
    verb.add_argument(
        "--candidates", type=int, metavar="N", help="write N changes beside each other, keep the best"
    )
    add_model(verb)
    add_output(verb)
    verb.add_argument("--apply", action="store_true", help="write a solved task's change into the checkout")
    verb.set_defaults(verb=_solve)


def add_output(verb: argparse.ArgumentParser) -> None:
    """Options on what is shown and asked."""
    verb.add_argument("--json", action="store_true", help="print the run's events as JSON lines")
    verb.add_argument("--headless", action="store_true", help="ask nothing; assume, and say what was assumed")


def _solve(options: argparse.Namespace) -> int:
    settings = from_options(options, load())
    models = cast(settings)
    folder, books = folder_of(options), options.playbook
    task = asyncio.run(task_of(_task(options), folder, settings))
    run = begin(task, folder, settings, settings.model.name, options.test or "", books)
    return drive(run, models, settings, options, run.records[:])


def say_tests(run: Run, command: str | None) -> None:
    """Tests of a run that goes on are run by `command`, if the user names one."""
    if command and run.state.task:
        run.record(named_tests(command, Path(run.state.task.repository)))


def drive(
    run: Run, models: Cast, settings: Settings, options: argparse.Namespace, shown: list[Record]
) -> int:
    """Works on `run` until its end and shows it. `shown` are earlier records to show first."""
    headless = options.headless or options.json or not sys.stdin.isatty()
    show = _json_line if options.json else Report(run.folder, run.state).show
    try:
        for record in shown:
            show(record)
        run.listen(show)
        asyncio.run(_attended(run, work(run, models, settings, headless), interactive=not headless))
        finished = run.state.finished
        status = EXITS[finished.outcome] if finished else UNSOLVED
        if finished and finished.setup:
            status = WRONG
        if options.apply and status == SOLVED:
            told_applied(accept(run), quiet=options.json)
        return status
    finally:
        run.close()


async def _attended(run: Run, working: Coroutine[None, None, None], interactive: bool) -> None:
    """Runs the work; an interrupt stops it, and the user is asked what it asks."""
    task: asyncio.Task[None] = asyncio.create_task(working)
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, task.cancel)
    stop = run.listen(_prompter(run)) if interactive else None
    try:
        await task
    except asyncio.CancelledError:
        if not task.cancelled():
            raise
    finally:
        if stop:
            stop()


def _prompter(run: Run) -> Callable[[Record], None]:
    """Asks in the terminal, in a thread that nothing waits for: signals are heard, and stopping stops."""
    loop = asyncio.get_running_loop()

    def prompt(question: Asked) -> None:
        answer = _input(question)
        with suppress(RuntimeError):  # The loop is closed: the run was stopped meanwhile.
            loop.call_soon_threadsafe(take, question, answer)

    def take(question: Asked, answer: str) -> None:
        if run.state.question and run.state.question.id == question.id:
            run.record(Answered(question.id, answer))

    def hear(record: Record) -> None:
        if isinstance(record.event, Asked):
            Thread(target=prompt, args=(record.event,), daemon=True).start()

    return hear


def _input(question: Asked) -> str:
    if question.approval:
        return _approval(question, question.approval)
    rows = [f"  {number}  {choice}\n" for number, choice in enumerate(question.choices, 1)]
    place = f" ({question.number} of {question.of})" if question.of > 1 else ""
    alone = f"{DECIDE}: {question.assume}" if question.assume else DECIDE
    words = "number or other words" if rows else "your words"
    sys.stderr.write(f"\n{question.question}{place}\n{''.join(rows)}({words}; empty: {alone}) > ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip()
    if answer.isdigit() and 1 <= int(answer) <= len(question.choices):
        return question.choices[int(answer) - 1]
    return answer or DECIDE


def _approval(question: Asked, wish: Approval) -> str:
    rows = "".join(f"  {number}  {choice}\n" for number, choice in enumerate(question.choices, 1))
    about = f"  in a private copy of {wish.folder}\n  {wish.sandbox}\n"
    sys.stderr.write(
        f"\nRun this without a sandbox?\n  $ {wish.command}\n{about}{rows}(number; empty: {NO}) > "
    )
    sys.stderr.flush()
    answer = sys.stdin.readline().strip()
    known = answer.isdigit() and 1 <= int(answer) <= len(question.choices)
    return question.choices[int(answer) - 1] if known else NO


def _task(options: argparse.Namespace) -> str:
    if options.issue is not None:
        if options.task:
            raise UsageError("Give the task in words or by --issue, not both.")
        try:
            return str(options.issue.read_text("utf-8", errors="replace"))
        except OSError as error:
            raise UsageError(f"The issue can't be read: {error.strerror}: {options.issue}") from error
    if options.task == "-":
        return sys.stdin.read()
    if not options.task:
        raise UsageError(
            'Say what should be done: genie solve "…", or --issue FILE, or - for standard input.'
        )
    return str(options.task)


def _json_line(record: Record) -> None:
    sys.stdout.write(to_json(record) + "\n")
    sys.stdout.flush()
