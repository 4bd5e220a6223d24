"""Runs the tests and tells what came of each: pytest's through the probe, others' by their own reports.

What has no report is told by its exit status.
"""

import asyncio
import json
import os
import secrets
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..config import CommandLimits
from .command import CommandResult, run
from .condensing import condensed
from .copy import Workbench, erase, restore
from .report import TestOutcome, TestReport, failing
from .results import Results, read_results
from .sandbox import PROBE, Sandbox
from .spectrum import ochiai
from .trouble import trouble_of
from .way import Way, as_it_is, refused, way_of

_OUTPUT_END = 20_000


@dataclass(frozen=True)
class Suite:
    """How tests are run: the user's command and what bounds it."""

    command: str
    limits: CommandLimits
    sandbox: Sandbox


@dataclass(frozen=True)
class ProbeFiles:
    """Where the probe of one run finds its options and leaves its results."""

    options: Path
    results: Path

    def remove(self) -> None:
        self.options.unlink(missing_ok=True)
        self.results.unlink(missing_ok=True)


async def run_tests(
    bench: Workbench,
    suite: Suite,
    *,
    selected: Sequence[str] = (),
    coverage: bool = False,
    stop_at_timeout: bool = False,
) -> TestReport:
    """Runs the suite, or its `selected` tests (ids or files), and puts back what the tests did to the files.

    Where the command can't be narrowed all tests run, and the report says so (`narrowed`). `coverage` fills
    `suspects`; `stop_at_timeout` runs no further test of pytest's after one that took too long. Failing tests
    and a command that can't run are results, not errors; raises WorkbenchError only if the workbench itself
    fails.
    """
    options = {"selected": list(selected), "coverage": coverage, "stop_at_timeout": stop_at_timeout}
    files = probe_files(bench, suite, options)
    token = files.options.stem
    way = await asyncio.to_thread(way_of, bench, suite.command, suite.sandbox, token, selected)
    try:
        result = await _run(bench, suite, way, environment(bench, suite.command, files) | way.env)
        if result.exit_code and refused(result.output) and not files.results.exists():
            way = as_it_is(way, suite.command)
            result = await _run(bench, suite, way, _QUIET | way.env)
        results = read_results(files.results, cut_message(result))
        if not results.sessions:
            results.outcomes = await asyncio.to_thread(way.outcomes, bench, result.output)
        told = replace(result, output=way.text(result.output))
        return report_of(suite, told, results, bool(selected) and (way.narrowed or bool(results.sessions)))
    finally:
        for path in bench.scratch.glob(f"{token}*"):
            erase(path)
        await restore(bench)


async def _run(bench: Workbench, suite: Suite, way: Way, env: dict[str, str]) -> CommandResult:
    limits = replace(suite.limits, output_bytes=max(suite.limits.output_bytes, way.output_bytes))
    return await run(bench, way.command, limits, suite.sandbox, env)


def probe_files(bench: Workbench, suite: Suite, options: dict[str, Any]) -> ProbeFiles:
    """Writes the probe's options (genie_probe.py names them) for a run in `bench`."""
    token = secrets.token_hex(4)
    files = ProbeFiles(bench.scratch / f"{token}.options", bench.scratch / f"{token}.results")
    root = str(suite.sandbox.place(bench))
    common = {"results": str(files.results), "root": root, "seconds": suite.limits.test_seconds}
    files.options.write_text(json.dumps(common | options))
    return files


_QUIET = {"PYTHONDONTWRITEBYTECODE": "1"}


def environment(bench: Workbench, command: str, files: ProbeFiles) -> dict[str, str]:
    """What injects the probe, however the command starts pytest: pytest itself reads PYTEST_ADDOPTS.

    Its cache moves out of the tree, unless `command` switches it off: then pytest doesn't know the option.
    Switching it off ourselves would break options such as --last-failed.
    """
    cache = shlex.quote(f"cache_dir={bench.scratch / 'pytest-cache'}")
    moved = "" if "no:cacheprovider" in command else f" -o {cache}"
    options = f"{os.environ.get('PYTEST_ADDOPTS', '')} -p genie_probe{moved}".strip()
    path = os.pathsep.join(filter(None, (str(PROBE), os.environ.get("PYTHONPATH"))))
    probe = {"GENIE_PROBE": str(files.options), "PYTEST_ADDOPTS": options, "PYTHONPATH": path}
    return _QUIET | probe | {"GENIE_UNITTEST": str(files.results)}


def report_of(suite: Suite, result: CommandResult, results: Results, narrowed: bool = False) -> TestReport:
    """The report of a run that has ended."""
    outcomes = tuple(results.outcomes.values())
    by_test = bool(results.sessions or outcomes)
    if not by_test or (result.exit_code and not results.sessions and not failing(outcomes)):
        message = condensed(result.output) if result.exit_code else ""
        outcomes += (TestOutcome(suite.command, "failed" if result.exit_code else "passed", message),)
    frames = [frame for outcome in failing(outcomes) for frame in outcome.frames]
    trouble = trouble_of(suite.command, result, results, suite.limits)
    return TestReport(
        command=suite.command,
        outcomes=() if trouble and not by_test else outcomes,
        exit_code=result.exit_code,
        seconds=result.seconds,
        by_test=by_test,
        narrowed=narrowed,
        output=result.output[-_OUTPUT_END:],
        trouble=trouble,
        suspects=ochiai(results.failing, results.passing, frames),
    )


def cut_message(result: CommandResult) -> str:
    """What is said of a test that began and didn't end."""
    if result.timed_out:
        return f"timed out: it had not ended when the tests were stopped after {result.seconds:.0f} s"
    return f"the process ended in the middle of this test (exit status {result.exit_code})"
