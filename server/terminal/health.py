"""`genie doctor`: what is there and what is missing, with the fix."""

import argparse
import asyncio
import json
import sys
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape

from ..agent.doctor import examine, examine_machine
from ..agent.reporting import report
from ..config import load
from .options import SOLVED, WRONG, Verbs, add_model, folder_of, from_options


def add_to(verbs: Verbs) -> None:
    """Adds the verb."""
    doctor = verbs.add_parser("doctor", help="what is there and what is missing, with the fix")
    add_model(doctor)
    how = doctor.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true")
    how.add_argument(
        "--report", action="store_true", help="what a report of an issue needs, to be read first"
    )
    doctor.set_defaults(verb=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    if options.report:
        found = asyncio.run(examine_machine(from_options(options, load())))
        sys.stdout.write(report(found, {}, "", [str(folder_of(options))]))
        return SOLVED
    findings = asyncio.run(examine(folder_of(options), from_options(options, load())))
    if options.json:
        sys.stdout.write(json.dumps([asdict(one) for one in findings], ensure_ascii=False) + "\n")
    else:
        console = Console(highlight=False, soft_wrap=True)
        for one in findings:
            mark = "[green]✓[/]" if one.ok else "[red]✗[/]"
            console.print(f"{mark} [bold]{one.name:<12}[/] {escape(one.detail)}")
            if not one.ok and one.fix:
                console.print(f"  {'':<12} {escape(one.fix)}")
    return SOLVED if all(one.ok for one in findings) else WRONG
