"""`genie runs branch`: a new run from an earlier moment of another."""

import argparse
import sys
from dataclasses import replace

from ..agent.branching import branch, moments
from ..agent.events import Said
from ..agent.fold import fold
from ..agent.limits import raised
from ..agent.log import LOG, read
from ..agent.store import find_run
from ..models.cast import cast
from .options import SOLVED, Verbs, add_model, to_go_on
from .solving import add_output, drive, say_tests


def add_to(acts: Verbs) -> argparse.ArgumentParser:
    """Adds the act."""
    act = acts.add_parser("branch", help="goes back: a new run from an earlier moment of this one")
    act.add_argument("--at", type=int, metavar="SEQ", help="behind which event; without it, they are listed")
    act.add_argument("--say", metavar="WORDS", help="something for Genie to heed")
    act.add_argument("--rest", action="store_true", help="only make it, to be edited before it goes on")
    act.add_argument("--apply", action="store_true", help="write a solved task's change into the checkout")
    add_model(act)
    add_output(act)
    act.set_defaults(verb=_branch)
    return act


def _branch(options: argparse.Namespace) -> int:
    folder = find_run(options.run)
    if options.at is None:
        for moment in moments(read(folder / LOG)[0]):
            sys.stdout.write(f"{moment.seq:>5}  {moment.words}\n")
        sys.stdout.write(f"Go back to one: genie runs branch {folder.name} --at SEQ\n")
        return SOLVED
    settings = to_go_on(options, fold(read(folder / LOG)[0]))
    models = cast(settings)
    run = branch(folder, options.at)
    try:
        settings = replace(settings, limits=raised(run.state, settings.limits))
        say_tests(run, options.test)
        if options.say:
            run.record(Said(options.say))
    except BaseException:
        run.close()
        raise
    if options.rest:
        run.close()
        sys.stdout.write(f"{run.id}\n")
        return SOLVED
    begun = run.records[:] if options.json else run.records[:1] + run.records[options.at + 1 :]
    return drive(run, models, settings, options, begun)
