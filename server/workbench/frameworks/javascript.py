"""JavaScript's frameworks: jest and vitest write one JSON, mocha another; node:test reports through ours."""

import json
import shlex
from collections.abc import Iterator, Sequence
from os.path import relpath
from typing import Any

from ..report import TestOutcome, TestStatus
from ..sandbox import PROBE
from .framework import Call, Reports, Switched, Where
from .traces import frames, message, resolved

_JEST: dict[str, TestStatus] = {
    "passed": "passed",
    "failed": "failed",
    "pending": "skipped",
    "skipped": "skipped",
    "todo": "skipped",
    "disabled": "skipped",
}
_QUIET = {"CI": "1", "NO_COLOR": "1", "FORCE_COLOR": "0"}


def switch_jest(call: Call, report: str) -> Switched:
    """jest's own file; colours off, no watching."""
    return Switched(call.with_arguments(f"--json --outputFile={report}"), _QUIET)


def switch_vitest(call: Call, report: str) -> Switched:
    """The usual output beside the file."""
    more = f"--run --reporter=default --reporter=json --outputFile.json={report}"
    return Switched(call.with_arguments(more), _QUIET)


def switch_mocha(call: Call, report: str) -> Switched:
    """mocha has one reporter at a time; its JSON says all that the usual one does."""
    return Switched(call.with_arguments(f"--reporter json --reporter-option output={report}"), _QUIET)


def switch_node(call: Call, report: str) -> Switched:
    """Options of node itself can't stand at the end of a call, so they come through NODE_OPTIONS."""
    reporter = str(PROBE / "genie_reporter.mjs")
    ours = f"--test-reporter=spec --test-reporter-destination=stdout --test-reporter={reporter}"
    options = {"NODE_OPTIONS": f"{ours} --test-reporter-destination={report}"}
    return Switched(call.before + call.text, _QUIET | options)


def read_jest(reports: Reports, where: Where) -> list[TestOutcome]:
    """jest's and vitest's `--json`."""
    return [outcome for table in _tables(reports) for outcome in _jest_files(table, where)]


def _jest_files(table: dict[str, Any], where: Where) -> Iterator[TestOutcome]:
    for file in _dicts(table.get("testResults")):
        path = _path(file.get("name"), where)
        tests = _dicts(file.get("assertionResults"))
        for test in tests:
            titles = [str(one) for one in test.get("ancestorTitles") or () if one] + [str(test.get("title"))]
            told = "\n".join(str(one) for one in test.get("failureMessages") or ())
            status = _JEST.get(str(test.get("status")), "error")
            yield _outcome(f"{path}::{' > '.join(titles)}", status, told, where)
        if file.get("status") == "failed" and not any(test.get("status") == "failed" for test in tests):
            yield _outcome(path, "error", str(file.get("message") or ""), where)


def read_mocha(reports: Reports, where: Where) -> list[TestOutcome]:
    """mocha's `--reporter json`: every test once, with an empty `err` where it passed."""
    outcomes = []
    for table in _tables(reports):
        skipped = {str(one.get("fullTitle")) for one in _dicts(table.get("pending"))}
        failed = [*_dicts(table.get("tests")), *_dicts(table.get("failures"))]
        for test in failed:
            title, error = str(test.get("fullTitle")), test.get("err")
            error = error if isinstance(error, dict) else {}
            status: TestStatus = "failed" if error else "skipped" if title in skipped else "passed"
            told = str(error.get("stack") or error.get("message") or "")
            outcomes.append(_outcome(f"{_path(test.get('file'), where)}::{title}", status, told, where))
    return list({one.id: one for one in outcomes}.values())


def read_node(reports: Reports, where: Where) -> list[TestOutcome]:
    """JSON lines of genie_reporter.mjs: `file`, `names` from the outermost suite on, `status`, `told`."""
    outcomes = []
    for table in _tables(reports):
        if not isinstance(table.get("names"), list):
            continue
        names = [str(one) for one in table["names"]]
        path = _path(table.get("file"), where)
        status: TestStatus = _JEST.get(str(table.get("status")), "error")
        whole = len(names) == 1 and resolved(names[0], where) == path
        identity = path if whole else f"{path}::{' > '.join(names)}"
        outcomes.append(_outcome(identity, status, str(table.get("told") or ""), where))
    return list({one.id: one for one in outcomes}.values())


def select_files(call: Call, tests: Sequence[str], where: Where) -> str | None:
    """The same call of the framework on the files of `tests`, in place of the files that it names itself."""
    files = dict.fromkeys(test.partition("::")[0] for test in tests)
    if not files or not all(file in where.files for file in files):
        return None
    kept = [word for place, word in enumerate(call.script) if not _names_tests(call, place, where)]
    start = [] if kept[0] == "node" else ["npx", "--no-install"]
    start = [] if kept[0] in ("npx", "pnpm", "yarn", "bunx") else start
    near = [relpath(file, call.folder or ".") for file in files]
    return call.before + shlex.join([*start, *kept, *near])


def _names_tests(call: Call, place: int, where: Where) -> bool:
    word = call.script[place]
    if (
        place == 0
        or word.startswith("-")
        or call.script[place - 1].startswith(("-r", "--require", "--config", "-c"))
    ):
        return False
    path = f"{call.folder}/{word}".strip("/").removeprefix("./")
    within = f"{path.rstrip('/')}/"
    return "*" in word or path in where.files or any(file.startswith(within) for file in where.files)


def _outcome(identity: str, status: TestStatus, told: str, where: Where) -> TestOutcome:
    if status not in ("failed", "error"):
        return TestOutcome(identity, status)
    return TestOutcome(identity, status, message(told), frames(told, where))


def _path(value: object, where: Where) -> str:
    path = str(value or "").removeprefix("file://")
    return resolved(path, where) or path.removeprefix(where.root.rstrip("/") + "/")


def _tables(reports: Reports) -> Iterator[dict[str, Any]]:
    """Each file is one JSON document, or one a line."""
    for data in reports.files:
        try:
            whole = [json.loads(data)]
        except (ValueError, RecursionError):
            whole = [_line(line) for line in data.splitlines()]
        yield from _dicts(whole)


def _line(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
