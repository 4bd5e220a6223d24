"""What a file's path says of it: a test, a document, a source."""

import re
from array import array

from .words import number, stems

_TEST = re.compile(
    r"(?:^|/)(?:tests?|specs?|__tests__|testdata|test[-_]?cases|fixtures|e2e)/"
    r"|(?:^|/)(?:test_[^/]*|conftest|[^/]*[._-](?:test|tests|spec|unittest))\.[^/.]+$"
    r"|[a-z0-9](?:Test|Tests|TestCase|Spec)\.[^/.]+$",
)
_DOCUMENT = re.compile(
    r"(?:^|/)(?:docs?|documentation|changelogs?|news|changes|examples?|benchmarks?|\.github)/"
    r"|\.(?:md|markdown|rst|txt|adoc|asciidoc|tex|org|html?|po|svg)$"
    r"|(?:^|/)(?:changelog|changes|history|news|readme|license|authors|contributing)[^/]*$",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"(?:^|/)(?:_?vendor(?:ed)?|third[-_]?party|extern(?:al|als)?|node_modules|bower_components|generated|dist)/"
    r"|(?:^|/)zz_generated[^/]*$|[._-]pb2?(?:_grpc)?\.\w+$|\.min\.\w+$|\.(?:lock|snap|map)$|-lock\.\w+$"
    r"|[._-]generated?\.\w+$",
    re.IGNORECASE,
)


def is_test(path: str) -> bool:
    """Whether a file holds tests, or data for tests."""
    return _TEST.search(path) is not None


def is_document(path: str) -> bool:
    """Whether a file explains or shows the project: prose, examples, the forge's own files."""
    return _DOCUMENT.search(path) is not None


def is_foreign(path: str) -> bool:
    """Whether a file was written elsewhere or by a program: vendored, generated, minified."""
    return _FOREIGN.search(path) is not None


def path_words(path: str) -> bytes:
    """The numbers of a path's words (u64): how many are the file's own name's, those, then the folders'."""
    folders, _, name = path.rpartition("/")
    stem = name.partition(".")[0] or name
    own = dict.fromkeys(map(number, stems(stem)))
    around = dict.fromkeys(number(word) for folder in folders.split("/") for word in stems(folder))
    return array("Q", [len(own), *own, *around]).tobytes()
