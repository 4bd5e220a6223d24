"""From a node and new text to a candidate: the few ways in which templates write."""

import ast
import re
from collections.abc import Iterator

from .candidate import Candidate, Edit
from .priors import PRIORS
from .source import Source, fitted, indent, line_range, span

_OPERATOR = re.compile(r"not\s+in|is\s+not|[^\s()\\]+")


def line_of(node: ast.AST) -> int:
    """The first line (1-based) of an expression or statement."""
    return getattr(node, "lineno", 1)


def change(source: Source, node: ast.expr, new: str, template: str, extra: float) -> Iterator[Candidate]:
    """The expression replaced, in parentheses where the place needs them; nothing if `new` is none."""
    text = fitted(source, node, new)
    start, end = span(source, node)
    if text is not None and text != source.text[start:end]:
        yield Candidate((Edit(start, end, text),), template, PRIORS[template] + extra, node.lineno)


def replaced(source: Source, node: ast.stmt, new: str, template: str, extra: float) -> Candidate:
    """The statement replaced by other text on the same indentation."""
    start, end = span(source, node)
    return Candidate((Edit(start, end, new),), template, PRIORS[template] + extra, node.lineno)


def between(
    source: Source, pair: tuple[ast.expr, ast.expr], new: str, template: str, extra: float
) -> Iterator[Candidate]:
    """The operator between two neighbouring operands replaced."""
    start, end = span(source, pair[0])[1], span(source, pair[1])[0]
    match = _OPERATOR.search(source.text, start, end)
    if match:
        edit = Edit(match.start(), match.end(), new)
        yield Candidate((edit,), template, PRIORS[template] + extra, pair[1].lineno)


def before(source: Source, statement: ast.stmt, new: str, template: str, extra: float) -> Iterator[Candidate]:
    """A new statement (perhaps of several lines) in front of one that begins its line."""
    margin = indent(source, statement)
    if margin is not None:
        at = line_range(source, statement)[0]
        edit = Edit(at, at, _lines(source, margin, new) + source.newline)
        yield Candidate((edit,), template, PRIORS[template] + extra, statement.lineno)


def after(source: Source, statement: ast.stmt, new: str, template: str, extra: float) -> Iterator[Candidate]:
    """A new statement behind one that begins its line."""
    margin = indent(source, statement)
    if margin is not None:
        at = line_range(source, statement)[1]
        whole = source.text[:at].endswith(("\n", "\r"))
        lines = _lines(source, margin, new)
        text = lines + source.newline if whole else source.newline + lines
        line = statement.end_lineno or statement.lineno
        yield Candidate((Edit(at, at, text),), template, PRIORS[template] + extra, line)


def _lines(source: Source, margin: str, new: str) -> str:
    return source.newline.join(margin + line for line in new.split("\n"))
