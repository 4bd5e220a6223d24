"""Reads JUnit's XML as Surefire, Gradle, PHPUnit, CTest and others write it.

The form is that of Jenkins' junit-10.xsd, of which each tool takes what it likes. Documents with a DOCTYPE
are refused before anything of them is expanded: no report has one, and entities could fill the memory.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from xml.parsers import expat

from ..report import TestOutcome, TestStatus
from .framework import Where
from .traces import frames, message, resolved

_MOST_CASES = 200_000
_MOST_TEXT = 100_000
_KINDS: dict[str, TestStatus] = {"failure": "failed", "error": "error", "skipped": "skipped"}


class _Refused(Exception):
    """The document is not one that a test framework writes."""


@dataclass
class _Case:
    """One test: its attributes, and text by element."""

    attributes: dict[str, str]
    told: dict[str, list[str]] = field(default_factory=dict)
    length: int = 0


@dataclass
class _Reader:
    """What has been read so far: the elements `case`, and in them the text of `parts`."""

    case: str
    parts: frozenset[str]
    cases: list[_Case] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == self.case:
            if len(self.cases) >= _MOST_CASES:
                raise _Refused
            self.cases.append(_Case(attributes))
        elif name in self.parts and self.cases:
            self.inside.append(name)
            said = attributes.get("message", "")[:_MOST_TEXT]
            self.cases[-1].told.setdefault(name, []).append(f"{said}\n" if said else "")

    def end(self, name: str) -> None:
        if self.inside and self.inside[-1] == name.rpartition(":")[2]:
            self.inside.pop()

    def characters(self, data: str) -> None:
        if self.inside and self.cases[-1].length < _MOST_TEXT:
            self.cases[-1].length += len(data)
            self.cases[-1].told[self.inside[-1]].append(data)


def elements(
    document: bytes, case: str, parts: frozenset[str]
) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Of each element `case` its attributes and the text of its `parts`; up to where a document is torn."""
    reader = _Reader(case, parts)
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = reader.characters, _refuse
    with suppress(expat.ExpatError, _Refused):
        parser.Parse(document, True)
    for one in reader.cases:
        yield one.attributes, {name: "".join(words) for name, words in one.told.items()}


def _refuse(*_: object) -> None:
    raise _Refused


def read_junit(document: bytes, where: Where) -> tuple[TestOutcome, ...]:
    """The outcomes in one document; of one that is torn, those that come before the tear."""
    wanted = frozenset((*_KINDS, "system-out", "system-err"))
    return tuple(_outcome(*one, where) for one in elements(document, "testcase", wanted))


def _outcome(attributes: dict[str, str], told: dict[str, str], where: Where) -> TestOutcome:
    name = attributes.get("name", "")
    group = attributes.get("classname") or attributes.get("class") or ""
    path = resolved(attributes.get("file", ""), where) or group
    kind = next((one for one in ("error", "failure", "skipped") if one in told), "")
    if attributes.get("status") in ("disabled", "notrun"):
        kind = "skipped"
    status = _KINDS.get(kind, "passed")
    identity = name if path in ("", name) else f"{path}::{name}"
    if status not in ("failed", "error"):
        return TestOutcome(identity, status)
    text = told.get(kind, "")
    if not text.strip():
        text = told.get("system-err", "") + told.get("system-out", "")
    return TestOutcome(identity, status, _without_repeat(message(text)), frames(text, where))


def _without_repeat(text: str) -> str:
    """A message given as attribute stands again at the beginning of the text."""
    first, _, rest = text.partition("\n")
    return rest if first and first in rest.split("\n", 1)[0] else text
