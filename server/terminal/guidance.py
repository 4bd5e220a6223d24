"""`genie playbooks`: which there are, when they apply, and a template for a new one."""

import argparse
import json
import sys
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape

from ..agent.playbooks import Playbook, applies, new_playbook, playbooks, standing
from ..agent.repositories import locate
from .options import SOLVED, Verbs, folder_of


def add_to(verbs: Verbs) -> None:
    """Adds the verb."""
    books = verbs.add_parser("playbooks", help="how you, or this repository, like things to be done")
    books.add_argument("--json", action="store_true")
    books.set_defaults(verb=_list)
    acts = books.add_subparsers(metavar="ACT")
    new = acts.add_parser("new", help="begins a playbook from a template")
    new.add_argument("name")
    new.add_argument("--mine", action="store_true", help="for all your repositories, not for this one alone")
    new.set_defaults(verb=_new)


def _list(options: argparse.Namespace) -> int:
    root, _ = locate(folder_of(options))
    found = playbooks(root) + standing(root)
    if options.json:
        sys.stdout.write(json.dumps([_row(one) for one in found], ensure_ascii=False) + "\n")
        return SOLVED
    console = Console(highlight=False, soft_wrap=True)
    if not found:
        console.print("No playbooks yet. Begin one: genie playbooks new NAME")
    for one in found:
        console.print(f"[bold]{escape(one.name)}[/]  {escape(applies(one))}  [dim]{escape(one.path)}[/]")
        for problem in one.problems:
            console.print(f"  [yellow]{escape(problem)}[/]")
    return SOLVED


def _row(book: Playbook) -> dict[str, object]:
    kept = ("name", "path", "origin", "globs", "words", "always", "test_command", "problems")
    table = asdict(book)
    return {key: table[key] for key in kept} | {"steps": [step.text for step in book.steps]}


def _new(options: argparse.Namespace) -> int:
    root, _ = locate(folder_of(options))
    sys.stdout.write(f"{new_playbook(root, options.name, options.mine)}\n")
    return SOLVED
