"""Real tasks as JSON lines, in the form of SWE-bench with the gold places worked out: read and checked.

A task's gold is what a search must find. Nothing of a task but its statement may reach the index.
"""

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..errors import UsageError

_REPOSITORY = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True)
class Gold:
    """What the real fix changed in `file`, a path at the base commit.

    `lines`: changed or deleted non-blank lines, and for an insertion the line before it (1-based).
    `functions`: qualified within the file, as `Class.method`; empty where nobody worked them out.
    """

    file: str
    is_test: bool
    lines: tuple[int, ...]
    functions: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """An issue that was really reported, and where it was really fixed. `created` sorts by date, or is ""."""

    id: str
    repository: str
    commit: str
    statement: str
    created: str
    gold: tuple[Gold, ...]


@dataclass(frozen=True)
class Tasks:
    """A file of tasks. `hash` is of its bytes."""

    hash: str
    tasks: tuple[Task, ...]


def read(file: Path) -> Tasks:
    """Reads a file of JSON lines; blank lines are nothing. Raises UsageError naming file, line and field."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UsageError(f"The tasks {file} can't be read: {error.strerror}.") from error
    tasks: dict[str, Task] = {}
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            task = _task(json.loads(line))
            if task.id in tasks:
                raise _Wrong(f"instance_id: {task.id} stands in an earlier line too")
        except _Wrong as error:
            raise UsageError(f"{file}, line {number}: {error}.") from error
        except ValueError as error:
            raise UsageError(f"{file}, line {number}: not a line of JSON ({error}).") from error
        tasks[task.id] = task
    if not tasks:
        raise UsageError(f"There is no task in {file}.")
    return Tasks(sha256(data).hexdigest(), tuple(tasks.values()))


def chosen(tasks: Sequence[Task], only: str = "", limit: int | None = None, seed: int = 0) -> list[Task]:
    """The tasks of the repository `only`, `limit` of them at most, sorted by repository, then date.

    A sample is systematic: every n-th of that order from a random start, so that each repository and time
    has its share (Cochran, Sampling Techniques, 1977, chapter 8). Raises UsageError for an unknown `only`.
    """
    names = sorted({task.repository for task in tasks})
    if only and only not in names:
        raise UsageError(f"No task is of {only!r}. There are tasks of {', '.join(names)}.")
    kept = [task for task in tasks if only in ("", task.repository)]
    kept.sort(key=lambda task: (task.repository, task.created, task.id))
    if limit is None or limit >= len(kept):
        return kept
    start = random.Random(seed).random()
    return [kept[int((start + each) * len(kept) / limit)] for each in range(limit)]


class _Wrong(Exception):
    """A field that is missing or not what it should be; the text begins with its name."""


def _task(table: object) -> Task:
    if not isinstance(table, dict):
        raise _Wrong("not a JSON object")
    repository, commit = _text(table, "repo"), _text(table, "base_commit")
    if not _REPOSITORY.fullmatch(repository):
        raise _Wrong(f"repo: {repository!r} isn't owner/name")
    if not _COMMIT.fullmatch(commit):
        raise _Wrong(f"base_commit: {commit!r} isn't a commit's hash")
    entries = _field(table, "gold", list, "a list")
    gold = tuple(_gold(each, f"gold[{number}]") for number, each in enumerate(entries))
    if len({each.file for each in gold}) < len(gold):
        raise _Wrong("gold: a file stands there twice")
    return Task(
        id=_text(table, "instance_id"),
        repository=repository,
        commit=commit,
        statement=_text(table, "problem_statement"),
        created=_text(table, "created_at").replace(" ", "T") if "created_at" in table else "",
        gold=gold,
    )


def _gold(table: object, place: str) -> Gold:
    if not isinstance(table, dict):
        raise _Wrong(f"{place}: not a JSON object")
    lines = _field(table, "score_lines", list, "a list", place)
    if not all(type(line) is int and line > 0 for line in lines):
        raise _Wrong(f"{place}.score_lines: not all are line numbers")
    functions = table.get("functions") or []
    if not (isinstance(functions, list) and all(isinstance(name, str) for name in functions)):
        raise _Wrong(f"{place}.functions: not a list of names")
    is_test = _field(table, "is_test", bool, "true or false", place)
    return Gold(_text(table, "file", place), is_test, tuple(dict.fromkeys(lines)), tuple(functions))


def _text(table: dict[str, Any], name: str, place: str = "") -> str:
    text: str = _field(table, name, str, "a text", place)
    if not text.strip():
        raise _Wrong(f"{_full(name, place)}: empty")
    return text


def _field(table: dict[str, Any], name: str, kind: type, words: str, place: str = "") -> Any:
    if name not in table:
        raise _Wrong(f"{_full(name, place)}: missing")
    if not isinstance(table[name], kind):
        raise _Wrong(f"{_full(name, place)}: not {words}")
    return table[name]


def _full(name: str, place: str) -> str:
    return f"{place}.{name}" if place else name
