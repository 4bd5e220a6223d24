"""Tests many alternative patches side by side, each in a tree of its own."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import WorkbenchError
from .command import CommandResult
from .copy import Workbench, disk_errors, erase, fork, put_back
from .files import base_bytes, base_mode, write
from .report import TestReport, failing
from .results import read_results
from .runner import Runner, start_runner
from .testing import Suite, cut_message, probe_files, report_of, run_tests

QUICK_TEST_SECONDS = (1.0, 3.0)
"""Limits per test while only the failing tests are run: a wrong repair often loops for ever, mostly in each
of them, so that the first that takes so long is the last that runs."""
_SLOWER = 10
"""So many times longer than the slowest test that passes a test may take, within these limits."""

_STARTING_SECONDS = 15.0
_SAMPLE = 4
"""So many of the failing tests run first, spread over all of them."""
_PARTIAL_RUNS = 4
"""How often in one bout all tests run for a candidate that mends only a part of the sample."""

Contents = Mapping[str, bytes | None]


@dataclass(frozen=True)
class Effort:
    """What may be spent on a list of candidates: `seconds` altogether, with so many `workers` side by side.

    `slowest` is how many seconds a test that passes takes at most, 0 where that isn't known: what takes far
    longer on a candidate is cut off.
    """

    seconds: float
    workers: int
    slowest: float = 0.0

    @property
    def test_seconds(self) -> float:
        """The limit per test while only the failing ones are run."""
        least, most = QUICK_TEST_SECONDS
        return min(max(_SLOWER * self.slowest, least), most) if self.slowest else most


@dataclass
class _Bout:
    """What the workers share. None in `done` says that a worker has ended."""

    suite: Suite
    failing: Sequence[str]
    quick: float
    deadline: float
    waiting: Iterator[tuple[int, Contents]]
    done: asyncio.Queue[tuple[int, TestReport] | None]
    most_mended: int = 0
    partial_runs: int = 0

    def left(self) -> float:
        return max(self.deadline - time.monotonic(), 0.0)


@dataclass
class _Place:
    """A tree to test candidates in, with the runner that serves it unless none can."""

    bench: Workbench
    runner: Runner | None = None
    servable: bool = True


async def try_candidates(
    bench: Workbench,
    suite: Suite,
    candidates: Sequence[Contents],
    *,
    failing: Sequence[str],
    effort: Effort,
) -> AsyncIterator[tuple[int, TestReport]]:
    """Tests each candidate (new contents by path, None: deleted) on top of the tree's patches.

    Yields (index, report) as they come, not in order: of a few of the `failing` tests alone (`narrowed`)
    while one of them still fails, of all tests once they pass, or where more of them pass than with any
    other candidate yet. What wasn't tested when the time was over is not yielded.
    Close the iterator (`aclose`) to stop early. Raises WorkbenchError.
    """
    done: asyncio.Queue[tuple[int, TestReport] | None] = asyncio.Queue()
    quick = min(suite.limits.test_seconds, effort.test_seconds)
    bout = _Bout(suite, failing, quick, time.monotonic() + effort.seconds, iter(enumerate(candidates)), done)
    folder = bench.root.parent / "forks"
    count = min(effort.workers, len(candidates))
    tasks = [asyncio.create_task(_work(bench, folder / str(number), bout)) for number in range(count)]
    try:
        running = count
        while running:
            try:
                found = await asyncio.wait_for(done.get(), bout.left())
            except TimeoutError:
                return
            if found is None:
                running -= 1
            else:
                yield found
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(erase, folder)


async def _work(bench: Workbench, folder: Path, bout: _Bout) -> None:
    place: _Place | None = None
    try:
        place = _Place(await fork(bench, folder))
        for index, contents in bout.waiting:
            bout.done.put_nowait((index, await _try(place, contents, bout)))
    finally:
        if place is not None and place.runner is not None:
            await place.runner.close()
        bout.done.put_nowait(None)


async def _try(place: _Place, contents: Contents, bout: _Bout) -> TestReport:
    before = {path: (data, _mode(place.bench, path)) for path, data in place.bench.written.items()}
    try:
        for path, data in contents.items():
            write(place.bench, path, data)
    except WorkbenchError as error:
        report = TestReport(bout.suite.command, (), 1, 0.0, False, trouble=str(error))
    else:
        report = await _staged(place, bout)
    _undo(place.bench, before)
    return report


async def _staged(place: _Place, bout: _Bout) -> TestReport:
    if bout.failing:
        sample = _sample(bout.failing)
        whole = min(bout.suite.limits.seconds, bout.quick * len(sample) + _STARTING_SECONDS)
        limits = replace(bout.suite.limits, test_seconds=bout.quick, seconds=whole)
        report = await _test(place, bout, replace(bout.suite, limits=limits), sample)
        if report.trouble or (failing(report.outcomes) and not _mends_more(bout, sample, report)):
            return report
    return await _test(place, bout, bout.suite, ())


def _sample(tests: Sequence[str]) -> list[str]:
    """A few of the tests, evenly spread."""
    number = min(len(tests), _SAMPLE)
    return [tests[place * len(tests) // number] for place in range(number)]


def _mends_more(bout: _Bout, sample: Sequence[str], report: TestReport) -> bool:
    """Whether the candidate mends more of the sample than any did before, so that it is worth a whole run."""
    passed = {one.id for one in report.outcomes if one.status == "passed"}
    mended = len(passed.intersection(sample)) if report.by_test else 0
    if mended <= bout.most_mended or bout.partial_runs == _PARTIAL_RUNS:
        return False
    bout.most_mended = mended
    bout.partial_runs += 1
    return True


def _undo(bench: Workbench, before: Mapping[str, tuple[bytes | None, int | None]]) -> None:
    for path, data in list(bench.written.items()):
        if path not in before:
            write(bench, path, base_bytes(bench, path), base_mode(bench, path))
        elif before[path] != (data, _mode(bench, path)):
            write(bench, path, *before[path])
    for path in before.keys() - bench.written.keys():
        write(bench, path, *before[path])


def _mode(bench: Workbench, path: str) -> int | None:
    return bench.manifest[path].mode if path in bench.manifest else None


async def _test(place: _Place, bout: _Bout, suite: Suite, selected: Sequence[str]) -> TestReport:
    if place.servable and place.runner is None:
        place.runner = await start_runner(place.bench, suite, bout.left())
        place.servable = place.runner is not None
    if place.runner is None:
        return await run_tests(place.bench, suite, selected=selected, stop_at_timeout=bool(selected))
    options = {"selected": list(selected), "stop_at_timeout": bool(selected), "served": True}
    files = probe_files(place.bench, suite, options)
    result = await place.runner.ask(str(files.options), suite.limits.seconds)
    if result is None:
        await place.runner.close()
        place.runner = None
        result = CommandResult(137, 0.0, "", False, False)
    report = report_of(suite, result, read_results(files.results, cut_message(result)), bool(selected))
    files.remove()
    with disk_errors():
        await asyncio.to_thread(put_back, place.bench)
    return report
