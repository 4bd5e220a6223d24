"""All frameworks, and which one a command starts."""

import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from ..report import TestOutcome
from . import dotnet, golang, javascript, ruby, rust
from .calls import taken_apart
from .framework import Call, Framework, Reports, Switched, Where
from .junit import read_junit

_UNITTEST = re.compile(r"-m\s+unittest\b")


def started_by(command: str, root: Path) -> tuple[Framework, Call] | None:
    """The framework that `command` starts in the repository at `root`, with the command taken apart."""
    call = taken_apart(command, root)
    if call is None or not call.script:
        return None
    return next(((one, call) for one in FRAMEWORKS if one.matches(call.script)), None)


def _program(*names: str, argument: str = "") -> Callable[[Sequence[str]], bool]:
    """Matches a call of one of the programs, whatever folder it is named in."""

    def matches(words: Sequence[str]) -> bool:
        return PurePosixPath(words[0]).name in names and (not argument or argument in words)

    return matches


def _is_unittest(words: Sequence[str]) -> bool:
    return words[1:3] == ("-m", "unittest") and PurePosixPath(words[0]).name.startswith(("python", "py"))


def _read_xml(reports: Reports, where: Where) -> Sequence[TestOutcome]:
    return [outcome for document in reports.files for outcome in read_junit(document, where)]


def _switch_unittest(call: Call, report: str) -> Switched:
    """genie_unittest is unittest with another result, which writes what our pytest plugin writes."""
    text = _UNITTEST.sub("-m genie_unittest", call.text, count=1)
    return Switched(call.before + text)


def _select_unittest(call: Call, tests: Sequence[str], where: Where) -> str | None:
    """By patterns, which discovery takes too (Python 3.7); a file is its module."""
    names = [f"{PurePosixPath(one).stem}." if one in where.files else one for one in tests]
    names = [one.removeprefix("unittest.loader._FailedTest.") for one in names]
    if not names or not all(re.fullmatch(r"[\w.]+", name) for name in names):
        return None
    return call.with_arguments(" ".join(f"-k {name}" for name in dict.fromkeys(names)))


def _select_classes(flag: str, joint: str, method: str) -> Callable[[Call, Sequence[str], Where], str | None]:
    """For Java's tools: a test is `package.Class::method`, or the file of a class."""

    def select(call: Call, tests: Sequence[str], where: Where) -> str | None:
        names = []
        for test in tests:
            group, _, name = test.partition("::")
            name = name.partition("(")[0]
            if group in where.files:
                group = PurePosixPath(group).stem
            if not re.fullmatch(r"[\w.$]+", group) or not re.fullmatch(r"\w*", name):
                return None
            names.append(f"{group}{method}{name}" if name else group)
        unique = dict.fromkeys(names)
        return call.with_arguments(flag + joint.join(unique)) if unique else None

    return select


def _switch_phpunit(call: Call, report: str) -> Switched:
    return Switched(call.with_arguments(f"--log-junit {shlex.quote(report)}"))


def _switch_ctest(call: Call, report: str) -> Switched:
    return Switched(call.with_arguments(f"--output-junit {shlex.quote(report)}"))


def _select_by_pattern(flag: str) -> Callable[[Call, Sequence[str], Where], str | None]:
    """For frameworks that take one regular expression of names."""

    def select(call: Call, tests: Sequence[str], where: Where) -> str | None:
        if not tests or any(test in where.files for test in tests):
            return None
        names = [
            re.sub(r"[^\w ]", ".", test.rpartition("::")[2].partition(" with data set")[0]) for test in tests
        ]
        return call.with_arguments(
            f"{flag} {shlex.quote('|'.join(f'{name}$' for name in dict.fromkeys(names)))}"
        )

    return select


def _switch_maven(call: Call, report: str) -> Switched:
    """All modules are tested though one fails; a filter that fits none of a module's tests is no fault."""
    return Switched(call.with_arguments("-fae -Dsurefire.failIfNoSpecifiedTests=false"))


def _switch_gradle(call: Call, report: str) -> Switched:
    return Switched(call.with_arguments("--continue"))


FRAMEWORKS: tuple[Framework, ...] = (
    Framework(
        "jest",
        _program("jest", "react-scripts"),
        javascript.read_jest,
        javascript.switch_jest,
        javascript.select_files,
    ),
    Framework(
        "vitest",
        _program("vitest"),
        javascript.read_jest,
        javascript.switch_vitest,
        javascript.select_files,
    ),
    Framework(
        "mocha", _program("mocha"), javascript.read_mocha, javascript.switch_mocha, javascript.select_files
    ),
    Framework(
        "node:test",
        _program("node", argument="--test"),
        javascript.read_node,
        javascript.switch_node,
        javascript.select_files,
    ),
    Framework(
        "go test",
        lambda words: tuple(words[:2]) == ("go", "test"),
        golang.read,
        golang.switch,
        golang.select,
        text=golang.text,
        places=(("GOCACHE", "go"),),
    ),
    Framework(
        "cargo test",
        lambda words: words[0] == "cargo" and "test" in words,
        rust.read,
        rust.switch,
        rust.select,
        places=(("CARGO_TARGET_DIR", "cargo"),),
    ),
    Framework(
        "Maven",
        _program("mvn", "mvnw"),
        _read_xml,
        _switch_maven,
        _select_classes("-Dtest=", ",", "#"),
        globs=("surefire-reports/TEST-*.xml",),
    ),
    Framework(
        "Gradle",
        _program("gradle", "gradlew"),
        _read_xml,
        _switch_gradle,
        _select_classes("--tests ", " --tests ", "."),
        globs=("test-results/*/TEST-*.xml",),
    ),
    Framework("PHPUnit", _program("phpunit"), _read_xml, _switch_phpunit, _select_by_pattern("--filter")),
    Framework("CTest", _program("ctest"), _read_xml, _switch_ctest, _select_by_pattern("-R")),
    Framework("RSpec", _program("rspec"), ruby.read, ruby.switch, ruby.select),
    Framework("dotnet test", _program("dotnet", argument="test"), dotnet.read, dotnet.switch, dotnet.select),
    Framework("unittest", _is_unittest, lambda reports, where: (), _switch_unittest, _select_unittest),
)
"""What isn't here is read by its exit status, but for pytest, which the probe reads however it is started."""
