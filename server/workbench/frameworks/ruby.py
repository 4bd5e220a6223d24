"""RSpec: its JSON formatter, switched on by SPEC_OPTS, which rspec reads however it is started."""

import json
import shlex
from collections.abc import Sequence
from os.path import relpath

from ..report import TestOutcome, TestStatus
from .framework import Call, Reports, Switched, Where
from .traces import frames, message, resolved

_ENDS: dict[str, TestStatus] = {"passed": "passed", "failed": "failed", "pending": "skipped"}


def switch(call: Call, report: str) -> Switched:
    """The usual output stays beside the file."""
    options = f"--no-color --format progress --format json --out {shlex.quote(report)}"
    return Switched(call.before + call.text, {"SPEC_OPTS": options})


def read(reports: Reports, where: Where) -> list[TestOutcome]:
    """A test's id is `file::full description`; what goes wrong outside of examples is an error."""
    outcomes = []
    for data in reports.files:
        try:
            table = json.loads(data)
            examples = [one for one in table["examples"] if isinstance(one, dict)]
            outside = int(table["summary"].get("errors_outside_of_examples_count", 0))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
        for example in examples:
            path = resolved(str(example.get("file_path")), where) or str(example.get("file_path"))
            status = _ENDS.get(str(example.get("status")), "error")
            outcomes.append(_outcome(f"{path}::{example.get('full_description')}", status, example, where))
        if outside:
            told = "\n".join(str(one) for one in table.get("messages") or ())
            outcomes.append(TestOutcome("rspec", "error", message(told), frames(told, where)))
    return outcomes


def select(call: Call, tests: Sequence[str], where: Where) -> str | None:
    """The files of the tests, and of these the examples so described unless whole files are asked for."""
    files = dict.fromkeys(test.partition("::")[0] for test in tests)
    names = dict.fromkeys(test.partition("::")[2] for test in tests)
    if not files or not all(file in where.files for file in files):
        return None
    near = [relpath(file, call.folder or ".") for file in files]
    examples = [word for name in names for word in ("-e", name)] if all(names) else []
    return call.with_arguments(shlex.join([*near, *examples]))


def _outcome(name: str, status: TestStatus, example: dict[str, object], where: Where) -> TestOutcome:
    error = example.get("exception")
    if status not in ("failed", "error") or not isinstance(error, dict):
        return TestOutcome(name, status)
    kind = str(error.get("class", "")).rpartition("::")[2]
    trace = error.get("backtrace")
    lines = [str(one) for one in trace] if isinstance(trace, list) else []
    words = f"{kind}: {str(error.get('message', '')).strip()}"
    return TestOutcome(name, status, message(words), frames("\n".join(lines), where))
