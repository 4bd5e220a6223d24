"""Reads cases.txt: wrong functions and their repairs as data."""

import re
from dataclasses import dataclass
from pathlib import Path

_HEAD = re.compile(r"^=== (.+) \| line (\d+) \| within (\d+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """At `line` (1-based), `code` must become `fixed` by `template` among the first `within` candidates."""

    template: str
    line: int
    within: int
    code: str
    fixed: str


def _read() -> list[Case]:
    parts = _HEAD.split(Path(__file__).with_name("cases.txt").read_text("utf-8"))[1:]
    cases = []
    for template, line, within, body in zip(parts[::4], parts[1::4], parts[2::4], parts[3::4], strict=True):
        code, fixed = body.split("---\n")
        cases.append(Case(template, int(line), int(within), code, fixed.rstrip("\n") + "\n"))
    return cases


CASES = _read()
