"""Where to look: spectra, stack frames, retrieval and names, each a vote on lines of source.

Ochiai (Abreu, Zoeteweij, van Gemund 2006) comes with the report of the tests; that frames of a failure and
the words of a task sharpen it is the finding of many (e.g. Wong, Gao, Li, Abreu, Wotawa, TSE 2016).
"""

import ast
import re
from collections.abc import Mapping

from ..contract import Json
from .conversation import Brief, failing
from .repair.source import Function, parse

Suspicion = dict[str, dict[int, float]]
"""Path → line (1-based) → suspiciousness in 0..1."""

_TEST = re.compile(r"(^|/)(tests?|testing|[\w-]*testcases?)/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$")
_ERROR = re.compile(r"\b([A-Z]\w*(?:Error|Exception|Iteration|Exit|Interrupt))\b")
_HANG = re.compile(r"tim(?:ed|e)[ -]?out|too long|hung|hang", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z_]\w{2,}")
_LAST_FRAME, _FRAME, _SPAN, _NAMED = 0.4, 0.15, 0.15, 1.3


def is_test(path: str) -> bool:
    """Whether a path looks like a test: what must stay as it is, since it says what is right."""
    return bool(_TEST.search(path))


def suspicion(brief: Brief, report: Mapping[str, Json]) -> Suspicion:
    """All votes on Python files that aren't tests, scaled so that the best line has 1."""
    votes: Suspicion = {}
    for suspect in report.get("suspects") or ():
        _vote(votes, suspect["path"], suspect["line"], suspect["score"])
    outcomes = failing(dict(report))
    for outcome in outcomes:
        frames = [frame for frame in outcome.get("frames") or () if not is_test(frame["path"])]
        for rank, frame in enumerate(reversed(frames)):
            _vote(votes, frame["path"], frame["line"], (_FRAME if rank else _LAST_FRAME) / len(outcomes))
    for rank, found in enumerate(brief.found):
        for line in range(found["start"], found["end"] + 1):
            _vote(votes, found["path"], line, _SPAN / (rank + 1))
    best = max((score for lines in votes.values() for score in lines.values()), default=1.0)
    return {path: {line: score / best for line, score in lines.items()} for path, lines in votes.items()}


def _vote(votes: Suspicion, path: str, line: int, score: float) -> None:
    if path.endswith(".py") and not is_test(path) and score > 0:
        lines = votes.setdefault(path, {})
        lines[line] = lines.get(line, 0.0) + score


def files(votes: Suspicion, limit: int) -> list[str]:
    """The most suspicious files, best first."""
    return sorted(votes, key=lambda path: (-max(votes[path].values()), -sum(votes[path].values()), path))[
        :limit
    ]


def words(brief: Brief, report: Mapping[str, Json]) -> frozenset[str]:
    """Names that the task, the failing tests and their messages mention."""
    texts = [brief.task]
    for outcome in failing(dict(report)):
        texts += [outcome["id"].rsplit("/", 1)[-1], str(outcome.get("message", ""))]
    return frozenset(word for text in texts for word in _WORD.findall(text))


def sharpened(text: str, lines: Mapping[int, float], named: frozenset[str]) -> dict[int, float]:
    """The lines of one file again, those of functions that are mentioned by name weighing more."""
    source = parse(text)
    functions = [node for node in ast.walk(source.tree) if isinstance(node, Function)] if source else []
    spans = [
        range(node.lineno, (node.end_lineno or node.lineno) + 1) for node in functions if node.name in named
    ]
    return {
        line: min(1.0, score * (_NAMED if any(line in span for span in spans) else 1.0) / _NAMED)
        for line, score in lines.items()
    }


def failures(report: Mapping[str, Json]) -> frozenset[str]:
    """The kinds of failure seen: names of exceptions, and "time" for a test that didn't end."""
    kinds: set[str] = set()
    for outcome in failing(dict(report)):
        message = str(outcome.get("message", ""))
        kinds |= set(_ERROR.findall(message))
        kinds |= {"time"} if _HANG.search(message) else set()
    return frozenset(kinds - {"AssertionError"})


def worst(votes: Suspicion, limit: int) -> list[tuple[str, int]]:
    """The most suspicious lines as (path, line), best first."""
    ranked = [(-score, path, line) for path, lines in votes.items() for line, score in lines.items()]
    return [(path, line) for _, path, line in sorted(ranked)[:limit]]
