"""cargo test: libtest's own text, since its JSON is for nightly compilers only."""

import re
import shlex
from collections.abc import Iterator, Sequence

from ..report import TestOutcome, TestStatus
from .framework import Call, Reports, Switched, Where
from .traces import frames, plain

_ENDS: dict[str, TestStatus] = {"ok": "passed", "FAILED": "failed", "ignored": "skipped"}
_BINARY = re.compile(r"^\s*(?:Running (?:unittests )?(\S+)|Doc-tests (\S+))")
_RESULT = re.compile(r"^test (.+?)(?: - should panic)? \.\.\. (?:.*?)(ok|FAILED|ignored)\b")
_TOLD = re.compile(r"^---- (.+?) (?:stdout|stderr) ----$")
_COMPILER = re.compile(
    r"^error(?:\[E\d+\])?: (?!test failed|doctest failed|\d+ targets? failed|could not compile)"
)
_STACK = re.compile(r"^\s*(?:stack backtrace:|note: |\d+: )")
_THREAD = re.compile(r"^(thread '.*?') \(\d+\)")
_PANIC = re.compile(r"thread '.*?' panicked at ")
_LAST_LINES, _PRINTED = 12, 3
"""Of what a test printed: where it doesn't panic, and before its panic."""

_NAME = re.compile(r"[\w:]+")


def switch(call: Call, report: str) -> Switched:
    """All failures, not the first test binary's alone; a short backtrace leads to the repository's lines."""
    more = "" if "--no-fail-fast" in call.text or " -- " in call.text else "--no-fail-fast"
    return Switched(call.with_arguments(more).rstrip(), {"RUST_BACKTRACE": "1", "CARGO_TERM_COLOR": "never"})


def read(reports: Reports, where: Where) -> list[TestOutcome]:
    """A test's id is `source of its binary::name`; code that can't be compiled is an error of its own."""
    ends: dict[str, TestStatus] = {}
    told: dict[str, list[str]] = {}
    binary, speaking = "", ""
    for line in plain(reports.output).splitlines():
        if found := _BINARY.match(line):
            binary, speaking = found[1] or f"doc {found[2]}", ""
        elif found := _RESULT.match(line):
            ends[f"{binary}::{found[1]}"] = _ENDS[found[2]]
        elif found := _TOLD.match(line):
            speaking = f"{binary}::{found[1]}"
        elif line.startswith(("failures:", "test result:")):
            speaking = ""
        elif speaking:
            told.setdefault(speaking, []).append(line)
    outcomes = [_outcome(name, status, told.get(name, []), where) for name, status in ends.items()]
    errors = list(_compiler_errors(reports.output))
    return outcomes + ([_outcome("cargo build", "error", errors, where)] if errors else [])


def select(call: Call, tests: Sequence[str], where: Where) -> str | None:
    """libtest takes any number of names; a whole file under tests/ is a binary of its own."""
    names = [test.partition("::")[2] for test in tests]
    binaries = [re.fullmatch(r"(?:.*/)?tests/(\w+)\.rs", test.partition("::")[0]) for test in tests]
    plain_call = f"{call.before}{call.text.partition(' -- ')[0]} --no-fail-fast"
    if tests and all(_NAME.fullmatch(name) for name in names):
        return f"{plain_call} -- --exact {shlex.join(dict.fromkeys(names))}"
    found = [one[1] for one in binaries if one]
    if tests and len(found) == len(tests) and not any(names):
        return f"{plain_call} {' '.join(f'--test {name}' for name in dict.fromkeys(found))}"
    return None


def _outcome(name: str, status: TestStatus, lines: Sequence[str], where: Where) -> TestOutcome:
    if status not in ("failed", "error"):
        return TestOutcome(name, status)
    end = next((place for place, line in enumerate(lines) if _STACK.match(line)), len(lines))
    said = [_THREAD.sub(r"\1", line) for line in lines[:end] if line.strip()]
    start = next(
        (place for place, line in enumerate(said) if _PANIC.match(line)), max(len(said) - _LAST_LINES, 0)
    )
    message = "\n".join(said[max(start - _PRINTED, 0) :])[:2000]
    return TestOutcome(name, status, message, frames("\n".join(lines), where))


def _compiler_errors(output: str) -> Iterator[str]:
    """The compiler's errors, each up to the blank line behind it."""
    taking = False
    for line in plain(output).splitlines():
        taking = bool(line.strip()) and (taking or bool(_COMPILER.match(line)))
        if taking:
            yield line
