"""`genie runs`: lists, shows and resumes runs, applies them and takes that back."""

import argparse
import json
import sys
from dataclasses import asdict

from ..agent.events import Said
from ..agent.fold import fold
from ..agent.limits import used_up
from ..agent.log import LOG, Run, read
from ..agent.proposed_files import take_in_at_rest
from ..agent.repositories import locate
from ..agent.review import accept, reject, undo
from ..agent.spending import amount
from ..agent.state import RunState
from ..agent.store import find_run, list_runs, title
from ..errors import UsageError
from ..models.cast import cast
from . import editing, going_back, keeping, remarking
from .options import SOLVED, UNSOLVED, Verbs, add_model, folder_of, to_go_on
from .remarking import told_threads
from .report import Report, larger
from .reviewing import told_applied, told_hunks, told_undone
from .solving import add_output, drive, say_tests


def add_to(verbs: Verbs) -> None:
    """Adds the verb."""
    runs = verbs.add_parser("runs", help="earlier runs: show, resume, comment, edit, branch, and more")
    runs.set_defaults(verb=_list, all=False, json=False)
    acts = runs.add_subparsers(metavar="ACT")
    listing = acts.add_parser("list", help="the runs of this repository")
    listing.add_argument("--all", action="store_true", help="of every repository")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(verb=_list)
    show = acts.add_parser("show", help="what happened in a run")
    show.add_argument("--json", action="store_true", help="its events as JSON lines")
    show.set_defaults(verb=_show)
    resume = acts.add_parser("resume", help="goes on with a run")
    resume.add_argument("--say", metavar="WORDS", help="something for Genie to heed")
    resume.add_argument("--apply", action="store_true", help="write a solved task's change into the checkout")
    add_model(resume)
    add_output(resume)
    resume.set_defaults(verb=_resume)
    apply = acts.add_parser("apply", help="writes a run's change into the checkout")
    apply.set_defaults(verb=_apply)
    back = acts.add_parser("undo", help="takes what was applied out of the checkout again")
    back.set_defaults(verb=_undo)
    no = acts.add_parser("reject", help="tells Genie what you don't want of a run's change")
    no.add_argument("--reason", default="", metavar="WORDS", help="why not, for Genie to heed")
    no.set_defaults(verb=_reject)
    for act in (apply, back, no):
        act.add_argument(
            "--hunk", action="append", default=[], metavar="ID", help="only this one, as `show` names it"
        )
        act.add_argument("--file", default="", metavar="PATH", help="only what is in this file")
    remarking.add_to(acts)
    others = (editing.add_to(acts), going_back.add_to(acts), *keeping.add_to(acts))
    for act in (show, resume, apply, back, no, *others):
        act.add_argument("run", help='its name, a part of it, or "last"')


def _list(options: argparse.Namespace) -> int:
    here = None if options.all else locate(folder_of(options))[0]
    infos = list_runs(here)
    if options.json:
        for info in infos:
            end = asdict(info.finished) if info.finished else None
            row = {"run": info.id, "at": info.at, "task": info.task.text, "finished": end}
            row["branched"] = asdict(info.branched) if info.branched else None
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        return SOLVED
    if not infos:
        sys.stdout.write('No runs yet. Start one: genie solve "what should be done"\n')
        return SOLVED
    width = max(len(info.id) for info in infos)
    for info in infos:
        outcome = info.finished.outcome if info.finished else "unfinished"
        cost = amount(info.finished.cost) if info.finished and info.finished.cost else ""
        origin = f"  ↳ {info.branched.run} at {info.branched.seq}" if info.branched else ""
        sys.stdout.write(f"{info.id:<{width}}  {outcome:<10}  {cost:>7}  {title(info.task.text)}{origin}\n")
    return SOLVED


def _show(options: argparse.Namespace) -> int:
    path = find_run(options.run) / LOG
    if options.json:
        sys.stdout.write("".join(path.read_text("utf-8").splitlines(keepends=True)))
        return SOLVED
    report = Report(path.parent, RunState(), numbered=True)
    records = read(path)[0]
    for record in records:
        report.show(record)
    state = fold(records)
    told_hunks(state)
    told_threads(path.parent, state)
    return SOLVED


def _resume(options: argparse.Namespace) -> int:
    run = Run.open(find_run(options.run))
    try:
        settings = to_go_on(options, run.state)
        if stop := used_up(run.state, settings.limits):
            more = larger(run.state, stop.limit)
            raise UsageError(f"{stop.why}. To go on: genie runs resume {run.id}{more}")
        models = cast(settings)
        shown = len(run.records)
        run.resume()
        say_tests(run, options.test)
        if options.say:
            run.record(Said(options.say))
    except BaseException:
        run.close()
        raise
    return drive(run, models, settings, options, run.records[:1] + run.records[shown:])


def _apply(options: argparse.Namespace) -> int:
    run = Run.open(find_run(options.run))
    try:
        take_in_at_rest(run)
        applied = accept(run, options.hunk, options.file)
    finally:
        run.close()
    told_applied(applied)
    return UNSOLVED if applied.problems else SOLVED


def _reject(options: argparse.Namespace) -> int:
    run = Run.open(find_run(options.run))
    try:
        gone = reject(run, options.hunk, options.file, options.reason)
    finally:
        run.close()
    sys.stdout.write(f"Rejected {', '.join(gone)}. genie runs resume {run.id} goes on with it.\n")
    return SOLVED


def _undo(options: argparse.Namespace) -> int:
    run = Run.open(find_run(options.run))
    try:
        undone = undo(run, options.hunk, options.file)
    finally:
        run.close()
    told_undone(undone)
    return UNSOLVED if undone.problems else SOLVED
