"""What models write, against files: every case is text in data/*.txt, read by one check.

A case begins with `##### name`; its parts with `=== file PATH`, `=== answer`, `=== expect PATH`,
`=== deleted PATH` or `=== reason` (a part of what a problem says). Marks in brackets tell bytes: [crlf
no-newline empty bom utf-16 latin-1 binary]. What isn't named by expect or deleted must stay as it is.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from genie_engineer.edits.apply import apply
from genie_engineer.edits.parse import parse

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Case:
    name: str
    answer: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    expected: dict[str, bytes | None] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)


def as_bytes(body: str, marks: str) -> bytes:
    """The bytes that a part's text and marks stand for."""
    body = "" if "empty" in marks else body
    body = body.removesuffix("\n") if "no-newline" in marks else body
    body = body.replace("\n", "\r\n") if "crlf" in marks else body
    body = body + "\0" if "binary" in marks else body
    encodings = {"bom": "utf-8-sig", "utf-16": "utf-16", "latin-1": "latin-1"}
    return body.encode(next((encoding for mark, encoding in encodings.items() if mark in marks), "utf-8"))


def read_case(text: str) -> Case:
    name, _, rest = text.partition("\n")
    pieces = re.split(r"^=== (\w+)(?: ([^\[\n]+?))?(?: \[([\w -]+)\])?\n", rest, flags=re.MULTILINE)
    answer, files, expected, reasons = "", {}, {}, []
    for kind, path, marks, body in zip(*(pieces[start::4] for start in (1, 2, 3, 4)), strict=True):
        data = as_bytes(body, marks or "")
        if kind == "file":
            files[path] = data
        elif kind == "answer":
            answer = data.decode()
        elif kind == "expect":
            expected[path] = data
        elif kind == "deleted":
            expected[path] = None
        else:
            assert kind == "reason", f"{name}: {kind}"
            reasons.append(body.strip())
    return Case(name, answer, files, expected, reasons)


def cases() -> list[Case]:
    texts = [
        text for file in sorted(DATA.glob("*.txt")) for text in file.read_text("utf-8").split("##### ")[1:]
    ]
    return [read_case(text) for text in texts]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_answer(case: Case) -> None:
    parsed = parse(case.answer)
    applied = apply(parsed.edits, case.files.get)
    problems = [*parsed.problems, *(str(problem) for problem in applied.problems)]
    assert applied.files == case.expected, problems
    for reason in case.reasons:
        assert any(reason in problem for problem in problems), problems
    assert bool(problems) == bool(case.reasons), problems


def test_every_case_has_its_own_name() -> None:
    names = [case.name for case in cases()]
    assert len(names) == len(set(names)) > 80
