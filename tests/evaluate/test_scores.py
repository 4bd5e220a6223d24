"""The scores, by hand: ranks of files and functions, and lines within a budget."""

import pytest

from genie_engineer.evaluate import scores
from genie_engineer.index.chunks import Symbol
from genie_engineer.index.spans import Span


@pytest.mark.parametrize(
    "path",
    ["README", "docs/conf.py", "a/doc/x.html", "CHANGES", "a/notes.RST", "AUTHORS", "x.mdx", "NEWS.md"],
)
def test_prose_and_what_lies_in_a_folder_of_documentation_is_a_document(path: str) -> None:
    assert scores.is_document(path)


@pytest.mark.parametrize(
    "path",
    ["a.py", "lib/documents/x.rb", "document_drop.rb", "changes.py", "page.html", "x.json", "history/a.go"],
)
def test_a_source_is_no_document(path: str) -> None:
    assert not scores.is_document(path)


def test_files_are_ranked_by_their_first_span() -> None:
    spans = [Span("b", 1, 2), Span("a", 1, 2), Span("b", 5, 6), Span("c", 1, 1)]
    assert scores.ranks(["c", "a", "d"], scores.files_of(spans)) == {"c": 3, "a": 2, "d": None}


@pytest.mark.parametrize(
    ("ranked", "k", "recall", "accuracy"),
    [
        ({"a": 1}, 1, 1.0, 1.0),
        ({"a": 2}, 1, 0.0, 0.0),
        ({"a": 2}, 3, 1.0, 1.0),
        ({"a": 1, "b": 5}, 3, 0.5, 0.0),
        ({"a": 1, "b": 5}, 5, 1.0, 1.0),
        ({"a": 1, "b": None}, 10, 0.5, 0.0),
        ({"a": None}, 10, 0.0, 0.0),
    ],
)
def test_recall_is_a_share_and_accuracy_all_or_nothing(
    ranked: dict[str, int | None], k: int, recall: float, accuracy: float
) -> None:
    assert scores.recall_at(k, ranked) == recall
    assert scores.accuracy_at(k, ranked) == accuracy


def symbol(qualified: str, kind: str, start: int, end: int) -> Symbol:
    return Symbol(qualified.rpartition(".")[2], qualified, kind, start, end)


SYMBOLS = {
    "a.py": (
        symbol("C", "class", 1, 20),
        symbol("C.one", "method", 2, 5),
        symbol("C.two", "method", 6, 15),
        symbol("C.two.inner", "function", 8, 10),
        symbol("C.LIMIT", "variable", 18, 18),
        symbol("last", "function", 30, 40),
    )
}


@pytest.mark.parametrize(
    ("spans", "found"),
    [
        ([Span("a.py", 3, 3)], ["C.one"]),
        ([Span("a.py", 1, 1)], []),
        ([Span("a.py", 16, 29)], []),
        ([Span("a.py", 5, 6)], ["C.one", "C.two"]),
        ([Span("a.py", 9, 9)], ["C.two.inner"]),
        ([Span("a.py", 1, 40)], ["C.one", "C.two", "C.two.inner", "last"]),
        ([Span("a.py", 1, 40, "last")], ["last", "C.one", "C.two", "C.two.inner"]),
        ([Span("a.py", 35, 99), Span("a.py", 1, 30)], ["last", "C.one", "C.two", "C.two.inner"]),
        ([Span("other.py", 1, 40)], []),
    ],
)
def test_functions_are_the_innermost_of_a_spans_lines(spans: list[Span], found: list[str]) -> None:
    assert scores.functions_of(spans, SYMBOLS) == [f"a.py::{name}" for name in found]


TEXTS = {"a": b"12345\n" * 10, "b": "äöü\n".encode() * 10, "end": b"1\n22"}


@pytest.mark.parametrize(
    ("spans", "characters", "taken"),
    [
        ([Span("a", 1, 1)], 12, 1),  # "a:1-1\n" is 6 characters, the line 6
        ([Span("a", 1, 1)], 11, 0),
        ([Span("b", 1, 2)], 14, 1),  # characters, not bytes
        ([Span("end", 2, 2)], 10, 1),  # no line break at the end
        ([Span("end", 2, 2)], 9, 0),
        ([Span("a", 9, 99)], 19, 1),  # beyond the end: "a:9-99\n" and two lines
        ([Span("a", 9, 99)], 18, 0),
        ([Span("nowhere", 1, 9)], 12, 1),
        ([Span("a", 0, 1)], 12, 1),
        ([Span("a", 0, 1)], 11, 0),
    ],
)
def test_a_span_costs_its_text_and_a_header(spans: list[Span], characters: int, taken: int) -> None:
    assert len(within(spans, characters)) == taken


def within(spans: list[Span], characters: int) -> list[Span]:
    """With room for `characters`: a filler takes what the budget of whole tokens has beyond that."""
    budget = characters // 4 + 20
    header = len(f"filler:1-{1}\n")
    filler = b"x" * (budget * 4 - characters - header)
    return scores.within([Span("filler", 1, 1), *spans], budget, TEXTS | {"filler": filler})[1:]


def test_a_span_that_does_not_fit_is_passed_over() -> None:
    spans = [Span("a", 1, 1), Span("a", 2, 10), Span("a", 3, 3)]
    assert scores.within(spans, 6, TEXTS) == [spans[0], spans[2]]


@pytest.mark.parametrize(
    ("spans", "share"),
    [
        ([], 0.0),
        ([Span("a", 1, 3)], 0.5),
        ([Span("a", 3, 4), Span("a", 3, 8)], 0.5),
        ([Span("a", 1, 8), Span("b", 1, 1)], 0.75),
        ([Span("a", 1, 8), Span("b", 1, 7)], 1.0),
        ([Span("c", 1, 9)], 0.0),
        ([Span("a", 4, 6)], 0.0),
    ],
)
def test_line_recall_is_the_share_of_gold_lines_inside(spans: list[Span], share: float) -> None:
    assert scores.line_recall({"a": [3, 2, 7], "b": [7]}, spans) == share
