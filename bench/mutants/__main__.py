"""Measures the offline engine on mutants: `python bench/mutants [--limit N] [--mutant ID …]`.

cosmic-ray mutates three libraries; of the mutants that a library's own tests kill 200 are drawn, evenly
over libraries and operators, and `genie solve` runs on each as a user would run it. What is known already
is kept in a file of JSON lines, so that a run which was stopped goes on. The last line is JSON.
"""

import argparse
import json
import statistics
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from drawing import SEED, drawn, named
from libraries import FOLDER
from solving import Row, solved

HEADER = (
    "| mutant | verdict | tried | s | CPU s | mutation | change or reason |\n|---|---|---|---|---|---|---|"
)


def main() -> None:
    """Measures what is left to measure, and sums all up."""
    options = _options()
    mutants = [named(one) for one in options.mutant] or drawn(options.limit, options.seed)
    known = {} if options.mutant else _kept(options.results)
    print(HEADER)
    rows = []
    for mutant in mutants:
        row = known.get(mutant.id) or solved(mutant, options.seconds)
        if mutant.id not in known and not options.mutant:
            with options.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(row)) + "\n")
        rows.append(row)
        print(_told(row), flush=True)
    for title, key in (("library", _library), ("operator", _family)):
        _table(title, key, rows)
    print(json.dumps(_summary(rows) | {"limit_seconds": options.seconds, "seed": options.seed}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=200, metavar="N", help="so many mutants, spread evenly")
    parser.add_argument("--mutant", action="append", default=[], metavar="ID", help="this one alone")
    parser.add_argument("--seconds", type=float, default=60.0, help="the limit of each run, by the clock")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--results", type=Path, default=FOLDER / "results.jsonl", help="what is known already"
    )
    return parser.parse_args()


def _kept(file: Path) -> dict[str, Row]:
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return {row.id: row for row in (Row(**json.loads(line)) for line in lines)}


def _told(row: Row) -> str:
    cells = [row.id, row.verdict, str(row.tried), f"{row.seconds:.0f}", f"{row.cpu_seconds:.0f}"]
    code = [f"`{text}`" if text else "" for text in (row.mutation, row.change)]
    cells += [code[0], row.reason or code[1]]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _library(row: Row) -> str:
    return row.library


def _family(row: Row) -> str:
    return row.family


def _table(title: str, key: Callable[[Row], str], rows: list[Row]) -> None:
    print(
        f"\n| {title} | mutants | solved | equal | other | broken | unsolved |\n|---|---|---|---|---|---|---|"
    )
    for name in sorted({key(row) for row in rows}):
        mine = [row for row in rows if key(row) == name]
        print(f"| {name} | {' | '.join(str(number) for number in _counts(mine).values())} |")


def _counts(rows: list[Row]) -> dict[str, int]:
    verdicts = {
        name: sum(row.verdict == name for row in rows) for name in ("equal", "other", "broken", "unsolved")
    }
    return {"mutants": len(rows), "solved": sum(row.solved for row in rows)} | verdicts


def _summary(rows: list[Row]) -> dict[str, float]:
    counts: dict[str, float] = dict(_counts(rows))
    counts["share_solved"] = round(counts["solved"] / max(len(rows), 1), 3)
    counts["tried"] = sum(row.tried for row in rows)
    for name, values in (
        ("seconds", [row.seconds for row in rows]),
        ("cpu_seconds", [row.cpu_seconds for row in rows]),
    ):
        counts[f"{name}_median"] = round(statistics.median(values or [0]), 1)
        counts[name] = round(sum(values), 1)
    return counts


if __name__ == "__main__":
    main()
