"""`genie evaluate`: how well Genie does on real tasks."""

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from ..agent.hypothesis import hypothesis
from ..config import cache_home, load
from ..errors import SetupError, UsageError
from ..evaluate.bootstrap import percentile
from ..evaluate.record import Header, Outcome, Record, header_for, open_record
from ..evaluate.retrieval import Means, Skipped, measure
from ..evaluate.summary import Figure, by_files_fixed, by_repository, figures, peak_mb, to_json
from ..evaluate.tasks import Task, chosen, read
from ..index.vectors.choose import chosen_model
from ..models.choose import choose
from .options import SOLVED, Verbs

_NAMES = {
    "file_accuracy": "file accuracy @{}",
    "file_recall": "file recall @{}",
    "function_accuracy": "function accuracy @{}",
    "line_recall": "line recall in {} tokens",
}
_FIXED = {"one": "fixed in one file", "several": "fixed in several"}
_WIDTH = 110
_IN_PART = (
    ("file @1", "file_accuracy", 1),
    ("@5", "file_accuracy", 5),
    ("@10", "file_accuracy", 10),
    ("func. @5", "function_accuracy", 5),
    ("@10", "function_accuracy", 10),
    ("lines 8k", "line_recall", 8000),
    ("16k", "line_recall", 16000),
    ("32k", "line_recall", 32000),
)


def add_to(verbs: Verbs) -> None:
    """Adds the verb."""
    evaluate = verbs.add_parser("evaluate", help="measure Genie on real tasks")
    acts = evaluate.add_subparsers(required=True, metavar="WHAT")
    retrieval = acts.add_parser("retrieval", help="how much of what a real fix changed a search finds")
    retrieval.add_argument("--tasks", type=Path, required=True, metavar="FILE", help="tasks as JSON lines")
    retrieval.add_argument(
        "--repos", type=Path, required=True, metavar="DIR", help="bare repositories, owner+name or owner/name"
    )
    retrieval.add_argument("--json", action="store_true", help="print one JSON object")
    retrieval.add_argument(
        "--per-task", type=Path, metavar="FILE", help="a line for each task; a later run goes on from it"
    )
    retrieval.add_argument("--fresh", action="store_true", help="measure everything anew")
    retrieval.add_argument(
        "--vectors",
        metavar="MODEL",
        help='search by meaning with this model; "off": don\'t (as set)',
    )
    retrieval.add_argument("--model", metavar="NAME", help="let this model write the code to look for")
    retrieval.add_argument("--base-url", metavar="URL", help="the OpenAI-compatible server that has it")
    retrieval.add_argument("--only", default="", metavar="REPO", help="only tasks of owner/name")
    retrieval.add_argument("--limit", type=int, metavar="N", help="a sample of N tasks, evenly spread")
    retrieval.set_defaults(verb=_retrieval)


def _retrieval(options: argparse.Namespace) -> int:
    if options.limit is not None and options.limit < 1:
        raise UsageError("--limit must be at least 1.")
    if not options.repos.is_dir():
        raise UsageError(f"There is no folder {options.repos}.")
    tasks = read(options.tasks)
    wanted = chosen(tasks.tasks, options.only, options.limit)
    means = _means(options)
    header = header_for(tasks.hash, means.vectors, options.model or "")
    path = options.per_task or _usual_record(header)
    with open_record(path, header, options.fresh) as record:
        try:
            outcomes, skipped = _measure(wanted, options.repos, record, means)
        except KeyboardInterrupt:
            sys.stderr.write(f"\nStopped. The same command goes on from {path}.\n")
            raise
    _tell_what_lacks(outcomes, skipped, options.tasks)
    if options.json:
        sys.stdout.write(json.dumps(to_json(outcomes, len(skipped)), ensure_ascii=False) + "\n")
    else:
        _show(outcomes, path)
    return SOLVED


def _tell_what_lacks(outcomes: Sequence[Outcome], skipped: Sequence[Skipped], tasks: Path) -> None:
    """Raises SetupError when nothing was measured."""
    for one in skipped:
        sys.stderr.write(f"skipped {one.task.id} ({tasks}): {one.why}\n")
    if not outcomes:
        raise SetupError(f"Nothing could be measured: all {len(skipped)} tasks were skipped.")
    if skipped:
        sys.stderr.write(f"{len(skipped)} of {len(skipped) + len(outcomes)} tasks were skipped.\n")
    lacking = sum(one.absent > 0 for one in outcomes)
    if lacking:
        sys.stderr.write(
            f"{lacking} tasks were measured without some contents that their repositories lack.\n"
        )


def _usual_record(header: Header) -> Path:
    models = (header.vectors, re.sub(r"\W+", "-", header.model))
    name = "-".join(filter(None, ("retrieval", header.tasks[:12], header.code, *models)))
    return cache_home() / "evaluate" / f"{name}.jsonl"


def _means(options: argparse.Namespace) -> Means:
    """The models that were asked for. Raises UsageError, SetupError."""
    settings = load()
    vectors = chosen_model(options.vectors or settings.index.vectors)
    if not options.model:
        return Means(vectors)
    url = options.base_url or settings.model.base_url
    wish = replace(settings.model, name=options.model, base_url=url)
    choose(wish)
    # Each with a model of its own: its connections end with the loop that made them.
    return Means(vectors, lambda text: asyncio.run(hypothesis(choose(wish), text)))


def _measure(
    wanted: Sequence[Task], repositories: Path, record: Record, means: Means
) -> tuple[list[Outcome], list[Skipped]]:
    known = set(record.outcomes)
    outcomes: list[Outcome] = []
    skipped: list[Skipped] = []
    for number, one in enumerate(measure(wanted, repositories, record, means), 1):
        if isinstance(one, Skipped):
            skipped.append(one)
            continue
        outcomes.append(one)
        if one.instance_id not in known:
            sys.stderr.write(f"{number}/{len(wanted)} {one.instance_id}: {_in_short(one)}\n")
    return outcomes, skipped


def _in_short(one: Outcome) -> str:
    found = ", ".join(str(rank) if rank else "not found" for rank in one.files.values()) or "none to find"
    lines = f"{one.lines['16000']:.0%}" if one.lines else "none"
    return f"files {found}; lines in 16k {lines}; {one.search_ms:.0f} ms"


def _show(outcomes: Sequence[Outcome], path: Path) -> None:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)
    console.print(_overall(figures(outcomes)))
    fixed = {_FIXED[name]: own for name, own in by_files_fixed(outcomes).items()}
    console.print(_by_part(fixed, by_repository(outcomes)))
    times = [outcome.search_ms for outcome in outcomes]
    updates = [outcome.update_seconds for outcome in outcomes]
    console.print(
        f"{len(outcomes)} tasks. One warm search with 16,000 tokens: {percentile(times, 0.5):.0f} ms (p50), "
        f"{percentile(times, 0.95):.0f} ms (p95). Bringing the index to a commit: "
        f"{percentile(updates, 0.5):.1f} s (p50), {max(updates):.1f} s at most. "
        f"Peak memory: {peak_mb(outcomes):.0f} MB."
    )
    console.print(f"Task by task: {path}", soft_wrap=True)


def _overall(found: Sequence[Figure]) -> Table:
    table = Table("", "tasks", "mean", "95 % interval", box=SIMPLE)
    for column in table.columns[1:]:
        column.justify = "right"
    last = ""
    for figure in found:
        if last not in ("", figure.group):
            table.add_section()
        last = figure.group
        name = _NAMES[figure.group].format(f"{figure.at:,}")
        spread = f"{100 * figure.low:.1f} – {100 * figure.high:.1f}"
        table.add_row(name, str(figure.n), f"{100 * figure.mean:.1f}", spread)
    return table


def _by_part(*parts: Mapping[str, Sequence[Outcome]]) -> Table:
    table = Table("", "tasks", *(name for name, _, _ in _IN_PART), box=SIMPLE)
    for column in table.columns[1:]:
        column.justify = "right"
    for part in parts:
        for name, own in part.items():
            means = {(figure.group, figure.at): f"{100 * figure.mean:.0f}" for figure in figures(own)}
            table.add_row(name, str(len(own)), *(means.get((group, at), "–") for _, group, at in _IN_PART))
        table.add_section()
    return table
