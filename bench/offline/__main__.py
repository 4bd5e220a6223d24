"""Measures the offline engine on QuixBugs: `QUIXBUGS=DIR python bench/offline [PROGRAM …]`.

Every program is solved by `genie solve` as a user would run it, in a repository that holds only the buggy
program and its tests. "solved": all its tests pass in the end. "agree": solved, and the same answers as the
reference on inputs that are not among the tests. Writes nothing into this repository; the last line is JSON.
"""

import json
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import graphs
import inputs
import quixbugs
from running import changed, make_home, outcome, solve

SEED = 20170101
FURTHER = 150
HEADER = "| program | solved | agrees | compared | tried | seconds | change |\n|---|---|---|---|---|---|---|"
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Row:
    """How one program went. `different` counts further inputs on which the reference answers otherwise."""

    name: str
    solved: bool
    compared: int
    different: int
    tried: int
    seconds: float
    change: str

    @property
    def agrees(self) -> bool:
        """Whether the repair also holds beyond the tests."""
        return self.solved and self.compared > 0 and not self.different


def main(wanted: list[str]) -> None:
    """Measures all programs, or those that are named."""
    rows = []
    with quixbugs.checkout() as source, TemporaryDirectory(prefix="genie-bench-") as home:
        make_home(Path(home))
        print(HEADER)
        for name in wanted or quixbugs.programs(source):
            rows.append(measure(source, name, Path(home)))
            print(told(rows[-1]), flush=True)
    solved, agree = sum(row.solved for row in rows), sum(row.agrees for row in rows)
    seconds = round(sum(row.seconds for row in rows), 1)
    tried = sum(row.tried for row in rows)
    print(
        json.dumps({"solved": solved, "agree": agree, "total": len(rows), "tried": tried, "seconds": seconds})
    )


def measure(source: Path, name: str, home: Path) -> Row:
    """Solves one program and looks at what came of it."""
    with TemporaryDirectory(prefix=f"quixbugs-{name}-") as folder:
        program = quixbugs.lay_out(source, name, Path(folder))
        began = time.monotonic()
        solved, tried = outcome(solve(Path(folder), home))
        seconds = time.monotonic() - began
        compared, different = agreement(source, name, program) if solved else (0, 0)
        return Row(name, solved, compared, different, tried, seconds, changed(Path(folder)))


def agreement(source: Path, name: str, program: Path) -> tuple[int, int]:
    """On how many further inputs the program was compared with its reference, and on how many they differ."""
    tests = quixbugs.test_inputs(source, name)
    if tests:
        further: list[object] = [*inputs.mutants(tests, FURTHER, SEED)]
    else:
        chance = random.Random(SEED)
        further = [graphs.GENERATORS[name](chance) for _ in range(FURTHER)]
    reference = source / "correct_python_programs" / f"{name}.py"
    command = [sys.executable, "-I", str(HERE / "compare.py"), name, str(program), str(reference)]
    done = subprocess.run(command, input=json.dumps(further), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name} can't be compared with its reference: {done.stderr.strip()}")
    answer = json.loads(done.stdout)
    return answer["compared"], answer["count"]


def told(row: Row) -> str:
    """One line of the table."""
    agrees = "yes" if row.agrees else f"no, {row.different} differ" if row.solved else ""
    change = row.change.replace("|", "\\|")
    cells = [row.name, "yes" if row.solved else "no", agrees, str(row.compared), str(row.tried)]
    return f"| {' | '.join([*cells, f'{row.seconds:.1f}', f'`{change}`' if change else ''])} |"


if __name__ == "__main__":
    main(sys.argv[1:])
