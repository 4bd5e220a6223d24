"""dotnet test: Visual Studio's test results (TRX), whose form is that of vstst.xsd (TeamTest/2010)."""

import shlex
from collections.abc import Sequence

from ..report import TestOutcome, TestStatus
from .framework import Call, Reports, Switched, Where
from .junit import elements
from .traces import frames, message

_ENDS: dict[str, TestStatus] = {"Passed": "passed", "Failed": "failed", "NotExecuted": "skipped"}


def switch(call: Call, report: str) -> Switched:
    """One file for each test project, beside `report`."""
    folder, _, prefix = report.rpartition("/")
    more = f"--logger 'trx;LogFilePrefix={prefix}' --results-directory {shlex.quote(folder)}"
    return Switched(call.with_arguments(more))


def read(reports: Reports, where: Where) -> list[TestOutcome]:
    """A test's id is its full name."""
    outcomes = []
    for data in reports.files:
        for attributes, told in elements(
            data, "UnitTestResult", frozenset(("Message", "StackTrace", "StdOut"))
        ):
            status = _ENDS.get(attributes.get("outcome", ""), "error")
            name, trace = attributes.get("testName", ""), told.get("StackTrace", "")
            if status in ("failed", "error"):
                words = message(told.get("Message", "")) or message(told.get("StdOut", ""))
                outcomes.append(TestOutcome(name, status, words, frames(trace, where)))
            else:
                outcomes.append(TestOutcome(name, status))
    return outcomes


def select(call: Call, tests: Sequence[str], where: Where) -> str | None:
    """By full names; arguments in parentheses are not part of a filter's value."""
    names = dict.fromkeys(test.partition("(")[0] for test in tests)
    if not tests or not all(name.replace(".", "").replace("_", "").isalnum() for name in names):
        return None
    return call.with_arguments(f"--filter '{'|'.join(f'FullyQualifiedName={name}' for name in names)}'")
