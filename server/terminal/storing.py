"""`genie store`: what Genie keeps on the disk, and cleaning it."""

import argparse
import json
import sys

from rich.console import Console
from rich.table import Table

from ..agent.storage import Item, clean, items, words
from ..config import load
from .options import SOLVED, Verbs

_KINDS = {"copy": "private copy", "index": "index", "model": "model", "other": "other", "run": "run"}


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
        table.add_row(_KINDS[item.kind], item.name, words(item.bytes), item.about, _state(item))
    if runs:
        taken = words(sum(item.bytes for item in runs))
        table.add_row(f"{len(runs)} runs", "", taken, "", "removed by `genie runs delete` only")
    console.print(table)
    bounded = sum(item.bytes for item in kept if item.kind in ("copy", "index"))
    bound = load().store.megabytes * 1_000_000
    console.print(f"Private copies and indexes take {words(bounded)} of {words(bound)}.")
    return SOLVED


def _state(item: Item) -> str:
    return "in use" if item.in_use else "can be cleaned" if item.stale else ""


def _clean(options: argparse.Namespace) -> int:
    gone = clean(options.all)
    sys.stdout.write(f"Removed {len(gone)}: {words(sum(item.bytes for item in gone))} are free again.\n")
    return SOLVED
