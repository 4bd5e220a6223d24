"""What a task may begin with beside the user's words: tests that failed last, a test that is looked at."""

from dataclasses import dataclass
from pathlib import Path

from ..edits.text import decode
from ..errors import EditError, RunLogError
from ..index.languages import language_of
from ..index.outline import outline
from ..index.paths import is_test
from ..workbench.report import TestOutcome, failing
from .store import last_event, list_runs
from .tested import TestsRan

MOST_RUNS = 5
"""The newest of a repository that are looked through for a run of the tests."""

MOST_TESTS = 10


@dataclass(frozen=True)
class Beginning:
    """A task as it is offered: a label, where or why, and its text."""

    label: str
    detail: str
    text: str


def failed_tests(repository: Path) -> list[Beginning]:
    """The tests that failed when tests were last run in a repository, each as a task, and all as one."""
    for info in list_runs(repository)[:MOST_RUNS]:
        try:
            ran = last_event(info.folder, TestsRan)
        except (OSError, RunLogError):
            continue
        if isinstance(ran, TestsRan):
            failed = failing(ran.outcomes) if ran.by_test else []
            tasks = [_of_test(one) for one in failed[:MOST_TESTS]]
            return tasks if len(tasks) < 2 else [_of_all(failed), *tasks]
    return []


def test_at(path: str, content: bytes, line: int) -> Beginning | None:
    """The test whose code the 1-based line is in; None where none can be told."""
    language = language_of(path, content)
    if not is_test(path) or not language:
        return None
    try:
        shape = outline("".join(decode(content).lines).encode(), language)
    except EditError:
        return None
    around = [one for one in shape.definitions if one.lead <= line <= one.end] if shape else []
    found = next((one for one in reversed(around) if one.name.lower().startswith("test")), None)
    if found is None or found.kind not in ("function", "method"):
        return None
    where = f"{path}:{found.start}"
    return Beginning(
        f"Make {found.name} pass",
        f"the test at the cursor, {where}",
        f"Make the test {found.name} ({where}) pass.",
    )


def _of_test(failed: TestOutcome) -> Beginning:
    said = failed.message.strip()
    first = said.partition("\n")[0]
    frames = "".join(f"\n  {one.path}:{one.line} {one.function}".rstrip() for one in failed.frames[-5:])
    text = f"The test {failed.id} fails."
    text += f"\n\n{said[:4000]}" if said else ""
    text += f"\n\nIt fails at:{frames}" if frames else ""
    return Beginning(f"Make {failed.id} pass", f"failed last: {first}" if first else "failed last", text)


def _of_all(failed: list[TestOutcome]) -> Beginning:
    told = [f"- {one.id}: {one.message.strip().partition(chr(10))[0][:200]}".rstrip(": ") for one in failed]
    more = [f"- and {len(told) - 50} more"] if len(told) > 50 else []
    text = "\n".join([f"{len(failed)} tests fail.", "", *told[:50], *more])
    return Beginning(f"Make all {len(failed)} tests that failed pass", "in the last run of the tests", text)
