"""What a file's path says of it: a test, a document, a source."""

import re

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


def is_test(path: str) -> bool:
    """Whether a file holds tests, or data for tests."""
    return _TEST.search(path) is not None


def is_document(path: str) -> bool:
    """Whether a file explains or shows the project: prose, examples, the forge's own files."""
    return _DOCUMENT.search(path) is not None
