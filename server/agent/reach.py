"""Which test files reach the files of a change, by the names that these define and those use."""

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from ..index.index import Index
from ..index.paths import is_document, is_test

_MOST_SYMBOLS = 60
_MOST_USERS = 40
_COMMON = 30
"""A name in more files than this tells nothing of which test is meant."""
_SAME_NAME = 2.0


def only_tests(paths: Iterable[str]) -> list[str]:
    """Those that are source of tests, and not data or prose for them."""
    return [path for path in paths if is_test(path) and not is_document(path) and _is_source(path)]


def reaching(index: Index, changed: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Test files that use what the `changed` files define, and those one step further; likeliest first.

    A test named after a changed file counts for most (test_pay.py of pay.py), a name that few files use for
    more than one that many do. The index is of the user's files, so that new ones are not in it.
    """
    sources = [path for path in changed if path not in only_tests(changed)]
    users = _users(index, sources)
    near = _ranked(users, sources) + [one for one in _namesakes(index, sources) if one not in users]
    between = [path for path in _by_weight(users) if not is_test(path)][:_MOST_USERS]
    further = [one for one in _ranked(_users(index, between), between) if one not in near]
    return tuple(dict.fromkeys(near)), tuple(further)


def _users(index: Index, paths: Sequence[str]) -> dict[str, float]:
    """By file, how much it has to do with what `paths` define."""
    names = dict.fromkeys(
        symbol.name.rpartition(".")[2] for path in paths for symbol in index.symbols(path)[:_MOST_SYMBOLS]
    )
    weights: dict[str, float] = {}
    for files in index.users(names).values():
        if len(files) <= _COMMON:
            for file in files - set(paths):
                weights[file] = weights.get(file, 0.0) + 1 / len(files)
    return weights


def _ranked(users: dict[str, float], sources: Sequence[str]) -> list[str]:
    stems = {_stem(path) for path in sources}
    weights = {path: weight + _SAME_NAME * (_stem(path) in stems) for path, weight in users.items()}
    return only_tests(_by_weight(weights))


def _namesakes(index: Index, sources: Sequence[str]) -> list[str]:
    stems = {_stem(path) for path in sources}
    return [path for path in only_tests(index.files()) if _stem(path) in stems]


def _by_weight(weights: dict[str, float]) -> list[str]:
    return sorted(weights, key=lambda path: (-weights[path], path))


def _stem(path: str) -> str:
    """A file's name without what makes it a test's: pay of test_pay.py, pay.spec.ts, PayTest.java."""
    stem = PurePosixPath(path).name.partition(".")[0].lower()
    for part in ("tests", "test", "spec"):
        stem = stem.removeprefix(f"{part}_").removesuffix(f"_{part}")
        stem = stem.removesuffix(part) if stem != part else stem
    return stem


def _is_source(path: str) -> bool:
    return PurePosixPath(path).suffix not in (
        "",
        ".json",
        ".yaml",
        ".yml",
        ".toml",
        ".csv",
        ".xml",
        ".snap",
        ".sql",
    )
