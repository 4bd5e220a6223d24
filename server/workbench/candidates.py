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

QUICK_TEST_SECONDS = 3.0
"""Limit per test while only the failing tests are run: a wrong repair often loops for ever."""

_STARTING_SECONDS = 15.0
_SAMPLE = 4
"""So many of the failing tests run first, spread over all of them."""
_PARTIAL_RUNS = 4
"""How often in one bout all tests run for a candidate that mends only a part of the sample."""

Contents = Mapping[str, bytes | None]


@dataclass
class _Bout:
    """What the workers share. None in `done` says that a worker has ended."""

    suite: Suite
    failing: Sequence[str]
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
    seconds: float,
    workers: int,
) -> AsyncIterator[tuple[int, TestReport]]:
    """Tests each candidate (new contents by path, None: deleted) on top of the tree's patches.

    Yields (index, report) as they come, not in order: of a few of the `failing` tests alone (`narrowed`)
    while one of them still fails, of all tests once they pass, or where more of them pass than with any
    other candidate yet. `seconds` bounds the whole; what wasn't tested by then is not yielded.
    Close the iterator (`aclose`) to stop early. Raises WorkbenchError.
    """
    done: asyncio.Queue[tuple[int, TestReport] | None] = asyncio.Queue()
    bout = _Bout(suite, failing, time.monotonic() + seconds, iter(enumerate(candidates)), done)
    folder = bench.root.parent / "forks"
    count = min(workers, len(candidates))
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
        quick = min(bout.suite.limits.test_seconds, QUICK_TEST_SECONDS)
        sample = _sample(bout.failing)
        whole = min(bout.suite.limits.seconds, quick * len(sample) + _STARTING_SECONDS)
        limits = replace(bout.suite.limits, test_seconds=quick, seconds=whole)
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
    bad = {one.id for one in failing(report.outcomes)}
    mended = len(set(sample) - bad) if report.by_test else 0
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
        return await run_tests(place.bench, suite, selected=selected)
    options = {"selected": list(selected), "fail_fast": False, "served": True}
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
