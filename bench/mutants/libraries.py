"""The libraries whose mutants are repaired: pure Python, with their tests in the archive, pinned by hash."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "scripts"), str(ROOT / "bench"), str(ROOT / "bench" / "offline")]
from own_environment import python_of  # noqa: E402
from sdist import Sdist, environment, fetched, unpacked  # noqa: E402

FOLDER = ROOT / "build" / "mutants"
TEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
_HANGS = 60.0


@dataclass(frozen=True)
class Library:
    """`package` is the folder whose modules are mutated, those that have tests of their own.

    `unusable` names files that are taken out, since today's pytest can't read them.
    """

    sdist: Sdist
    package: str
    unusable: tuple[str, ...] = ()


LIBRARIES = (
    Library(
        Sdist("boltons", "25.0.0", "e110fbdc30b7b9868cb604e3f71d4722dd8f4dcb4a5ddd06028ba8f1ab0b5ace"),
        "boltons",
        unusable=("tests/conftest.py",),
    ),
    Library(
        Sdist("inflection", "0.5.1", "1a29730d366e996aaacffb2f1f1cb9593dc38e2ddd30c91250c6dde09ea9b417"),
        "inflection",
    ),
    Library(
        Sdist("toolz", "1.0.0", "2c86e3d9a04798ac556793bced838816296a2f085017664e4995cb40a1047a02"),
        "toolz",
    ),
)


def mutation_python() -> Path:
    """The interpreter that has cosmic-ray and what builds the libraries. Exits where it can't be had."""
    python = python_of(FOLDER / "cosmic-ray", Path(__file__).with_name("requirements.lock"))
    if python is None:
        sys.exit("cosmic-ray can't be installed: pip's words are above. Is the network there?")
    return python


def laid_out(library: Library, folder: Path) -> Path:
    """A fresh tree of the library below `folder`."""
    archive = fetched(library.sdist, FOLDER / "sdists", str(mutation_python()))
    tree = unpacked(archive, library.sdist, folder)
    for path in library.unusable:
        (tree / path).unlink()
    return tree


def modules(library: Library, tree: Path) -> list[str]:
    """The paths of the modules that have a test file of their name, relative to the tree."""
    tested = {path.stem.removeprefix("test_") for path in tree.rglob("test_*.py")}
    found = sorted((tree / library.package).glob("*.py"))
    named = {path: library.package if path.stem == "__init__" else path.stem.strip("_") for path in found}
    return [str(path.relative_to(tree)) for path, name in named.items() if name in tested]


def passing(tree: Path) -> frozenset[str]:
    """The tests that pass; those of which one of several with the same name fails aren't among them."""
    report = tree / ".report.xml"
    report.unlink(missing_ok=True)
    _run([*TEST, f"--junitxml={report}"], tree)
    if not report.exists():
        return frozenset()
    passed, bad = set(), set()
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        (bad if any(child.tag in ("failure", "error", "skipped") for child in case) else passed).add(name)
    report.unlink()
    return frozenset(passed - bad)


def fails(tree: Path) -> bool:
    """Whether a test fails, or the tests hang."""
    return _run([*TEST, "-x"], tree) != 0


def _run(command: Sequence[str], tree: Path) -> int:
    quiet = {"PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=tree, env=environment() | quiet, capture_output=True, check=False, timeout=_HANGS
        )
    except subprocess.TimeoutExpired:
        return -1
    return done.returncode
