"""What a test framework is to Genie."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from ..report import TestOutcome


@dataclass(frozen=True)
class Where:
    """Where the tests ran. Commands saw the copy at `root`; the framework was started in `folder` below it.

    `files` are the repository's, relative to `root`; `folder` is "" for the root itself.
    """

    root: str
    folder: str
    files: frozenset[str]

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """Paths by their last part."""
        named: dict[str, list[str]] = {}
        for path in sorted(self.files):
            named.setdefault(PurePosixPath(path).name, []).append(path)
        return named


@dataclass(frozen=True)
class Call:
    """A command taken apart: `before` comes first as it is, then the call of `words`, written as `text`.

    `script` are the words that the call amounts to where it is one of package.json's scripts, else `words`;
    `folder` is where it runs, relative to the repository. `joint` goes in front of added arguments.
    """

    before: str
    text: str
    words: tuple[str, ...]
    script: tuple[str, ...]
    folder: str = ""
    joint: str = " "

    def with_arguments(self, arguments: str) -> str:
        """The whole command with more arguments at its end."""
        return f"{self.before}{self.text}{self.joint}{arguments}"


@dataclass(frozen=True)
class Switched:
    """A command that reports: `env` is added to the environment, `command` is run instead."""

    command: str
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reports:
    """What a run left: all that it printed, and the report files."""

    output: str
    files: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Framework:
    """`matches` looks at a call's words. `switch` makes the call report to a file (absolute path).

    `globs` name report files that the framework writes into the tree anyway. `read` takes what was left
    apart; no outcomes: it can't be told. `select` narrows a call to tests (ids or files), None: it can't.
    `text` makes what was printed readable. `places` are variables for folders that last from run to run.
    """

    name: str
    matches: Callable[[Sequence[str]], bool]
    read: Callable[[Reports, Where], Sequence[TestOutcome]]
    switch: Callable[[Call, str], Switched] = lambda call, report: Switched(call.before + call.text)
    select: Callable[[Call, Sequence[str], Where], str | None] = lambda call, tests, where: None
    globs: tuple[str, ...] = ()
    text: Callable[[str], str] = str
    places: tuple[tuple[str, str], ...] = ()
