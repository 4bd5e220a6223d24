"""Measures whether edits land where they were meant: `python bench/edits --repos DIR [--recorded DIR]`.

Cases are made of real commits with the errors that models make (errors.py), and recorded answers of models
are taken from a git directory. Other appliers run beside. The last line is JSON.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ours
from cases import made_cases
from fuzz import fuzzed
from judging import Case, judged
from others import peer_verdicts
from recorded import recorded_summary
from writing import FORMS

SEED = 20261125
_VERDICTS = ("right", "refused", "wrong")
Verdicts = Mapping[str, tuple[str, str]]
"""By the case's name: the verdict, and why."""


def main() -> None:
    """Runs all that is asked for, tells tables, and ends in one line of JSON."""
    options = _options()
    began = time.perf_counter()
    cases = made_cases(options.repos, options.cases, options.seed)
    mine = {case.name: judged(case, ours.outcome(case)) for case in cases}
    peers = {} if options.no_peers else peer_verdicts(cases)
    _tell("format", FORMS, lambda case: case.form, cases, mine, peers)
    errors = sorted({_error(case) for case in cases})
    _tell("error", errors, _error, cases, mine, peers)
    _list(cases, mine, options.failures)
    line = _shares(cases, mine)
    line |= fuzzed(cases, options.fuzz, options.seed, options.processes, options.failures)
    if options.recorded:
        line["recorded"] = recorded_summary(
            options.recorded, options.trees or [options.repos], options.failures
        )
    line["peers"] = {name: _counts(verdicts.values()) for name, verdicts in peers.items()}
    line["seconds"] = round(time.perf_counter() - began)
    print(json.dumps(line))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repos", type=Path, required=True, help="a folder of bare repositories, owner+name")
    parser.add_argument(
        "--recorded", type=Path, help="a bare git directory of AutoCodeRoverSG/auto-code-rover"
    )
    parser.add_argument(
        "--trees", type=Path, nargs="*", help="folders with the repositories of recorded edits"
    )
    parser.add_argument("--cases", type=int, default=3000)
    parser.add_argument("--fuzz", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--failures", type=Path, help="a folder for all cases that aren't right, one file each"
    )
    parser.add_argument("--no-peers", action="store_true")
    return parser.parse_args()


def _error(case: Case) -> str:
    return case.error.split(" + ")[0]


def _tell(
    title: str,
    rows: Sequence[str],
    row: Callable[[Case], str],
    cases: Sequence[Case],
    mine: Verdicts,
    peers: Mapping[str, Verdicts],
) -> None:
    """A table: of how many cases right / refused / wrong, Genie's and each peer's."""
    print(f"\n| {title} | cases | to refuse | Genie |", *(f" {name} |" for name in peers))
    print("|---" * (4 + len(peers)) + "|")
    for name in rows:
        some = [case for case in cases if row(case) == name]
        cells = [_cell(some, verdicts) for verdicts in (mine, *peers.values())]
        print(f"| {name} | {len(some)} | {sum(case.refuse for case in some)} | {' | '.join(cells)} |")


def _cell(cases: Sequence[Case], verdicts: Verdicts) -> str:
    found = Counter(verdicts[case.name][0] for case in cases if case.name in verdicts)
    return " / ".join(str(found[verdict]) for verdict in _VERDICTS) if found else "–"


def _shares(cases: Sequence[Case], mine: Verdicts) -> dict[str, Any]:
    """`right` and `refused` are of the cases with one right place, `wrong` of all."""
    placed = [case for case in cases if not case.refuse]
    count = Counter((case.refuse, mine[case.name][0]) for case in cases)
    return {
        "cases": len(cases),
        "right": round(count[False, "right"] / max(1, len(placed)), 4),
        "wrong": round((count[False, "wrong"] + count[True, "wrong"]) / max(1, len(cases)), 4),
        "refused": round(count[False, "refused"] / max(1, len(placed)), 4),
        "must_refuse": len(cases) - len(placed),
    }


def _counts(verdicts: Any) -> dict[str, int]:
    found = Counter(verdict for verdict, _ in verdicts)
    return {"cases": sum(found.values()), **{verdict: found[verdict] for verdict in _VERDICTS}}


def _list(cases: Sequence[Case], mine: Verdicts, folder: Path | None) -> None:
    """Wrong cases to stderr; with a folder every case that failed goes there, whole."""
    for case in cases:
        verdict, why = mine[case.name]
        if verdict == "wrong":
            print(f"wrong: {case.name} {case.form}, {case.error} ({case.source}): {why}", file=sys.stderr)
        if folder and (verdict == "wrong" or (verdict == "refused" and not case.refuse)):
            place = folder / verdict / f"{case.name} {case.form} {case.error}".replace("/", "-")
            place.mkdir(parents=True, exist_ok=True)
            (place / "answer.md").write_text(f"{case.answer}\n\n<<{why}>>\n", "utf-8", "replace", newline="")
            for number, path in enumerate(sorted({*case.files, *case.landing})):
                name = f"{number}-{path.rsplit('/', 1)[-1]}"
                (place / f"before-{name}").write_bytes(case.files.get(path, b""))
                (place / f"meant-{name}").write_bytes(case.landing.get(path, case.files.get(path)) or b"")


if __name__ == "__main__":
    main()
