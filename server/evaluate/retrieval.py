"""How well the index finds what a real fix changed, given nothing but the issue's text."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from ..index.index import Index, open_index
from ..index.spans import Span
from ..index.vectors.closeness import open_closeness
from . import scores
from .memory import PeakMemory
from .record import Outcome, Record
from .repositories import Tree, Unreadable, find, tree
from .tasks import Gold, Task

RANKED_SPANS = 400
TIMED_BUDGET = 16000


@dataclass(frozen=True)
class Means:
    """What a search has beside the index: a model for `vectors`, and somebody to `write` the code that would
    answer a task's text ("" for nobody).
    """

    vectors: str | None = None
    write: Callable[[str], str] = lambda _: ""


ALONE = Means()


@dataclass(frozen=True)
class Skipped:
    """A task that can't be measured here, and why."""

    task: Task
    why: str


def measure(
    tasks: Sequence[Task], repositories: Path, record: Record, means: Means = ALONE
) -> Iterator[Outcome | Skipped]:
    """Measures `tasks`, sorted by repository, in that order; those in `record` are only handed on.

    What was indexed in earlier runs isn't met: each repository's index is made here, and goes from commit to
    commit. Raises SetupError when the index or the record can't be written, or a model can't be loaded, and
    what `means.write` raises.
    """
    with PeakMemory() as memory:
        for name, group in groupby(tasks, key=lambda task: task.repository):
            same = list(group)
            todo = [task for task in same if task.id not in record.outcomes]
            yield from (record.outcomes[task.id] for task in same if task.id in record.outcomes)
            if todo:
                yield from _of_repository(name, todo, repositories, record, memory, means)


def _of_repository(
    name: str,
    tasks: Sequence[Task],
    repositories: Path,
    record: Record,
    memory: PeakMemory,
    means: Means,
) -> Iterator[Outcome | Skipped]:
    try:
        git_dir = find(repositories, name)
    except Unreadable as error:
        yield from (Skipped(task, f"repo: {error}") for task in tasks)
        return
    with ExitStack() as opened:
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="genie-evaluate-")))
        closeness = None
        if means.vectors:
            closeness = opened.enter_context(open_closeness(folder / "vectors", means.vectors))
            closeness.load()
        index = opened.enter_context(open_index(folder / "index", closeness))
        for task in tasks:
            try:
                at = _tree_of(task, git_dir)
            except Unreadable as error:
                yield Skipped(task, str(error))
                continue
            started = perf_counter()
            index.update_commit(git_dir, task.commit)
            seconds = perf_counter() - started
            outcome = _of_task(task, means.write(task.statement), index, at)
            outcome = replace(outcome, update_seconds=round(seconds, 3), peak_mb=round(memory.mb(), 1))
            record.add(outcome)
            yield outcome


def _tree_of(task: Task, git_dir: Path) -> Tree:
    """The tree at the base commit. Raises Unreadable, also for a gold source that isn't there."""
    try:
        found = tree(git_dir, task.commit)
    except Unreadable as error:
        raise Unreadable(f"base_commit: {error}") from error
    for number, gold in enumerate(task.gold):
        if not gold.is_test and (gold.file not in found.files or gold.file in found.absent):
            raise Unreadable(f"gold[{number}].file: {task.commit[:12]} of {git_dir} has no {gold.file}")
    return found


def _of_task(task: Task, snippet: str, index: Index, at: Tree) -> Outcome:
    """The outcome without what is measured around it: the update's seconds and the memory."""
    # Warms the index up; with a model, this also makes the vectors, as an indexed repository has them.
    ranked = index.search(task.statement, limit=RANKED_SPANS, snippet=snippet)
    started = perf_counter()
    timed = index.search(task.statement, budget_tokens=TIMED_BUDGET, snippet=snippet)
    search_ms = (perf_counter() - started) * 1000
    sources = [gold for gold in task.gold if not gold.is_test]
    wanted = [f"{gold.file}::{name}" for gold in sources for name in gold.functions]
    symbols = {path: index.symbols(path) for path in scores.files_of(ranked)} if wanted else {}
    return Outcome(
        instance_id=task.id,
        repository=task.repository,
        files=scores.ranks((gold.file for gold in sources), scores.files_of(ranked)),
        functions=scores.ranks(wanted, scores.functions_of(ranked, symbols)),
        lines=_line_recalls(task, snippet, index, at, sources, timed),
        absent=len(at.absent),
        search_ms=round(search_ms, 1),
        update_seconds=0.0,
        peak_mb=0.0,
    )


def _line_recalls(
    task: Task, snippet: str, index: Index, at: Tree, sources: Sequence[Gold], timed: tuple[Span, ...]
) -> dict[str, float]:
    """Line recall by budget; empty where no gold line counts."""
    gold = {each.file: each.lines for each in sources if each.lines and not scores.is_document(each.file)}
    if not gold:
        return {}
    answers = {
        budget: timed
        if budget == TIMED_BUDGET
        else index.search(task.statement, budget_tokens=budget, snippet=snippet)
        for budget in scores.BUDGETS
    }
    texts = at.read(span.path for spans in answers.values() for span in spans)
    return {
        str(budget): scores.line_recall(gold, scores.within(spans, budget, texts))
        for budget, spans in answers.items()
    }
