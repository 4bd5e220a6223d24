"""How one run of the tests goes: the command that is really run, what it is told, and where it reports."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .copy import Workbench
from .frameworks.framework import Call, Framework, Reports, Where
from .frameworks.reports import MOST_BYTES, report_files
from .frameworks.table import started_by
from .report import TestOutcome
from .sandbox import Sandbox

OFFLINE = {
    "GOPROXY": "off",
    "GOTOOLCHAIN": "local",
    "CARGO_NET_OFFLINE": "true",
    "npm_config_offline": "true",
    "COMPOSER_DISABLE_NETWORK": "1",
    "DOTNET_NOLOGO": "1",
    "DOTNET_CLI_TELEMETRY_OPTOUT": "1",
}
"""Said to tools that would otherwise wait for a network that isn't there."""

_REFUSED = re.compile(
    r"unknown option|unrecogni[sz]ed (?:option|argument|command)|unexpected argument|unknown argument|"
    r"invalid (?:option|reporter)|bad option|not allowed in NODE_OPTIONS|flag provided but not defined|"
    r"genie_probe|genie_unittest|genie_reporter",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Way:
    """`framework` is None where none is known: then the exit status tells. `narrowed`: not all tests run."""

    command: str
    env: dict[str, str] = field(default_factory=dict)
    framework: Framework | None = None
    where: Where = field(default_factory=lambda: Where("", "", frozenset()))
    token: str = ""
    narrowed: bool = False

    @property
    def output_bytes(self) -> int:
        """How much of the output must be kept, for frameworks whose output is the report."""
        return MOST_BYTES if self.framework and self.framework.places else 0

    def text(self, output: str) -> str:
        """What was printed, for a reader."""
        return self.framework.text(output) if self.framework else output

    def outcomes(self, bench: Workbench, output: str) -> dict[str, TestOutcome]:
        """What the framework's own reports tell, by test; they lie in the scratch folder and the tree."""
        if self.framework is None:
            return {}
        files = report_files(bench.scratch, self.token, bench.root, self.framework.globs)
        return {one.id: one for one in self.framework.read(Reports(output, files), self.where)}


def way_of(bench: Workbench, command: str, sandbox: Sandbox, token: str, selected: Sequence[str]) -> Way:
    """The way to run `command`, narrowed to the `selected` tests where it can be.

    Names of reports begin with `token`.
    """
    place = str(sandbox.place(bench))
    env = OFFLINE | {"GENIE_SCRATCH": str(bench.scratch), "GENIE_ROOT": place}
    found = started_by(command, bench.root)
    if found is None:
        return Way(command, env)
    framework, call = found
    where = Where(place, call.folder, frozenset(bench.manifest))
    narrow = framework.select(call, selected, where) if selected else None
    switched = framework.switch(_narrowed(call, narrow), str(bench.scratch / f"{token}.report"))
    places = {name: str(bench.scratch / folder) for name, folder in framework.places}
    return Way(switched.command, env | places | switched.env, framework, where, token, narrow is not None)


def as_it_is(way: Way, command: str) -> Way:
    """The user's command alone, for a program that refused what was added to it."""
    return Way(command, OFFLINE, where=way.where)


def refused(output: str) -> bool:
    """Whether a program seems to have stumbled over an option of ours."""
    return bool(_REFUSED.search(output))


def _narrowed(call: Call, command: str | None) -> Call:
    """The call in the words of a narrowed command, which takes arguments at its end."""
    if command is None:
        return call
    text = command.removeprefix(call.before)
    joint = call.joint if text.startswith(call.text) and " -- " not in text else " "
    return replace(call, text=text, joint=joint)
