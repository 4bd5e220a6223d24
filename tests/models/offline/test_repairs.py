"""The templates: a small wrong function each, and the repair that should be near the top."""

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genie_engineer.models.offline.repair.candidate import applied
from genie_engineer.models.offline.repair.priors import BOOSTS, PRIORS
from genie_engineer.models.offline.repair.rank import distinct, repairs
from genie_engineer.models.offline.repair.source import parse
from genie_engineer.models.offline.repair.spread import spread

from .cases import CASES, Case

OURS = sorted(Path(__file__).parents[3].glob("server/models/offline/repair/*.py"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.template} {case.code[4:12]}")
def test_a_small_slip_is_repaired_among_the_first_candidates(case: Case) -> None:
    wanted = ast.dump(ast.parse(case.fixed))
    ranked = distinct(case.code, repairs(case.code, {case.line: 1.0}), 200)
    places = [
        i for i, one in enumerate(ranked) if ast.dump(ast.parse(applied(case.code, one.edits))) == wanted
    ]
    assert places, "no candidate is this repair"
    assert places[0] < case.within
    assert ranked[places[0]].template == case.template


def test_every_template_has_a_case() -> None:
    assert {case.template for case in CASES} == set(PRIORS)
    assert {template for boosts in BOOSTS.values() for template in boosts} <= set(PRIORS)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_every_candidate_for_real_code_parses_and_changes_it(path: Path) -> None:
    text = path.read_text("utf-8")
    lines = dict.fromkeys(range(1, text.count("\n") + 1, 7), 1.0)
    before = ast.dump(ast.parse(text))
    for candidate in distinct(text, repairs(text, lines), 60):
        assert ast.dump(ast.parse(applied(text, candidate.edits))) != before


def test_repairs_are_the_same_every_time() -> None:
    text = CASES[0].code
    assert repairs(text, {2: 1.0}) == repairs(text, {2: 1.0})


def test_candidates_differ_in_their_trees() -> None:
    text = "def f(a, b):\n    return (a) < b\n"
    trees = [
        ast.dump(ast.parse(applied(text, one.edits))) for one in distinct(text, repairs(text, {2: 1.0}), 500)
    ]
    assert len(trees) == len(set(trees))


def test_only_suspicious_lines_and_their_neighbours_change() -> None:
    text = "def f(a):\n    return a + 1\n\n\ndef g(b):\n    return b + 1\n"
    assert {one.line for one in repairs(text, {6: 1.0})} <= {5, 6, 7}


def test_heads_and_constants_share_the_suspicion_of_what_uses_them() -> None:
    text = "STEP = 2\nOTHER = 3\n\n\ndef f(a, b=1):\n    return a + STEP\n\n\ndef g(c=1):\n    return c\n"
    source = parse(text)
    assert source is not None
    lines = spread(source, {6: 1.0})
    assert sorted(lines) == [1, 5, 6]
    assert lines[6] > max(lines[1], lines[5]) > 0


def test_a_more_suspicious_line_comes_first() -> None:
    text = "def f(a, b):\n    c = a - b\n    d = a - b\n    e = a - b\n    return c, d, e\n"
    ranked = [one for one in repairs(text, {2: 0.2, 4: 1.0}) if one.template == "arithmetic"]
    assert ranked[0].line == 4


def test_the_kind_of_failure_moves_its_repairs_up() -> None:
    text = "def f(node, other):\n    if node.next < other:\n        return 1\n    return 2\n"

    def place(failures: frozenset[str]) -> int:
        return [one.template for one in repairs(text, {2: 1.0}, failures)].index("None guard")

    assert place(frozenset({"AttributeError"})) < place(frozenset())


@pytest.mark.parametrize("text", ["def f(:\n", "print 'x'\n", "\0", ""])
def test_what_is_no_python_has_no_repairs(text: str) -> None:
    assert repairs(text, {1: 1.0}) == []
    assert distinct(text, [], 10) == []


def test_what_the_compiler_warns_of_is_no_hindrance() -> None:
    text = "def f(x):\n    return x < '\\d' and 1if x else 0\n"
    assert distinct(text, repairs(text, {2: 1.0}), 5)


def test_the_rest_of_the_text_stays_as_it_is() -> None:
    text = "def f(grüße, x):\r\n\tif grüße  <  x :  # häßlich\r\n\t\treturn [grüße,x]\r\n"
    results = {applied(text, one.edits) for one in distinct(text, repairs(text, {2: 1.0}), 300)}
    assert text.replace("<", "<=") in results
    assert all("\r\n" in result and "\n" not in result.replace("\r\n", "") for result in results)


def test_an_inserted_return_ends_a_file_without_a_final_newline() -> None:
    text = "def f(items):\n    out = []\n    for item in items:\n        out.append(item)"
    results = {applied(text, one.edits) for one in repairs(text, {4: 1.0})}
    assert f"{text}\n    return out" in results


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([case.code for case in CASES]),
    st.sampled_from([case.code for case in CASES]),
    st.integers(1, 12),
)
def test_any_code_at_any_line_gives_candidates_that_parse(one: str, two: str, line: int) -> None:
    text = f"{one}\n\n{two}"
    for candidate in distinct(text, repairs(text, {line: 1.0}), 80):
        ast.parse(applied(text, candidate.edits))
