"""Whatever a model writes: nothing raises, nothing is emptied, what isn't edited stays."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genie_engineer.edits.apply import apply
from genie_engineer.edits.parse import parse
from genie_engineer.edits.text import decode

from .test_answers import Case, cases
from .texts import LINES

CASES = cases()
MARKS = [
    "--- a/a.py",
    "+++ b/a.py",
    "--- /dev/null",
    "+++ /dev/null",
    "@@ -1,2 +1,3 @@",
    "@@",
    "```",
    "```diff",
]
BLOCK = [
    "<<<<<<< SEARCH",
    "=======",
    ">>>>>>> REPLACE",
    "a.py",
    "x = 1",
    "-x = 1",
    "+x = 2",
    "+",
    "-",
    "",
    " ",
]
GIT = ["diff --git a/a.py b/a.py", "deleted file mode 100644", "rename from a.py", "rename to b.py", "\\ No"]
PIECES = st.sampled_from(MARKS + BLOCK + GIT)


def check(answer: str, files: Mapping[str, bytes]) -> None:
    for complete in (False, True):
        parsed = parse(answer, complete)
        applied = apply(parsed.edits, files.get)
        assert parsed.edits or parsed.problems
        for path, data in applied.files.items():
            assert ".." not in path.split("/")
            if data is None:
                assert any(edit.path == path and edit.kind in ("delete", "rename") for edit in parsed.edits)
            elif decode(files.get(path, b"")).lines:
                assert decode(data).lines


def mutated(case: Case, draw: st.DrawFn) -> str:
    lines = case.answer.split("\n")
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(lines)))
        gone = draw(st.integers(0, 2))
        lines[at : at + gone] = draw(st.lists(st.one_of(PIECES, LINES), max_size=2))
    text = "\n".join(lines)
    return text[: draw(st.integers(0, len(text)))] if draw(st.booleans()) else text


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, Case]:
    case = draw(st.sampled_from(CASES))
    return mutated(case, draw), case


@settings(max_examples=400)
@given(mutations())
def test_damaged_answers(pair: tuple[str, Case]) -> None:
    answer, case = pair
    check(answer, {path: data for path, data in case.files.items() if b"\0" not in data})


@settings(max_examples=200)
@given(st.lists(st.one_of(PIECES, LINES, st.text(max_size=8)), max_size=25))
def test_heaps_of_pieces(pieces: list[str]) -> None:
    check("\n".join(pieces), {"a.py": b"x = 1\ny = 2\n", "b.py": b"x = 1\r\n"})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_beginning_of_an_answer(case: Case) -> None:
    """Cut anywhere, an answer brings only whole lines that the whole answer brings too."""
    files = {path: data for path, data in case.files.items() if b"\0" not in data}
    edits = parse(case.answer).edits
    paths = {*files, *(edit.path for edit in edits), *(edit.new_path for edit in edits)}
    known = {part.strip() for line in case.answer.split("\n") for part in (line, line[1:], line.strip()[1:])}
    texts = [data for data in (*files.values(), *case.expected.values()) if data is not None]
    known |= {line.strip() for data in texts for line in decode(data).lines}
    for end in range(len(case.answer)):
        answer = case.answer[:end]
        check(answer, files)
        for path, data in apply(parse(answer).edits, files.get).files.items():
            assert path in paths, answer
            assert data is not None or case.expected[path] is None, answer
            assert {line.strip() for line in decode(data or b"").lines} <= known, answer
