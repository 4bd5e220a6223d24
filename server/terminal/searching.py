"""`genie index` and `genie search`."""

import argparse
import json
import sys
from dataclasses import asdict, replace
from time import perf_counter

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from ..agent.indexing import index_file, open_repository_index, set_up_vectors
from ..agent.repositories import locate
from ..config import IndexSettings, load
from ..errors import UsageError
from ..index.bounds import megabytes
from ..index.index import Index
from ..index.vectors.builtin import builtin_model, models_folder
from .options import SOLVED, UNSOLVED, Verbs, folder_of


def add_to(verbs: Verbs) -> None:
    """Adds both verbs."""
    index = verbs.add_parser("index", help="bring this repository's index up to date")
    index.add_argument(
        "--memory", metavar="SIZE", help="of all processes together, such as 512MB (as set; 512MB)"
    )
    index.add_argument(
        "--vectors",
        nargs="?",
        const="builtin",
        metavar="MODEL",
        help="make everything searchable by meaning, with the built-in model unless one is named",
    )
    index.set_defaults(verb=_index)
    search = verbs.add_parser("search", help="find code by words, names or a snippet")
    search.add_argument("query", help='what to look for; "-" reads standard input')
    search.add_argument("--json", action="store_true")
    search.add_argument("--limit", type=int, default=10, metavar="N", help="at most N spans (10)")
    search.add_argument("--budget", type=int, metavar="TOKENS", help="as many spans as fit into TOKENS")
    search.set_defaults(verb=_search)


def _index(options: argparse.Namespace) -> int:
    root, _ = locate(folder_of(options))
    settings = _index_settings(options)
    started = perf_counter()
    with open_repository_index(root, settings) as index:
        counts = index.update(root)
        seconds = perf_counter() - started
        sys.stdout.write(f"{counts.files:,} files, {counts.read:,} of them read anew, in {seconds:.1f} s.\n")
        if options.vectors:
            _embed(index)
    sys.stdout.write(f"{index_file(root)}\n")
    return SOLVED


def _index_settings(options: argparse.Namespace) -> IndexSettings:
    """What is set, with what was said on top. Fetches the built-in model for who asks for vectors."""
    settings = load().index
    if options.memory:
        settings = replace(settings, memory_mb=megabytes(options.memory))
    if not options.vectors:
        return settings
    settings = replace(settings, vectors=options.vectors)
    if options.vectors == "builtin" and builtin_model(models_folder()) is None:
        sys.stderr.write("Fetching the embedding model, 84 MB, once.\n")
    set_up_vectors(settings)
    return settings


def _embed(index: Index) -> None:
    """Stopped, it goes on from there the next time."""
    columns = ("Vectors", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        job = bar.add_task("")
        for step in index.embed():
            bar.update(job, completed=step.done, total=step.total)
    sys.stdout.write("All of it can be searched by meaning.\n")


def _search(options: argparse.Namespace) -> int:
    query = sys.stdin.read() if options.query == "-" else options.query
    if not query.strip():
        raise UsageError("Say what to look for.")
    if options.limit < 1 or (options.budget is not None and options.budget < 1):
        raise UsageError("--limit and --budget must be at least 1.")
    root, _ = locate(folder_of(options))
    console = Console(highlight=False, soft_wrap=True)
    with open_repository_index(root, load().index) as index:
        index.update(root)
        limit = 1000 if options.budget else options.limit
        spans = index.search(query, limit, options.budget)
        if options.json:
            rows = [asdict(span) | {"text": index.text(span)} for span in spans]
            sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
            return SOLVED
        for span in spans:
            console.print(f"[bold]{escape(span.path)}:{span.start}-{span.end}[/] {escape(span.symbol)}")
            console.print(f"  [dim]{escape(span.reason)}[/]")
    if not spans:
        sys.stderr.write("Nothing fits these words.\n")
    return SOLVED if spans else UNSOLVED
