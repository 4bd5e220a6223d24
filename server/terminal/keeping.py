"""`genie runs export` and `genie runs delete`: a run is handed on, or removed for good."""

import argparse
import sys
from pathlib import Path

from ..agent.deleting import delete_run, going, told
from ..agent.exporting import export
from ..agent.store import find_run
from .options import SOLVED, Verbs


def add_to(acts: Verbs) -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    """Adds the acts."""
    out = acts.add_parser("export", help="its events, plan, change and a transcript, for others to read")
    out.add_argument("--to", type=Path, metavar="PATH", help="a folder, or a file called ….zip (RUN.zip)")
    out.set_defaults(verb=_export)
    delete = acts.add_parser("delete", help="removes a run for good, with its log")
    delete.set_defaults(verb=_delete)
    return out, delete


def _export(options: argparse.Namespace) -> int:
    run = find_run(options.run)
    made = export(run, (options.to or Path(f"{run.name}.zip")).resolve())
    struck = f" Struck out as secret: {made.struck}." if made.struck else ""
    sys.stdout.write(f"Exported to {made.path}.{struck} Look it over before you hand it on.\n")
    return SOLVED


def _delete(options: argparse.Namespace) -> int:
    gone = going(options.run)
    delete_run(gone)
    sys.stdout.write(f"Deleted {gone.folder.name}: {told(gone)}.\n")
    return SOLVED
