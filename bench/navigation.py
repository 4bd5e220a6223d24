"""Going to definitions: language servers beside the index, which goes by names alone.

python bench/navigation.py FOLDER [--server COMMAND]…

FOLDER is a checkout of a Python project (a git repository). The questions are sampled uses of three kinds.
The syntax alone proves where two of them are defined: names imported from another file of the project, which
defines them once, and calls of `self.method()` where all classes up to the one that defines the method are
the project's own. The third, calls of a method of any other object that the project defines somewhere, are
put only where the first two `--server`s are given and agree: so these two are judges there, not judged.
"""

import argparse
import ast
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import psutil

from genie_engineer.config import CommandLimits, NavigationSettings
from genie_engineer.errors import NavigationError
from genie_engineer.index.index import open_index
from genie_engineer.navigation.places import Place
from genie_engineer.navigation.pool import Pool
from genie_engineer.workbench.command import reader
from genie_engineer.workbench.copy import Workbench, discard, make
from genie_engineer.workbench.files import paths, read
from genie_engineer.workbench.sandbox import detect

SEED = 3
EACH = 100
OTHER = "other.method"


@dataclass(frozen=True)
class Question:
    """A use, the name as it stands there, and the file and line (1-based) of its `def` or `class`."""

    place: Place
    name: str
    path: str
    line: int


@dataclass(frozen=True)
class Score:
    """What came of all questions. `right`: the first answer is the definition."""

    answered: int
    right: int
    seconds: list[float]


class Project:
    """The syntax of all Python files, and what can be said of names from it."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.trees = {path: tree for path, text in texts.items() if (tree := _parsed(text))}
        self.modules = {_module(path): path for path in self.trees}
        self.defined = {path: _definitions(tree) for path, tree in self.trees.items()}
        self.imported = {path: dict(self._imports(path)) for path in self.trees}
        functions = [node for tree in self.trees.values() for node in ast.walk(tree)]
        self.functions = {node.name for node in functions if isinstance(node, _FUNCTION)}

    def _imports(self, path: str) -> Iterator[tuple[str, tuple[str, str]]]:
        package = _module(path).split(".") + (["__init__"] if path.endswith("__init__.py") else [])
        for node in self.trees[path].body:
            if isinstance(node, ast.ImportFrom):
                above = package[: -node.level] if node.level else []
                source = self.modules.get(".".join([*above, *([node.module] if node.module else [])]))
                for alias in node.names:
                    if source and alias.name in self.defined[source]:
                        yield alias.asname or alias.name, (source, alias.name)

    def lookup(self, path: str, name: str) -> tuple[str, ast.stmt] | None:
        """The file and statement that define a module's name, defined once, here or where it is imported."""
        source, original = self.imported[path].get(name, (path, name))
        found = self.defined[source].get(original, [])
        return (source, found[0]) if len(found) == 1 else None

    def method(self, path: str, cls: ast.ClassDef, name: str, depth: int = 0) -> tuple[str, int] | None:
        """Who defines a method, by way of single inheritance within the project."""
        own = [one for one in ast.walk(cls) if isinstance(one, _FUNCTION) and one.name == name]
        if own or depth > 10:
            return (path, own[0].lineno) if len(own) == 1 else None
        if len(cls.bases) != 1 or not isinstance(cls.bases[0], ast.Name):
            return None
        found = self.lookup(path, cls.bases[0].id)
        if found is None or not isinstance(found[1], ast.ClassDef):
            return None
        return self.method(found[0], found[1], name, depth + 1)


_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def questions(project: Project) -> dict[str, list[Question]]:
    """EACH of each kind, by a fixed seed. What is not yet known of a definition is ("", 0)."""
    chance = random.Random(SEED)
    kinds = {"imported name": _imported, "self.method": _methods, OTHER: _others}
    found = {kind: [one for path in project.trees for one in of(project, path)] for kind, of in kinds.items()}
    return {kind: chance.sample(some, min(EACH, len(some))) for kind, some in found.items()}


def _imported(project: Project, path: str) -> Iterator[Question]:
    bound = {
        node.id for node in ast.walk(project.trees[path]) if isinstance(node, ast.Name) and _is_store(node)
    } | {node.arg for node in ast.walk(project.trees[path]) if isinstance(node, ast.arg)}
    for node in ast.walk(project.trees[path]):
        if not isinstance(node, ast.Name) or node.id in bound or node.id not in project.imported[path]:
            continue
        target = project.lookup(path, node.id)
        if target and isinstance(target[1], (*_FUNCTION, ast.ClassDef)):
            place = Place(path, node.lineno, node.col_offset + 1)
            yield Question(place, node.id, target[0], target[1].lineno)


def _methods(project: Project, path: str) -> Iterator[Question]:
    for cls in ast.walk(project.trees[path]):
        if not isinstance(cls, ast.ClassDef):
            continue
        for node in (inner for method in cls.body for inner in ast.walk(method)):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "self"
            ):
                target = project.method(path, cls, node.attr)
                if target:
                    place = Place(path, node.end_lineno or 0, (node.end_col_offset or 0) - len(node.attr) + 1)
                    yield Question(place, f"self.{node.attr}", *target)


def _others(project: Project, path: str) -> Iterator[Question]:
    for node in ast.walk(project.trees[path]):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        called, holder = node.func, node.func.value
        if isinstance(holder, ast.Name) and holder.id in ("self", "cls"):
            continue
        if called.attr in project.functions and called.attr.isascii():
            column = (called.end_col_offset or 0) - len(called.attr) + 1
            yield Question(Place(path, called.end_lineno or 0, column), ast.unparse(called), "", 0)


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


def _is_store(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store | ast.Del)


def _module(path: str) -> str:
    parts = [part for part in Path(path).with_suffix("").parts if part != "__init__"]
    return ".".join(parts[1:] if parts[:1] in (["src"], ["lib"]) else parts)


def _definitions(tree: ast.Module) -> dict[str, list[ast.stmt]]:
    found: dict[str, list[ast.stmt]] = {}
    for node in tree.body:
        names = [node.name] if isinstance(node, (*_FUNCTION, ast.ClassDef)) else []
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.Try | ast.If):
            names = [one.id for one in ast.walk(node) if isinstance(one, ast.Name) and _is_store(one)]
            names += [one.name for one in ast.walk(node) if isinstance(one, (*_FUNCTION, ast.ClassDef))]
        for name in names:
            found.setdefault(name, []).append(node)
    return found


def _text(bench: Workbench, path: str) -> str | None:
    data = read(bench, path)
    return None if data is None else data.decode("utf-8", "replace")


def by_index(bench: Workbench, asked: Sequence[Question], database: Path) -> Score:
    """The index, asked by name and file as the tool asks it."""
    answered, right, seconds = 0, 0, []
    with open_index(database) as index:
        index.update(bench.root, paths(bench))
        for one in asked:
            began = time.perf_counter()
            spans = index.definitions(one.name, one.place.path)
            seconds.append(time.perf_counter() - began)
            answered += bool(spans)
            right += bool(spans) and spans[0].path == one.path and spans[0].start <= one.line <= spans[0].end
    return Score(answered, right, seconds)


@asynccontextmanager
async def opened(bench: Workbench, command: str) -> AsyncIterator[tuple[Pool, list[int]]]:
    """A pool with one server in the sandbox, and the numbers of its processes."""
    sandbox = await detect("auto")
    started: list[int] = []

    @asynccontextmanager
    async def start(words: Sequence[str]) -> AsyncIterator[asyncio.subprocess.Process]:
        async with reader(bench, words, CommandLimits(), sandbox) as process:
            started.append(process.pid)
            yield process

    settings = NavigationSettings(servers={"python": command} if command else {}, memory_mb=8192)
    pool = Pool(sandbox.place(bench), bench.repository, partial(_text, bench), start, settings)
    try:
        yield pool, started
    finally:
        await pool.close()


async def by_server(bench: Workbench, asked: Sequence[Question], command: str) -> tuple[Score, str]:
    """A server's score and what it took: CPU seconds to the first answer and in all, MB, problems."""
    answered, right, seconds, first, peak, problems = 0, 0, [], 0.0, 0, set()
    async with opened(bench, command) as (pool, started):
        for one in asked:
            began = time.perf_counter()
            try:
                answer = await pool.locate("definition", one.place, {})
            except NavigationError as error:
                problems.add(str(error))
                continue
            seconds.append(time.perf_counter() - began)
            assert answer is not None
            first, peak = first or _cpu(started[0]), max(peak, answer.megabytes)
            answered += bool(answer.places)
            right += (one.path, one.line) in [(found.path, found.line) for found in answer.places[:1]]
        cost = f"{first:.1f} | {_cpu(started[-1]):.1f} | {peak} | {'; '.join(sorted(problems))}"
    return Score(answered, right, seconds), cost


async def judged(bench: Workbench, asked: Sequence[Question], judges: Sequence[str]) -> list[Question]:
    """The questions on whose answer, in the project, both judges agree, with that answer."""
    verdicts = []
    for judge in judges:
        async with opened(bench, judge) as (pool, _):
            verdicts.append([await pool.locate("definition", one.place, {}) for one in asked])
    agreed = []
    for one, *answers in zip(asked, *verdicts, strict=True):
        places = {(found.path, found.line) for answer in answers if answer for found in answer.places}
        if len(places) == 1 and all(answer and answer.places for answer in answers):
            path, line = places.pop()
            if not path.startswith("/"):
                agreed.append(replace(one, path=path, line=line))
    return agreed


def _cpu(pid: int) -> float:
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(sum(one.cpu_times()[:2]) for one in family)


def _row(who: str, kind: str, asked: int, score: Score) -> str:
    middle = statistics.median(score.seconds) * 1000 if score.seconds else 0.0
    return f"| {kind} | {who} | {asked} | {score.answered} | {score.right} | {middle:.1f} |"


async def main() -> None:
    """Prints one table of answers and one of what they cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--server", action="append", default=[])
    options = parser.parse_args()
    costs = []
    with tempfile.TemporaryDirectory() as scratch:
        bench = await make(options.folder.resolve(), Path(scratch, "bench"))
        texts = {path: _text(bench, path) or "" for path in paths(bench) if path.endswith(".py")}
        asked = questions(Project(texts))
        judges = options.server[:2]
        asked[OTHER] = await judged(bench, asked[OTHER], judges) if len(judges) == 2 else []
        print("| use | who | asked | answered | right | median ms |\n|---|---|---|---|---|---|")
        for kind, some in asked.items():
            score = by_index(bench, some, Path(scratch, "index.sqlite"))
            print(_row("the index, by name", kind, len(some), score))
            for command in ["", *options.server] if some else ():
                who = command.split()[0].rsplit("/", 1)[-1] if command else "Genie's own"
                score, cost = await by_server(bench, some, command)
                print(_row(who, kind, len(some), score), flush=True)
                costs.append(f"| {who} | {kind} | {cost} |")
        await discard(bench)
    print("\n| who | use | CPU s to the first answer | in all | MB | problems |\n|---|---|---|---|---|---|")
    print("\n".join(costs))


if __name__ == "__main__":
    asyncio.run(main())
