"""`genie approvals`: commands that may always run without a sandbox, and taking that back."""

import argparse
import json
import sys
from dataclasses import asdict

from ..agent.approvals import approved, revoke
from ..agent.repositories import locate
from ..errors import UsageError
from .options import SOLVED, Verbs, folder_of


def add_to(verbs: Verbs) -> None:
    """Adds the verb."""
    approvals = verbs.add_parser("approvals", help="commands that may always run without a sandbox")
    approvals.add_argument("--json", action="store_true")
    approvals.set_defaults(verb=_list)
    acts = approvals.add_subparsers(metavar="ACT")
    back = acts.add_parser("revoke", help="has Genie ask again")
    what = back.add_mutually_exclusive_group(required=True)
    what.add_argument("command", nargs="?", help="exactly as it is listed, in the repository of this folder")
    what.add_argument("--all", action="store_true", help="all commands in all repositories")
    back.set_defaults(verb=_revoke)


def _list(options: argparse.Namespace) -> int:
    known = approved()
    if options.json:
        sys.stdout.write("".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in known))
        return SOLVED
    for one in known:
        sys.stdout.write(f"{one.command}\n  in {one.repository}, since {one.at}\n")
    if not known:
        sys.stdout.write(
            "No command is approved. Where there is no sandbox, Genie asks before it runs one.\n"
        )
    return SOLVED


def _revoke(options: argparse.Namespace) -> int:
    known = approved()
    if not options.all:
        root = str(locate(folder_of(options))[0])
        known = [one for one in known if (one.repository, one.command) == (root, options.command)]
        if not known:
            raise UsageError(
                f"This is not approved in {root}: {options.command}; `genie approvals` lists what is."
            )
    count = revoke(known)
    sys.stdout.write(f"Revoked {count}: Genie asks again.\n")
    return SOLVED
