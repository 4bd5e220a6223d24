"""What was measured, task by task, in a file that a later run goes on from.

JSON lines: a header that says of which tasks and by which code, then one line per task, each written at once.
A torn last line, of a run that was killed, is dropped and its task measured again.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import cattrs

from .. import __version__
from ..errors import SetupError, UsageError

_CODE = ("index", "evaluate")
_KIND = "genie evaluate retrieval"


@dataclass(frozen=True)
class Header:
    """What figures must have in common to be put together.

    `tasks` is the hash of the tasks' file; `code` is one of all files that decide what is found and how it is
    scored, a ranking model's included. `vectors` is the model that searches by meaning, `model` the one that
    writes the code that would answer; "" for none.
    """

    tasks: str
    code: str
    genie: str = __version__
    record: str = _KIND
    vectors: str = ""
    model: str = ""


@dataclass(frozen=True)
class Outcome:
    """What the search did on one task.

    `files` and `functions`: gold source files, and `file::function`, with their ranks (None: not found).
    `lines`: the share of gold lines found, by budget in tokens; empty where the gold has none that count.
    `absent`: how many files' contents the repository lacks, so that nobody could find them. `search_ms`: one
    warm search with 16,000 tokens. `peak_mb`: of the whole run up to here.
    """

    instance_id: str
    repository: str
    files: dict[str, int | None]
    functions: dict[str, int | None]
    lines: dict[str, float]
    absent: int
    search_ms: float
    update_seconds: float
    peak_mb: float


class Record:
    """The outcomes so far, by the task's id, and the file they go to."""

    def __init__(self, file: BinaryIO, outcomes: dict[str, Outcome]) -> None:
        self._file = file
        self.outcomes = outcomes

    def add(self, outcome: Outcome) -> None:
        """Writes an outcome down before anybody sees it. Raises SetupError."""
        try:
            self._file.write(_line(asdict(outcome)))
        except OSError as error:
            raise SetupError(f"{self._file.name} can't be written: {error.strerror}.") from error
        self.outcomes[outcome.instance_id] = outcome


def header_for(tasks_hash: str, vectors: str | None = None, model: str = "") -> Header:
    """The header of what this code, with these models, measures of these tasks."""
    package = Path(__file__).resolve().parent.parent
    files = [path for room in _CODE for path in (package / room).rglob("*") if path.is_file()]
    told = sha256()
    for path in sorted(path for path in files if path.parent.name != "__pycache__"):
        told.update(f"{path.relative_to(package).as_posix()}\0{path.stat().st_size}\0".encode())
        told.update(path.read_bytes())
    return Header(
        tasks_hash, told.hexdigest()[:16], vectors=Path(vectors).name if vectors else "", model=model
    )


@contextmanager
def open_record(path: Path, header: Header, fresh: bool = False) -> Iterator[Record]:
    """Opens or makes the file; `fresh` empties one of ours first.

    Raises UsageError for a file that holds something else, or (unless `fresh`) figures of other tasks or of
    other code; SetupError when it can't be used or another process is measuring into it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+b", buffering=0)
    except OSError as error:
        raise SetupError(f"{path} can't be written: {error.strerror}.") from error
    with file:
        _lock(file, path)
        file.seek(0)
        whole, newline, torn = file.read().rpartition(b"\n")
        lines = whole.split(b"\n") if newline else []
        if lines:
            _check(_header(lines[0], path), header, path, fresh)
        elif torn and not _line(asdict(header)).startswith(torn):
            raise _foreign(path)
        kept = [] if fresh else lines
        file.truncate(sum(len(line) + 1 for line in kept))
        if not kept:
            file.write(_line(asdict(header)))
        outcomes = [_outcome(line, path, number) for number, line in enumerate(kept[1:], 2)]
        yield Record(file, {outcome.instance_id: outcome for outcome in outcomes})


def _line(table: dict[str, object]) -> bytes:
    return json.dumps(table, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _header(line: bytes, path: Path) -> Header:
    try:
        header = cattrs.structure(json.loads(line), Header)
    except (ValueError, TypeError, cattrs.BaseValidationError) as error:
        raise _foreign(path) from error
    if header.record != _KIND:
        raise _foreign(path)
    return header


def _check(found: Header, wanted: Header, path: Path, fresh: bool) -> None:
    if fresh or found == wanted:
        return
    what = f"another code of Genie ({found.genie})"
    if found.tasks != wanted.tasks:
        what = "other tasks"
    elif found.vectors != wanted.vectors:
        what = f"a search with {found.vectors or 'no'} vectors"
    elif found.model != wanted.model:
        what = f"a search with {found.model or 'no'} model"
    raise UsageError(f"{path} holds figures of {what}: name another file, or start over with --fresh.")


def _foreign(path: Path) -> UsageError:
    return UsageError(f"{path} isn't a file of `{_KIND}`: name another, it stays as it is.")


def _outcome(line: bytes, path: Path, number: int) -> Outcome:
    try:
        return cattrs.structure(json.loads(line), Outcome)
    except (ValueError, TypeError, cattrs.BaseValidationError) as error:
        raise UsageError(f"{path}, line {number}: not a measured task; start over with --fresh.") from error


def _lock(file: BinaryIO, path: Path) -> None:
    if os.name == "nt":
        return
    import fcntl

    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise SetupError(f"Another Genie is measuring into {path} just now.") from error
