"""Runs the tests and tells what came of each: pytest's through the probe, others by their exit status."""

import json
import os
import secrets
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config import CommandLimits
from .command import CommandResult, run
from .copy import Workbench, restore
from .report import TestOutcome, TestReport
from .results import Results, read_results
from .sandbox import PROBE, Sandbox
from .spectrum import ochiai
from .trouble import trouble_of

_OUTPUT_END = 20_000
_PROBE_MISSING = "genie_probe"


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
    fail_fast: bool = False,
) -> TestReport:
    """Runs the suite, or its `selected` tests (pytest ids), and puts back what the tests did to the files.

    `coverage` fills `suspects`. Failing tests and a command that can't run are results, not errors; raises
    WorkbenchError only if the workbench itself fails.
    """
    files = probe_files(
        bench,
        suite,
        {"selected": list(selected), "coverage": coverage, "fail_fast": fail_fast},
    )
    try:
        result = await run(bench, suite.command, suite.limits, suite.sandbox, environment(bench, files))
        if result.exit_code and _PROBE_MISSING in result.output and not files.results.exists():
            result = await run(bench, suite.command, suite.limits, suite.sandbox, _QUIET)
        return report_of(suite, result, read_results(files.results, cut_message(result)))
    finally:
        files.remove()
        await restore(bench)


def probe_files(bench: Workbench, suite: Suite, options: dict[str, Any]) -> ProbeFiles:
    """Writes the probe's options (genie_probe.py names them) for a run in `bench`."""
    token = secrets.token_hex(4)
    files = ProbeFiles(bench.scratch / f"{token}.options", bench.scratch / f"{token}.results")
    root = str(suite.sandbox.place(bench))
    common = {"results": str(files.results), "root": root, "seconds": suite.limits.test_seconds}
    files.options.write_text(json.dumps(common | options))
    return files


_QUIET = {"PYTHONDONTWRITEBYTECODE": "1"}


def environment(bench: Workbench, files: ProbeFiles) -> dict[str, str]:
    """What injects the probe, however the command starts pytest: pytest itself reads PYTEST_ADDOPTS.

    Its cache moves out of the tree; switching it off would break options such as --last-failed.
    """
    cache = shlex.quote(f"cache_dir={bench.scratch / 'pytest-cache'}")
    options = f"{os.environ.get('PYTEST_ADDOPTS', '')} -p genie_probe -o {cache}".strip()
    path = os.pathsep.join(filter(None, (str(PROBE), os.environ.get("PYTHONPATH"))))
    return _QUIET | {"GENIE_PROBE": str(files.options), "PYTEST_ADDOPTS": options, "PYTHONPATH": path}


def report_of(suite: Suite, result: CommandResult, results: Results) -> TestReport:
    """The report of a run that has ended."""
    outcomes = tuple(results.outcomes.values())
    if not results.sessions:
        status = "passed" if result.exit_code == 0 else "failed"
        message = "" if result.exit_code == 0 else result.output[-2000:]
        outcomes = (TestOutcome(suite.command, "passed" if status == "passed" else "failed", message),)
    failed = (outcome for outcome in outcomes if outcome.status in ("failed", "error"))
    frames = [frame for outcome in failed for frame in outcome.frames]
    trouble = trouble_of(suite.command, result, results, suite.limits)
    return TestReport(
        command=suite.command,
        outcomes=() if trouble and not results.sessions else outcomes,
        exit_code=result.exit_code,
        seconds=result.seconds,
        by_test=bool(results.sessions),
        output=result.output[-_OUTPUT_END:],
        trouble=trouble,
        suspects=ochiai(results.failing, results.passing, frames),
    )


def cut_message(result: CommandResult) -> str:
    """What is said of a test that began and didn't end."""
    if result.timed_out:
        return f"timed out: it had not ended when the tests were stopped after {result.seconds:.0f} s"
    return f"the process ended in the middle of this test (exit status {result.exit_code})"
