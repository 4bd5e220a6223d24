"""What a text is found by: identifiers whole and in parts, lightly stemmed.

Split when a text is indexed and, the same way, when it is searched, so that FTS5 only sees finished words.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

LONGEST = 64
_MOST_PARTS = 12
_TOKEN = re.compile(r"\w+")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_VOWEL = re.compile(r"[aeiouy]")
_DOUBLED = re.compile(r"([bdfgmnprt])\1$")

_STOP_WORDS_TEXT = """
a an and are as at be been but by can cannot def did do does doing elif else for from had has have he her
here him his how i if in into is it its itself just me my no nor not of on only or our out own return
self she should so some such than that the their them then there these they this those through to too up
very was we were what when where which while who why will with would you your
"""
STOP_WORDS = frozenset(_STOP_WORDS_TEXT.split())


def tokens(text: str) -> list[str]:
    """The identifiers, words and numbers of a text in order, as they are written."""
    return _TOKEN.findall(text)


def words(text: str) -> str:
    """The text as the index sees it: each token's words, separated by blanks."""
    return " ".join(filter(None, map(_joined, _TOKEN.findall(text))))


def words_of(items: Iterable[str]) -> str:
    """As `words`, for several texts."""
    return " ".join(filter(None, map(words, items)))


@lru_cache(maxsize=65536)
def _joined(token: str) -> str:
    return " ".join(split(token))


def split(token: str) -> tuple[str, ...]:
    """`parseHTTPHeaders` → parsehttpheaders, pars, http, header: the whole first, then stemmed parts.

    Stop words, single letters, long numbers and tokens longer than any identifier (encoded data) give none.
    """
    whole = token.lower()
    if len(token) > LONGEST or len(token) < 2 or whole in STOP_WORDS or (len(token) > 6 and token.isdigit()):
        return ()
    found = {whole: None}
    for part in parts(token)[:_MOST_PARTS]:
        if len(part) > 1 and part not in STOP_WORDS:
            found[stem(part)] = None
    return tuple(found)


def parts(token: str) -> list[str]:
    """The lower-case parts of an identifier in camelCase, snake_case or with digits."""
    if token.isascii():
        return [part.lower() for part in _PART.findall(token)]
    shape = "".join(map(_shape, token))
    return [token[match.start() : match.end()].lower() for match in _PART.finditer(shape)]


def _shape(character: str) -> str:
    """Stands for a letter of any script, so that one expression splits them all."""
    if character.isdigit():
        return "0"
    if character == "_":
        return "_"
    return "A" if character.isupper() else "a"


def stem(word: str) -> str:
    """Plural, -ing, -ed and a final e removed: light, so that unlike words stay apart."""
    if len(word) < 4 or not word.isascii():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and _VOWEL.search(word[: -len(ending)]) and len(word) >= len(ending) + 3:
            word = _DOUBLED.sub(r"\1", word[: -len(ending)])
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word
