"""What a text is found by: identifiers whole and in parts, lightly stemmed; each as a number of 64 bits.

Split when a text is indexed and, the same way, when it is searched. Numbers instead of words need no
dictionary that processes would have to share; of a million words two collide with a chance of 3 in 10⁸.
"""

import re
from functools import lru_cache
from hashlib import blake2b

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


def number(word: str) -> int:
    """A word's number (BLAKE2b of its UTF-8, 64 bits)."""
    return int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "little")


def whole(name: str) -> int:
    """The number of an identifier as it stands, whatever its case; no part of another has it."""
    return number("=" + name.lower())


@lru_cache(maxsize=16384)
def numbers(token: str) -> tuple[int, ...]:
    """The numbers that a token is found by: of the whole, marked as such, then of its stemmed parts.

    The whole has a number of its own even where it is its only part: to be named is more than to be alike.
    """
    if len(token) > LONGEST or len(token) < 2 or (len(token) > 6 and token.isdigit()):
        return ()
    return () if token.lower() in STOP_WORDS else (whole(token), *map(number, stems(token)))


def stems(token: str) -> tuple[str, ...]:
    """The stemmed parts of a token, without stop words and single letters, each once."""
    found = {
        stem(part): None for part in parts(token)[:_MOST_PARTS] if len(part) > 1 and part not in STOP_WORDS
    }
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
