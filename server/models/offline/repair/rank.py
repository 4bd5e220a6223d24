"""Puts the templates to work: every repair of suspicious code, likeliest first."""

import ast
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from . import calls, conditions, literals, missing, operators, removed, statements, undefined, variables
from .candidate import Candidate, Edit, applied
from .priors import BOOSTS
from .source import Function, Source, line_range, parse, statement_of, tree_of
from .spread import spread

Template = Callable[[Source, ast.AST], Iterator[Candidate]]

TEMPLATES: tuple[Template, ...] = (
    undefined.undefined_name,
    operators.comparison,
    operators.arithmetic,
    operators.boolean,
    operators.operands,
    operators.negation,
    operators.augmented,
    operators.sign,
    literals.constant,
    literals.off_by_one,
    literals.slices,
    literals.literal,
    literals.truth,
    variables.wrong_variable,
    variables.wrong_attribute,
    variables.similar_expression,
    variables.variable_for_call,
    calls.swapped_arguments,
    calls.sibling_function,
    calls.wrong_function,
    calls.unwrapped,
    calls.wrapped,
    calls.adjusted,
    calls.extreme,
    calls.result,
    calls.generator,
    conditions.loop_condition,
    conditions.none_guard,
    conditions.index_guard,
    conditions.extended_condition,
    missing.starved_collection,
    missing.stale_variable,
    missing.sibling_statement,
    missing.missing_return,
    missing.early_return,
    missing.returned_sum,
    statements.moved,
    statements.swapped_statements,
    statements.deleted,
    statements.jump,
    statements.wrong_exception,
    statements.elif_branch,
    statements.comprehension_result,
    removed.starved_loop,
    removed.missing_decorator,
)

_CHOICE = 0.5
"""How much of a template's prior is shared among its candidates at a place: 1 would be all of it."""
_PLACE = 1.5
"""How much a line's suspiciousness weighs against a template's prior: nats per nat."""


def repairs(
    text: str, suspicion: Mapping[int, float], failures: frozenset[str] = frozenset()
) -> list[Candidate]:
    """Every repair at the suspicious lines (1-based line → 0..1), cheapest first, each with its full cost.

    `failures` names kinds of failure seen ("IndexError", "time", as in priors.BOOSTS). Nothing is checked
    here: see `distinct`. The same input gives the same list. Empty if the text is no Python.
    """
    source = parse(text)
    if source is None:
        return []
    suspicion = spread(source, suspicion)
    found = [
        candidate
        for node in ast.walk(source.tree)
        if _is_suspected(source, node, suspicion)
        for template in TEMPLATES
        for candidate in _shared(list(template(source, node)))
    ]
    priced = [_priced(candidate, suspicion, failures) for candidate in found]
    kept = [candidate for candidate in priced if math.isfinite(candidate.cost)]
    return sorted(kept, key=lambda candidate: (candidate.cost, candidate.line, candidate.edits[0].start))


def _shared(candidates: list[Candidate]) -> list[Candidate]:
    """What a template offers at one place: the more likely ones there are, the less likely is each."""
    least = min((candidate.cost for candidate in candidates), default=0.0)
    rivals = sum(math.exp(least - candidate.cost) for candidate in candidates)
    more = _CHOICE * math.log(rivals or 1.0)
    return [replace(candidate, cost=candidate.cost + more) for candidate in candidates]


def _is_suspected(source: Source, node: ast.AST, suspicion: Mapping[int, float]) -> bool:
    """Cheap: whether templates for this node can touch a suspicious line."""
    if isinstance(node, ast.expr | ast.stmt | ast.ExceptHandler):
        first, last = node.lineno, node.end_lineno or node.lineno
    elif isinstance(node, ast.comprehension):
        first, last = node.target.lineno, node.iter.end_lineno or node.target.lineno
    else:
        return False
    if not isinstance(node, Function | ast.stmt):
        statement = statement_of(source, node)
        first = min(first, statement.lineno) if statement else first
    return any(line in suspicion for line in range(first, last + 2))


def _priced(candidate: Candidate, suspicion: Mapping[int, float], failures: frozenset[str]) -> Candidate:
    near = [
        suspicion.get(candidate.line + step, 0.0) * weight for step, weight in ((0, 1.0), (-1, 0.8), (1, 0.8))
    ]
    place = max(near)
    boost = max([BOOSTS.get(kind, {}).get(candidate.template, 0.0) for kind in failures], default=0.0)
    cost = math.inf if place <= 0 else candidate.cost - boost - _PLACE * math.log(min(place, 1.0))
    return Candidate(candidate.edits, candidate.template, cost, candidate.line)


def distinct(text: str, candidates: list[Candidate], limit: int) -> list[Candidate]:
    """The first `limit` candidates that parse, with syntax trees unlike the original and each other."""
    source = parse(text)
    if source is None:
        return []
    segments = [*_segments(source), (0, len(text))]
    seen: dict[tuple[int, int], set[str]] = {}
    kept: list[Candidate] = []
    for candidate in candidates:
        if len(kept) == limit:
            break
        start, end = _around(segments, candidate)
        edits = tuple(Edit(edit.start - start, edit.end - start, edit.new) for edit in candidate.edits)
        shape = _shape(applied(text[start:end], edits))
        known = seen.setdefault((start, end), {_shape(text[start:end])})
        if shape and shape not in known:
            known.add(shape)
            kept.append(candidate)
    return kept


def _segments(source: Source) -> Iterator[tuple[int, int]]:
    """The parts of a file that can be parsed alone: methods, functions, other statements of the module."""
    for statement in source.tree.body:
        if isinstance(statement, ast.ClassDef):
            yield from (line_range(source, inner) for inner in statement.body if isinstance(inner, Function))
        yield line_range(source, statement)


def _around(segments: list[tuple[int, int]], candidate: Candidate) -> tuple[int, int]:
    first = min(edit.start for edit in candidate.edits)
    last = max(edit.end for edit in candidate.edits)
    return next((start, end) for start, end in segments if start <= first and last <= end)


def _shape(text: str) -> str:
    """The syntax tree of a part of a file, "" if it has none."""
    tree = tree_of(f"if 1:\n{text}" if text[:1] in (" ", "\t") else text)
    return ast.dump(tree) if tree else ""
