"""Measures the offline engine on HumanEvalFix: `HUMANEVALFIX=FILE python bench/offline/humanevalfix.py`.

FILE is humanevalpack.jsonl (Python) of bigcode-project/octopack (Muennighoff et al., OctoPack, 2023): 164
small functions, each with a bug put in by hand. Each assertion of a program's check is a test of its own,
since suspicion needs tests that pass, too. STEP 4 takes every fourth. The last line is JSON.
"""

import ast
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from running import changed, make_home, outcome, repository, solve


def main(step: int) -> None:
    """Measures and prints a table."""
    file = os.environ.get("HUMANEVALFIX", "")
    if not Path(file).is_file():
        sys.exit("HUMANEVALFIX must name the file humanevalpack.jsonl (Python) of bigcode-project/octopack.")
    rows = [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()][1::step]
    kinds: Counter[str] = Counter()
    solved, seconds = 0, 0.0
    print("| program | kind of bug | solved | tried | seconds | change |\n|---|---|---|---|---|---|")
    with TemporaryDirectory(prefix="genie-bench-") as home:
        make_home(Path(home))
        for row in rows:
            good, spent = measure(row, Path(home))
            solved, seconds = solved + good, seconds + spent
            kinds[row["bug_type"]] += good
    result = {"solved": solved, "total": len(rows), "seconds": round(seconds, 1), "kinds": dict(kinds)}
    print(json.dumps(result))


def measure(row: dict[str, Any], home: Path) -> tuple[bool, float]:
    """Solves one program and prints its line."""
    with TemporaryDirectory(prefix="humanevalfix-") as name:
        folder = Path(name)
        (folder / "solution.py").write_text(row["prompt"] + row["buggy_solution"], "utf-8")
        (folder / "test_solution.py").write_text(tests(row["test"], row["entry_point"]), "utf-8")
        repository(folder)
        began = time.monotonic()
        solved, tried = outcome(solve(folder, home))
        seconds = time.monotonic() - began
        change = changed(folder).replace("|", "\\|")
        cells = [row["task_id"], row["bug_type"], "yes" if solved else "no", str(tried), f"{seconds:.1f}"]
        print(f"| {' | '.join([*cells, f'`{change}`' if change else ''])} |", flush=True)
        return solved, seconds


def tests(check: str, name: str) -> str:
    """A test file with one test for each assertion of `check`, what stands between them in every test."""
    tree = ast.parse(check)
    body = next(node.body for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "check")
    asserts = [node for node in body if isinstance(node, ast.Assert)]
    setup = [node for node in body if not isinstance(node, ast.Assert)]
    parts = [
        "import math\nimport random\n\nimport solution\nfrom solution import *\n"
        f"from solution import {name}\n"
    ]
    for number, one in enumerate(asserts or [None]):
        lines = [ast.unparse(node) for node in [*setup, one] if node is not None]
        text = "\n".join([f"candidate = {name}", *lines]).replace("\n", "\n    ")
        parts.append(f"\n\ndef test_{number}():\n    {text}\n")
    return "".join(parts)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
