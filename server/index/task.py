"""What a task's text asks for: a few words or a whole issue, taken apart into what can be looked up."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from .words import split, tokens

LONGEST_TEXT = 40_000
_MOST_REPEATS = 3
_SHORT_QUERY = 6

_COMMENT = re.compile(r"<!--.{0,4000}?-->", re.DOTALL)
_LINKED_LINE = re.compile(r"https?://\S+?/blob/[^/\s]+/([\w./+-]+)(?:#L(\d+))?")
_TEMPLATE = re.compile(r"^[ \t]*(?:#{2,6} |[-*] \[[ xX]?\]).*$", re.MULTILINE)
_URL = re.compile(r"https?://\S+")
_FENCED = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*\n(.*?)(?:^[ \t]*(?:```|~~~)|\Z)", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]{1,200})`")
_PYTHON_FRAME = re.compile(r'File "([^"\n]+)", line (\d+)')
_OTHER_FRAME = re.compile(r"(?<![\w.+/\\-])([\w.+/\\-]{1,200}\.[A-Za-z]\w{0,5})(?::|#L|\()(\d+)\b")
_PATH = re.compile(
    r"(?<![\w./+-])(?:[\w.+-]{1,80}[/\\]){1,20}[\w.+-]{1,80}"
    r"|(?<![\w.-])[\w-]{1,80}\.[A-Za-z]\w{0,5}(?![\w.(])"
)
_DOTTED = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:(?:\.|::|#)[A-Za-z_]\w*)+")
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
class Task:
    """What was lifted out of a text.

    `weights`: words as the index has them → how often they occur, three at most, the title counted double.
    `shown`: such a word → how the text writes it. `names`: identifiers that look like code, as written.
    `dotted`: names with dots, as tuples. `paths`: with "/". `frames`: (path, line) of stack traces and links.
    """

    weights: dict[str, float]
    shown: dict[str, str]
    names: tuple[str, ...]
    dotted: tuple[tuple[str, ...], ...]
    paths: tuple[str, ...]
    frames: tuple[tuple[str, int], ...]
    about_tests: bool
    about_documents: bool


def parse(text: str) -> Task:
    """Takes a query or an issue's text apart. Headings and check lists come from templates and say nothing.

    Beyond 40,000 characters it isn't read.
    """
    text = _COMMENT.sub(" ", text[:LONGEST_TEXT].replace("\r\n", "\n"))
    links = [(path, int(line or 0)) for path, line in _LINKED_LINE.findall(text)]
    text = _TEMPLATE.sub("", _URL.sub(" ", text))
    frames = [(_slashes(path), int(line)) for path, line in _PYTHON_FRAME.findall(text)]
    frames += [(_slashes(path), int(line)) for path, line in _OTHER_FRAME.findall(text)]
    code = [*_FENCED.findall(text), *_INLINE.findall(text)]
    weights, shown = _weights(text)
    return Task(
        weights=weights,
        shown=shown,
        names=_names(text, code),
        dotted=tuple(dict.fromkeys(_dotted(text))),
        paths=tuple(dict.fromkeys(chain((path for path, _ in links), map(_slashes, _PATH.findall(text))))),
        frames=tuple(dict.fromkeys(chain(frames, (link for link in links if link[1])))),
        about_tests=_ABOUT_TESTS.search(text[:1000]) is not None,
        about_documents=_ABOUT_DOCUMENTS.search(text[:300]) is not None,
    )


def _weights(text: str) -> tuple[dict[str, float], dict[str, str]]:
    """Counts words; those of the title, the first line of a longer text, count double."""
    title, _, body = text.strip().partition("\n")
    counts: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for part, weight in ((title, 2 if body.strip() else 1), (body, 1)):
        for token in tokens(part):
            for word in split(token):
                counts[word] += weight
                shown.setdefault(word, token)
    return {word: float(min(count, _MOST_REPEATS)) for word, count in counts.items()}, shown


def _names(text: str, code: Iterable[str]) -> tuple[str, ...]:
    """Identifiers: by their look, by being called, or by standing in code; every word of a short query."""
    found = [token for token in tokens(text) if _CODE_LIKE.search(token)]
    found += _CALLED.findall(text)
    found += [token for piece in code for token in tokens(piece)]
    found += [part for names in _dotted(text) for part in names]
    everything = tokens(text)
    if len(everything) <= _SHORT_QUERY:
        found += everything
    return tuple(dict.fromkeys(name for name in found if not name.isdigit()))


def _dotted(text: str) -> list[tuple[str, ...]]:
    return [tuple(re.split(r"\.|::|#", name)) for name in _DOTTED.findall(text)]


def _slashes(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./")
