"""One mutant: laid out as a fresh repository, given to `genie solve`, and what came of it looked at."""

import ast
import resource
import shlex
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from drawing import Mutant, mutated
from libraries import FOLDER, LIBRARIES, TEST, Library, laid_out, passing
from running import changed, outcome, solve
from sdist import commit

TASK = "Some tests fail since the last change. Find the bug and repair it."


@dataclass(frozen=True)
class Row:
    """How one mutant went. `verdict` is "equal" to the original, "other" (its tests pass, the code differs),
    "broken" (said to be solved, but tests of the original fail) or "unsolved".

    `seconds` are of the clock, `cpu_seconds` those of all processes together.
    """

    id: str
    library: str
    family: str
    line: int
    verdict: str
    reason: str
    tried: int
    seconds: float
    cpu_seconds: float
    mutation: str
    change: str

    @property
    def solved(self) -> bool:
        """Whether all tests that the original passed pass again."""
        return self.verdict in ("equal", "other")


def solved(mutant: Mutant, seconds: float) -> Row:
    """Has the mutant solved within so many seconds, where no configuration of ours lies above it."""
    library = next(one for one in LIBRARIES if one.sdist.name == mutant.library)
    with (
        TemporaryDirectory(prefix="genie-bench-") as folder,
        TemporaryDirectory(prefix="genie-home-") as home,
    ):
        tree = laid_out(library, Path(folder))
        path = tree / mutant.module
        original, text = path.read_text("utf-8"), mutated(mutant, tree) or ""
        wanted = _wanted(library, tree)
        path.write_text(text, "utf-8")
        commit(tree, "Work")
        began, cpu = time.monotonic(), _cpu()
        events = solve(tree, Path(home), TASK, shlex.join(TEST), ("--seconds", str(seconds)))
        spent, burnt = time.monotonic() - began, _cpu() - cpu
        claimed, tried = outcome(events)
        verdict = _verdict(claimed, _same(path.read_text("utf-8"), original), wanted <= passing(tree))
        return Row(
            mutant.id, mutant.library, mutant.family, mutant.line, verdict,
            "" if claimed else _reason(events), tried, round(spent, 1), round(burnt, 1),
            _mutation(original, text), changed(tree),
        )  # fmt: skip


def _wanted(library: Library, tree: Path) -> frozenset[str]:
    """The tests that the original passes, counted once and kept."""
    file = FOLDER / f"{library.sdist.stem}.passing"
    if not file.exists():
        file.write_text("\n".join(sorted(passing(tree))), "utf-8")
    return frozenset(file.read_text("utf-8").splitlines())


def _verdict(claimed: bool, same: bool, passes: bool) -> str:
    if not claimed:
        return "unsolved"
    return "broken" if not passes else "equal" if same else "other"


def _same(one: str, two: str) -> bool:
    return ast.dump(ast.parse(one)) == ast.dump(ast.parse(two))


def _mutation(original: str, text: str) -> str:
    old, new = original.splitlines(), text.splitlines()
    pairs = [(a.strip(), b.strip()) for a, b in zip(old, new, strict=False) if a != b]
    return f"{pairs[0][0]} → {pairs[0][1]}" if pairs else ""


def _reason(events: list[dict[str, Any]]) -> str:
    """The first sentence of what Genie says at the end."""
    said = [
        event.get("summary") or event.get("reason") or "" for event in events if event["kind"] == "Finished"
    ]
    return str(said[-1]).split(". ")[0][:160] if said else "it didn't come to an end"


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
