"""`genie store`: what Genie keeps on the disk, and cleaning it."""

import argparse
import json
import sys

from rich.console import Console
from rich.table import Table

from ..agent.storage import KINDS, bounded, clean, cleaned, items, standing, words
from ..config import load
from .options import SOLVED, Verbs


def add_to(verbs: Verbs) -> None:
    """Adds the verb."""
    store = verbs.add_parser("store", help="what Genie keeps on the disk, and cleaning it")
    store.add_argument("--json", action="store_true")
    store.set_defaults(verb=_show)
    acts = store.add_subparsers(metavar="ACT")
    cleaning = acts.add_parser("clean", help="removes leftovers, and indexes of repositories that are gone")
    cleaning.add_argument("--all", action="store_true", help="every copy and index that nothing uses; no run")
    cleaning.set_defaults(verb=_clean)


def _show(options: argparse.Namespace) -> int:
    kept = items()
    if options.json:
        for item in kept:
            row = {"kind": item.kind, "name": item.name, "bytes": item.bytes, "repository": item.about}
            sys.stdout.write(json.dumps(row | {"in_use": item.in_use, "stale": item.stale}) + "\n")
        return SOLVED
    console = Console(highlight=False, soft_wrap=True)
    table = Table("what", "name", "takes", "of", "", box=None)
    runs = [item for item in kept if item.kind == "run"]
    for item in [item for item in kept if item.kind != "run"]:
        table.add_row(KINDS[item.kind], item.name, words(item.bytes), item.about, standing(item))
    if runs:
        taken = words(sum(item.bytes for item in runs))
        table.add_row(f"{len(runs)} runs", "", taken, "", "removed by `genie runs delete` only")
    console.print(table)
    console.print(bounded(kept, load().store))
    return SOLVED


def _clean(options: argparse.Namespace) -> int:
    sys.stdout.write(cleaned(clean(options.all)) + "\n")
    return SOLVED
