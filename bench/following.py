"""What going to definitions adds to a search, without a model: line recall with and without.

python bench/following.py --tasks FILE --repos DIR [--first 5] [--limit N]

For each Python task (as `genie evaluate retrieval` reads them) the names that the first spans call or read
are followed to their definitions: by the index, by name, and by the language server on a private copy of the
commit. What they lead to takes the second half of the budget; what is left of it goes to the search again.
Beside it, the search alone in the whole budget. Last, how much lies one step away: the recall of a whole
search and everything that its first spans lead to, and how many tokens that is. Ends in one line of JSON.
"""

import argparse
import asyncio
import json
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from statistics import fmean

from navigation import opened

from genie_engineer.errors import NavigationError
from genie_engineer.evaluate import scores
from genie_engineer.evaluate.bootstrap import interval
from genie_engineer.evaluate.repositories import find, tree
from genie_engineer.evaluate.tasks import Task, chosen, read
from genie_engineer.index.index import Index, open_index
from genie_engineer.index.spans import Span
from genie_engineer.navigation.places import Place
from genie_engineer.navigation.pool import Pool
from genie_engineer.workbench.copy import discard, make

BUDGETS = (8000, 16000, 32000)
RANKED = 400
NAMES = 40
SMALL = 80
"""Lines; of a longer definition (a class) the first ones are taken."""

_USED = re.compile(r"(?<=\.)[A-Za-z_]\w*|(?<![\w.])[A-Za-z_]\w*(?=\()|(?<![\w.])[A-Z]\w+")
_Row = dict[str, float]


def used(index: Index, spans: Iterable[Span]) -> Iterator[tuple[str, Place]]:
    """Each name that the spans call, read from an object or capitalise, where it first stands."""
    seen: set[str] = set()
    for span in spans:
        for number, row in enumerate(index.text(span).split("\n"), span.start):
            for match in _USED.finditer(row.partition("#")[0]):
                if match[0] not in seen:
                    seen.add(match[0])
                    yield match[0], Place(span.path, number, match.start() + 1)


def by_index(index: Index, names: Iterable[tuple[str, Place]]) -> list[Span]:
    """The likeliest definition of each name."""
    return [cut(span) for name, place in names for span in index.definitions(name, place.path, limit=1)]


async def by_server(index: Index, names: Iterable[tuple[str, Place]], pool: Pool) -> list[Span]:
    """What the language server says of each name, where it lies in the project."""
    found = []
    for _, place in names:
        try:
            answer = await pool.locate("definition", place, {})
        except NavigationError:
            continue
        for target in (answer.places if answer else ())[:1]:
            around = [one for one in index.symbols(target.path) if one.start <= target.line <= one.end]
            if around:
                found.append(cut(Span(target.path, around[-1].start, around[-1].end, around[-1].qualified)))
    return found


def cut(span: Span) -> Span:
    """The first lines of a long definition."""
    return Span(span.path, span.start, min(span.end, span.start + SMALL - 1), span.symbol)


def recalls(index: Index, task: Task, ways: Mapping[str, Sequence[Span]], texts: Mapping[str, bytes]) -> _Row:
    """`way/budget` → line recall, for the search alone and each way to follow names."""
    gold = {
        each.file: each.lines
        for each in task.gold
        if each.lines and not each.is_test and not scores.is_document(each.file)
    }
    if not gold:
        return {}
    row: _Row = {}
    answers = {budget: index.search(task.statement, budget_tokens=budget) for budget in BUDGETS}
    for budget, answer in answers.items():
        row[f"search/{budget}"] = scores.line_recall(gold, scores.within(answer, budget, texts))
        half = list(index.search(task.statement, budget_tokens=budget // 2))
        for way, led in ways.items():
            spans = scores.within([*half, *led, *answer], budget, texts)
            row[f"{way}/{budget}"] = scores.line_recall(gold, spans)
    for way, led in ways.items():
        everything = [*answers[max(BUDGETS)], *led]
        row[f"{way}/one step"] = scores.line_recall(gold, everything)
        row[f"{way}/tokens"] = sum(len(index.text(span)) for span in led) / scores.CHARACTERS_PER_TOKEN
    return row


def write(contents: Mapping[str, bytes], folder: Path) -> None:
    """A repository with these files, none of them committed."""
    subprocess.run(["git", "init", "-q", folder], check=True)
    for path, content in contents.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


async def of_task(index: Index, task: Task, git_dir: Path, first: int) -> _Row:
    """The figures of one task."""
    index.update_commit(git_dir, task.commit)
    texts = (at := tree(git_dir, task.commit)).read(at.files)
    ranked = index.search(task.statement, limit=RANKED)
    names = [one for one in used(index, [span for span in ranked if span.path.endswith(".py")][:first])]
    names = names[:NAMES]
    with tempfile.TemporaryDirectory() as scratch:
        write(texts, Path(scratch, "project"))
        bench = await make(Path(scratch, "project"), Path(scratch, "bench"))
        async with opened(bench, "") as (pool, _):
            ways = {"index": by_index(index, names), "server": await by_server(index, names, pool)}
        await discard(bench)
    return recalls(index, task, ways, texts)


async def main() -> None:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tasks", type=Path, required=True)
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--first", type=int, default=5, help="spans whose names are followed (5)")
    parser.add_argument("--limit", type=int)
    wish = parser.parse_args()
    rows: list[_Row] = []
    tasks = chosen(read(wish.tasks).tasks, limit=wish.limit)
    for name, group in groupby(tasks, key=lambda task: task.repository):
        git_dir = find(wish.repos, name).resolve()
        with tempfile.TemporaryDirectory() as scratch, open_index(Path(scratch, "index")) as index:
            for task in group:
                rows.append(await of_task(index, task, git_dir, wish.first))
                print(len(rows), task.id, rows[-1], flush=True)
    print(json.dumps({"n": len(rows), **means([row for row in rows if row])}))


def means(rows: Sequence[_Row]) -> dict[str, list[float]]:
    """Each figure's mean with its 95 % interval."""
    table = {key: [row[key] for row in rows] for key in rows[0]}
    return {
        key: [round(fmean(some), 3), *(round(x, 3) for x in interval(some))] for key, some in table.items()
    }


if __name__ == "__main__":
    asyncio.run(main())
