"""Draws mutants evenly over the operators of a library, of those that the library's own tests kill."""

import json
import random
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from libraries import FOLDER, LIBRARIES, Library, fails, laid_out, modules, mutation_python

SEED = 20261125
_MAKING = Path(__file__).with_name("making.py")
_KILLED = FOLDER / "killed.jsonl"


@dataclass(frozen=True)
class Mutant:
    """The `occurrence`th mutation that an operator of cosmic-ray makes in a module."""

    library: str
    module: str
    operator: str
    occurrence: int
    line: int

    @property
    def id(self) -> str:
        """What `--mutant` takes."""
        return f"{self.library}:{self.module}:{self.operator.split('/')[-1]}:{self.occurrence}"

    @property
    def family(self) -> str:
        """The operator without what it replaces by what."""
        return self.operator.split("/")[-1].split("_")[0]


def drawn(number: int, seed: int = SEED) -> list[Mutant]:
    """`number` mutants that tests kill, evenly over the libraries. A smaller draw begins alike."""
    shares = [number // len(LIBRARIES) + (i < number % len(LIBRARIES)) for i in range(len(LIBRARIES))]
    columns = [_killed(library, share, seed) for library, share in zip(LIBRARIES, shares, strict=True)]
    return [column[row] for row in range(max(shares)) for column in columns if row < len(column)]


def named(name: str) -> Mutant:
    """The mutant with this id. Raises SystemExit where there is none."""
    for library in LIBRARIES:
        if name.startswith(f"{library.sdist.name}:"):
            with TemporaryDirectory(prefix="genie-bench-") as folder:
                mutants = _all(library, laid_out(library, Path(folder)))
            found = [mutant for mutant in mutants if mutant.id == name]
            if found:
                return found[0]
    raise SystemExit(f"There is no mutant {name}: ids stand in the first column of the table.")


def mutated(mutant: Mutant, tree: Path) -> str | None:
    """The module's text with the mutation."""
    words = ["make", str(tree / mutant.module), mutant.operator, str(mutant.occurrence)]
    text: str | None = json.loads(_making(words))
    return text


def _killed(library: Library, number: int, seed: int) -> list[Mutant]:
    known = _known()
    found: list[Mutant] = []
    with TemporaryDirectory(prefix="genie-bench-") as folder:
        tree = laid_out(library, Path(folder))
        for mutant in _in_turn(_all(library, tree), seed):
            if len(found) == number:
                break
            if mutant.id not in known:
                known[mutant.id] = _is_killed(mutant, tree)
                with _KILLED.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"id": mutant.id, "killed": known[mutant.id]}) + "\n")
            found += [mutant] if known[mutant.id] else []
    return found


def _known() -> dict[str, bool]:
    lines = _KILLED.read_text("utf-8").splitlines() if _KILLED.exists() else []
    return {row["id"]: row["killed"] for row in map(json.loads, lines)}


def _is_killed(mutant: Mutant, tree: Path) -> bool:
    path = tree / mutant.module
    original = path.read_text("utf-8")
    text = mutated(mutant, tree)
    if text is None or text == original:
        return False
    path.write_text(text, "utf-8")
    try:
        return fails(tree)
    finally:
        path.write_text(original, "utf-8")


def _all(library: Library, tree: Path) -> list[Mutant]:
    """Every mutation that there could be."""
    rows = map(
        json.loads, _making(["list", *(str(tree / path) for path in modules(library, tree))]).splitlines()
    )
    return [
        Mutant(
            library.sdist.name,
            str(Path(row["file"]).relative_to(tree)),
            row["operator"],
            row["occurrence"],
            row["line"],
        )
        for row in rows
    ]


def _in_turn(mutants: list[Mutant], seed: int) -> Iterator[Mutant]:
    """One of each family after the other; the seed makes the order of families and within them."""
    chance = random.Random(seed)
    families: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        families[mutant.family].append(mutant)
    order = sorted(families)
    chance.shuffle(order)
    for name in order:
        chance.shuffle(families[name])
    while any(families.values()):
        yield from (families[name].pop() for name in order if families[name])


def _making(words: list[str]) -> str:
    command = [str(mutation_python()), "-I", str(_MAKING), *words]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
