"""What a task's text asks for: a few words or a whole issue, taken apart into what can be looked up."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from itertools import chain
from math import log

from .words import numbers, stems, tokens

LONGEST_TEXT = 40_000
RAREST_COMMON = 0.004
PARTS = ("title", "prose", "code", "trace")
_FEW_WORDS = 6

_COMMENT = re.compile(r"<!--.{0,4000}?-->", re.DOTALL)
_LINKED_LINE = re.compile(r"https?://\S+?/blob/[^/\s]+/([\w./+-]+)(?:#L(\d+))?")
_TEMPLATE = re.compile(r"\s*(?:#{2,6} |[-*] \[[ xX]?\])")
_VERSION = re.compile(
    r"[\s`*-]*[a-z][\w.-]*(?: [\w.-]+)?`*\s*(?:[:=|]+|version:?)\s*v?\d+\.\d[\w.+-]*\s*$", re.IGNORECASE
)
_URL = re.compile(r"https?://\S+")
_FENCED = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*\n(.*?)(?:^[ \t]*(?:```|~~~)|\Z)", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]{1,200})`")
_PYTHON_FRAME = re.compile(r'File "([^"\n]+)", line (\d+)(?:, in (\w+))?')
_OTHER_FRAME = re.compile(r"(?<![\w.+/\\-])([\w.+/\\-]{1,200}\.[A-Za-z]\w{0,5})(?::|#L|\()(\d+)\b")
_TRACE_LINE = re.compile(
    r"[ \t>]*(?:Traceback \(most|File \".{1,300}\", line \d+|at [\w$.<>]+ ?\("
    r"|[\w.]*(?:Error|Exception|Warning)\b:?"
    r"|panic(?:ked)?\b|thread '|error(?:\[\w+\])?:|fatal:|Caused by|goroutine \d)"
)
_PATH = re.compile(
    r"(?<![\w./+-])(?:[\w.+-]{1,80}[/\\]){1,20}[\w.+-]{1,80}"
    r"|(?<![\w.-])[\w-]{1,80}\.[A-Za-z]\w{0,5}(?![\w.(])"
)
_DOTTED = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:(?:\.|::|#|->)[A-Za-z_]\w*)+")
_SEPARATOR = re.compile(r"\.|::|#|->")
_CALLED = re.compile(r"\b([A-Za-z_]\w+)\(")
_CODE_LIKE = re.compile(r"[a-z0-9][A-Z]|[A-Za-z0-9]_[A-Za-z0-9]|^__\w+__$|^_[a-z]\w+$|[A-Z][a-z]+[A-Z]")
_ABOUT_TESTS = re.compile(
    r"\b(?:tests?|testing) (?:suite|case|fails?|failing|failure|file|is|are|should|coverage|helper)"
    r"|\b(?:flaky|failing|broken|add|write|fix|missing) (?:\w+ )?tests?\b|^tests?:|\bconftest\b|\btests?/",
    re.IGNORECASE | re.MULTILINE,
)
_ABOUT_DOCUMENTS = re.compile(
    r"\b(?:documentation|docs?|readme|changelog|typo)\b|\.(?:md|rst)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Term:
    """A word of the task as the index has it: how often each part (title, prose, code, trace) says it.

    `whole` terms are identifiers as they stand, the others stemmed parts; `named` ones look like code.
    `telling`, 0..1: little for words that many tasks have, whatever they are about.
    """

    number: int
    shown: str
    whole: bool
    named: bool
    counts: tuple[int, int, int, int]
    telling: float


@dataclass(frozen=True)
class Frame:
    """A line of a stack trace or of a link; `depth` 0 is the innermost, and links have none (-1)."""

    path: str
    line: int
    function: str
    depth: int


@dataclass(frozen=True)
class Task:
    """What was lifted out of a text.

    `names`: identifiers that look like code, as written. `dotted`: names with dots, as tuples. `paths`: with
    "/". `length` is the text's, in characters; a text of `few_words` is a query, not a report.
    """

    terms: tuple[Term, ...]
    names: tuple[str, ...]
    dotted: tuple[tuple[str, ...], ...]
    paths: tuple[str, ...]
    frames: tuple[Frame, ...]
    about_tests: bool
    about_documents: bool
    length: int
    few_words: bool

    @cached_property
    def shown(self) -> dict[int, str]:
        return {term.number: term.shown for term in self.terms}


def parse(text: str, snippet: str = "") -> Task:
    """Takes a query or an issue's text apart. Headings, check lists and lists of versions come from templates
    and say nothing. Beyond 40,000 characters it isn't read.

    The words of a `snippet`, code as it might look, count as code; its names count as words only, since
    whoever wrote it has not seen the repository's.
    """
    text = _COMMENT.sub(" ", text[:LONGEST_TEXT].replace("\r\n", "\n"))
    links = [(path, int(line or 0)) for path, line in _LINKED_LINE.findall(text)]
    lines = _URL.sub(" ", text).split("\n")
    text = "\n".join(line for line in lines if not (_TEMPLATE.match(line) or _VERSION.match(line[:120])))
    code = [*_FENCED.findall(text), *_INLINE.findall(text)]
    names = _names(text, code)
    title = text.strip().partition("\n")[0]
    paths = chain((path for path, _ in links), map(_slashes, _PATH.findall(text)))
    return Task(
        terms=_terms(_with_code(_parts(text), snippet[:LONGEST_TEXT]), set(names)),
        names=names,
        dotted=tuple(dict.fromkeys(_dotted(text))),
        paths=tuple(dict.fromkeys(paths)),
        frames=(*_frames(text), *(Frame(path, line, "", -1) for path, line in dict.fromkeys(links) if line)),
        about_tests=_ABOUT_TESTS.search(title) is not None,
        about_documents=_ABOUT_DOCUMENTS.search(title) is not None,
        length=len(text),
        few_words=len(tokens(text)) <= _FEW_WORDS,
    )


def _parts(text: str) -> tuple[str, str, str, str]:
    """Title (the first line of a longer text), prose, code, and lines of traces and errors."""
    title, _, body = text.strip().partition("\n")
    prose: list[str] = []
    code: list[str] = []
    trace: list[str] = []
    at = 0
    for match in _FENCED.finditer(body):
        prose.append(body[at : match.start()])
        code.append(match[1])
        at = match.end()
    prose.append(body[at:])
    for part in (*prose, *code):
        trace += [line for line in part.split("\n") if _TRACE_LINE.match(line)]
    code += _INLINE.findall(title) + _INLINE.findall("\n".join(prose))
    return title, "\n".join(prose), "\n".join(code), "\n".join(trace)


def _with_code(parts: tuple[str, str, str, str], snippet: str) -> tuple[str, str, str, str]:
    title, prose, code, trace = parts
    return title, prose, f"{code}\n{snippet}", trace


def _terms(parts: tuple[str, str, str, str], named: set[str]) -> tuple[Term, ...]:
    counts: dict[int, list[int]] = {}
    shown: dict[int, tuple[str, bool]] = {}
    telling: dict[int, float] = {}
    for place, part in enumerate(parts):
        for token, times in Counter(tokens(part)).items():
            shares = [telling_share(stem) for stem in stems(token)]
            for position, number in enumerate(numbers(token)):
                telling[number] = max(shares, default=1.0) if position == 0 else shares[position - 1]
                counts.setdefault(number, [0, 0, 0, 0])[place] += times
                if number not in shown or (token in named and shown[number][0] not in named):
                    shown[number] = token, position == 0
    return tuple(
        Term(number, token, whole, token in named, (row[0], row[1], row[2], row[3]), telling[number])
        for number, row in counts.items()
        for token, whole in [shown[number]]
    )


def telling_share(stem: str) -> float:
    """1 for a word that fewer than one task in 250 has, whatever the project; falling to 0 with the logarithm
    of its share of tasks. (An inverse document frequency among tasks, beside the one among chunks.)
    """
    share = common_words().get(stem)
    return 1.0 if share is None else log(share) / log(RAREST_COMMON)


@cache
def common_words() -> dict[str, float]:
    """The share of tasks that have a word: `bench/ranking/common.py` counts them."""
    text = (resources.files(__package__) / "models" / "common.json").read_text("utf-8")
    shares: dict[str, float] = json.loads(text)
    return shares


def _frames(text: str) -> Iterator[Frame]:
    """Python prints the innermost frame last, others first."""
    python = list(dict.fromkeys(_PYTHON_FRAME.findall(text)))
    for depth, (path, line, function) in enumerate(reversed(python)):
        yield Frame(_slashes(path), int(line), function, depth)
    for depth, (path, line) in enumerate(dict.fromkeys(_OTHER_FRAME.findall(text))):
        yield Frame(_slashes(path), int(line), "", depth)


def _names(text: str, code: Iterable[str]) -> tuple[str, ...]:
    """Identifiers: by their look, by being called, or by standing in code; every word of a short query."""
    found = [token for token in tokens(text) if _CODE_LIKE.search(token)]
    found += _CALLED.findall(text)
    found += [token for piece in code for token in tokens(piece)]
    found += [part for names in _dotted(text) for part in names]
    everything = tokens(text)
    if len(everything) <= _FEW_WORDS:
        found += everything
    return tuple(dict.fromkeys(name for name in found if not name.isdigit() and len(name) > 1))


def _dotted(text: str) -> list[tuple[str, ...]]:
    return [tuple(_SEPARATOR.split(name)) for name in _DOTTED.findall(text)]


def _slashes(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./")
