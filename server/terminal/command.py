"""The command line: verbs, their options, and exit statuses.

0 solved, with passing tests (other verbs: done) · 1 finished without · 2 wrong usage or environment ·
130 interrupted
"""

import argparse
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from .. import __version__
from ..agent.storage import sweep
from ..errors import GenieError, ModelRefused, SetupError, UsageError
from . import approving, evaluating, guidance, health, history, models, searching, solving, storing
from .options import INTERRUPTED, UNSOLVED, WRONG, Verbs


def run(arguments: list[str], serve: Callable[[argparse.Namespace], int]) -> int:
    """Carries out `arguments` and returns the exit status. `serve` are the other faces, unknown here."""
    options = parser().parse_args(arguments)
    level = logging.DEBUG if options.verbose else logging.WARNING
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    verb: Callable[[argparse.Namespace], int] | None = options.verb
    try:
        sweep()
        return verb(options) if verb else serve(options)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return UNSOLVED
    except GenieError as error:
        sys.stderr.write(f"genie: {error}\n")
        return WRONG if isinstance(error, UsageError | SetupError | ModelRefused) else UNSOLVED


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(prog="genie", description="An AI software-engineering colleague.")
    top.add_argument("--version", action="version", version=f"genie {__version__}")
    top.add_argument("--verbose", action="store_true", help="tell more on standard error")
    top.add_argument("-C", dest="folder", type=Path, default=Path(), metavar="DIR", help="work in DIR")
    verbs = top.add_subparsers(required=True, metavar="VERB")
    for add in (
        solving.add_to,
        history.add_to,
        guidance.add_to,
        searching.add_to,
        models.add_to,
        evaluating.add_to,
        health.add_to,
        storing.add_to,
        approving.add_to,
        _add_serve,
    ):
        add(verbs)
    return top


def _add_serve(verbs: Verbs) -> None:
    serve = verbs.add_parser("serve", help="be a server over standard input and output, for other programs")
    kind = serve.add_mutually_exclusive_group(required=True)
    kind.add_argument("--stdio", action="store_true", help="the language server, for an editor")
    kind.add_argument("--mcp", action="store_true", help="search and navigation for other agents, by MCP")
    serve.set_defaults(verb=None)
