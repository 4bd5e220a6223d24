"""go test: `-json` is a stream of events (`go doc test2json`), one JSON object a line among what go says."""

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from os.path import dirname
from typing import Any

from ..report import TestOutcome, TestStatus
from .framework import Call, Reports, Switched, Where
from .traces import frames, plain

_GO_TEST = re.compile(r"\bgo\s+test\b")
_ENDS: dict[str, TestStatus] = {"pass": "passed", "fail": "failed", "skip": "skipped"}
_NOISE = re.compile(
    r"\s*(?:=== |--- |FAIL\b|PASS\b|exit status |ok\s)|goroutine \d|testing\.|\s+/usr/|panic\(|created by "
)
_LAST_LINES = 12
"""Of what a test said: what it fails for mostly comes last, and looks like what it only logs."""

_BUILD = re.compile(r"^# (\S+)", re.MULTILINE)


def switch(call: Call, report: str) -> Switched:
    """The flag stands right behind `go test`."""
    return Switched(call.before + _GO_TEST.sub("go test -json", call.text, count=1))


def text(output: str) -> str:
    """What `go test` would have printed."""
    return "".join(str(event.get("Output", "")) if event else line for event, line in _lines(output))


def read(reports: Reports, where: Where) -> list[TestOutcome]:
    """A test's id is `folder::Name`. A package that can't be built or ends outside of tests is an error."""
    told: dict[tuple[str, str], list[str]] = {}
    ends: dict[tuple[str, str], TestStatus] = {}
    rest: list[str] = []
    for event, line in _lines(reports.output):
        if not event:
            rest.append(line)
            continue
        key = (str(event.get("Package", "")), str(event.get("Test", "")))
        if event.get("Action") == "output":
            told.setdefault(key, []).append(str(event.get("Output", "")))
        elif event.get("Action") in _ENDS:
            ends[key] = _ENDS[str(event["Action"])]
        elif event.get("Action") == "run":
            ends[key] = "failed"
    failed = {package for (package, test), status in ends.items() if test and status == "failed"}
    parents = {
        (package, test.rpartition("/")[0]) for (package, test), status in ends.items() if status == "failed"
    }
    outcomes = []
    for (package, test), status in ends.items():
        lines = told.get((package, test), [])
        if test and not ((package, test) in parents and not _said(lines)):
            outcomes.append(_outcome(package, test, status, lines, where))
        elif not test and status == "failed" and package not in failed:
            outcomes.append(_outcome(package, "", "error", _built(package, rest) or lines, where))
    known = {package for package, _ in ends}
    broken = [name for name in _BUILD.findall("".join(rest)) if name not in known]
    return outcomes + [
        _outcome(name, "", "error", _built(name, rest), where) for name in dict.fromkeys(broken)
    ]


def select(call: Call, tests: Sequence[str], where: Where) -> str | None:
    """The packages of the tests, and `-run` with their names unless whole files or packages are asked for."""
    folders, names = [], []
    for test in tests:
        path, _, name = test.partition("::")
        folders.append(dirname(path) if path.endswith(".go") else path)
        names.append(name.partition("/")[0])
    inside = [folder.removeprefix(call.folder).strip("/") for folder in dict.fromkeys(folders)]
    if not tests or not all(
        any(f"/{file}".startswith(f"/{one}".rstrip("/") + "/") for file in where.files) for one in folders
    ):
        return None
    own = [word for word in call.words if not word.startswith(("./", "..."))]
    if all(re.fullmatch(r"\w+", name) for name in names):
        own += ["-run", f"^({'|'.join(dict.fromkeys(names))})$"]
    return call.before + shlex.join([*own, *(f"./{one}".rstrip("/") for one in inside)])


def _lines(output: str) -> Iterator[tuple[dict[str, Any], str]]:
    for line in output.splitlines(keepends=True):
        event: object = None
        if line.startswith("{"):
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                event = None
        yield (event, line) if isinstance(event, dict) and "Action" in event else ({}, line)


def _outcome(package: str, test: str, status: TestStatus, lines: Sequence[str], where: Where) -> TestOutcome:
    folder = _folder(package, where)
    identity = f"{folder}::{test}" if test else folder
    if status not in ("failed", "error"):
        return TestOutcome(identity, status)
    whole = "".join(lines)
    message = "\n".join(_said(lines)) or "it said nothing, or did not end"
    return TestOutcome(identity, status, message, frames(whole, where, folder))


def _said(lines: Sequence[str]) -> list[str]:
    kept = [line.strip() for line in plain("".join(lines)).splitlines() if not _NOISE.match(line)]
    stack = next(
        (place for place, line in enumerate(kept) if re.search(r"\.go:\d+ \+0x|^\S+\(.*\)$", line)), len(kept)
    )
    return [line for line in kept[:stack] if line][-_LAST_LINES:]


def _folder(package: str, where: Where) -> str:
    """The folder of an import path: the longest end of it that is one; the module's name comes first."""
    parts = package.split()[0].split("/") if package.strip() else []
    folders = {dirname(file) for file in where.files if file.endswith(".go")}
    for place in range(len(parts)):
        end = "/".join(parts[place:])
        fit = f"{where.folder}/{end}".strip("/")
        if fit in folders:
            return fit
    return where.folder or "."


def _built(package: str, rest: Sequence[str]) -> list[str]:
    """The compiler's words on a package: what follows its heading."""
    lines: list[str] = []
    taking = False
    for line in rest:
        if line.startswith("# "):
            taking = line[2:].split()[0] == package.split()[0]
        elif line.startswith(("FAIL", "ok ", "?")):
            taking = False
        elif taking:
            lines.append(line)
    return lines
