"""One JSON-lines file per run, appended and flushed event by event; a torn last line is dropped and said.

The run is the log: what isn't written here didn't happen.
"""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import cattrs
from cattrs.strategies import configure_tagged_union

from ..errors import RunLogError
from .events import VERSION, Event, Record, Resumed, Warned
from .fold import fold, step
from .state import RunState

_converter = cattrs.Converter()
configure_tagged_union(Event, _converter, tag_name="kind")

LOG = "events.jsonl"
"""The log's name in its run's folder."""

_ROOM = 100_000
"""Bytes: more than the record of any decision has."""

KINDS = tuple(kind.__name__ for kind in get_args(Event))
"""The names of all kinds of events."""


def to_json(record: Record) -> str:
    """One line, without its newline. Half characters (lone surrogates) are kept as JSON's escapes."""
    event = _converter.unstructure(record.event, unstructure_as=Event)
    table = {"v": VERSION, "seq": record.seq, "at": record.at, **event}
    line = json.dumps(table, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(table)
    return line


def from_json(line: str) -> Record:
    """Raises RunLogError: not a record, a kind or a version that this Genie doesn't know."""
    try:
        table = json.loads(line)
        version, kind = table["v"], table["kind"]
        if version != VERSION or kind not in KINDS:
            raise RunLogError(
                f"This run was written by another version of Genie (record {kind}, version {version})."
            )
        event: Event = _converter.structure(table, Event)  # type: ignore[arg-type]
        return Record(table["seq"], table["at"], event)
    except (ValueError, KeyError, TypeError, cattrs.BaseValidationError) as error:
        raise RunLogError(f"Not a record of a run: {line[:200]!r}") from error


def read(path: Path) -> tuple[list[Record], int]:
    """The records, and the length in bytes of a torn last line (0 when whole).

    Raises RunLogError for an unreadable file or a broken line before the last.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RunLogError(f"The run's log can't be read: {error}") from error
    return _records(data)


def read_on(path: Path, start: int) -> tuple[list[Record], int]:
    """The records that were added behind the first `start` bytes, and where the last of them ends.

    Raises RunLogError, also for a log that has become shorter.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size < start:
                raise RunLogError("The run's log is shorter than it was.")
            file.seek(start)
            data = file.read()
    except OSError as error:
        raise RunLogError(f"The run's log can't be read: {error.strerror}") from error
    records, torn = _records(data)
    return records, start + len(data) - torn


def _records(data: bytes) -> tuple[list[Record], int]:
    whole, _, torn = data.rpartition(b"\n")
    lines = whole.split(b"\n") if whole else []
    return [from_json(line.decode("utf-8", "replace")) for line in lines], len(torn)


class Run:
    """A run that can be watched and added to. Owns its log file and the fold over it.

    Only one process at a time may hold a run: the log is locked while it is open.
    """

    def __init__(self, folder: Path, before: "Run | None" = None) -> None:
        self.folder = folder
        self._left: tuple[int, int] | None = None
        self._listeners: list[Callable[[Record], None]] = []
        try:
            self._file = (folder / LOG).open("ab", buffering=0)
        except OSError as error:
            raise _unwritable(error) from error
        try:
            # Locked before it is read: another process's line may be half written just now.
            _lock(self._file.fileno(), folder.name)
            if before and before._left == self._stamp():
                records, torn, state = before.records, 0, before.state
            else:
                records, torn = read(folder / LOG)
                state = fold(records)
        except RunLogError:
            self._file.close()
            raise
        self.records: list[Record] = records
        self.state: RunState = state
        if torn:
            os.truncate(self._file.fileno(), os.fstat(self._file.fileno()).st_size - torn)
            self.record(Warned(f"The last record was incomplete ({torn} bytes) and was dropped."))

    @property
    def id(self) -> str:
        """The run's name: that of its folder."""
        return self.folder.name

    @classmethod
    def create(cls, folder: Path) -> "Run":
        """A new, empty run in `folder`. Raises RunLogError."""
        try:
            folder.mkdir(parents=True)
            return cls(folder)
        except OSError as error:
            raise RunLogError(f"The run can't be written to {folder}: {error.strerror}") from error

    @classmethod
    def open(cls, folder: Path, before: "Run | None" = None) -> "Run":
        """Takes up the run in `folder`. A torn last line is cut off, and a Warned event says so.

        `before` is the same run, closed: its log is read again only if it is another since.
        """
        if not (folder / LOG).is_file():
            raise RunLogError(f"There is no log in {folder}.")
        return cls(folder, before)

    def record(self, event: Event) -> Record:
        """Appends and flushes, folds, tells the listeners. Raises RunLogError, e.g. for a full disk."""
        record = Record(len(self.records), now(), event)
        line = to_json(record).encode() + b"\n"
        size = os.fstat(self._file.fileno()).st_size
        try:
            if self._file.write(line) != len(line):
                raise OSError(28, "No space left on device")
        except OSError as error:
            os.truncate(self._file.fileno(), size)
            raise _unwritable(error) from error
        self.records.append(record)
        self.state = step(self.state, event)
        for listener in tuple(self._listeners):
            listener(record)
        return record

    def check_room(self) -> None:
        """Raises RunLogError where nothing more could be written: to be asked before what can't be undone."""
        size = os.fstat(self._file.fileno()).st_size
        try:
            if self._file.write(bytes(_ROOM)) != _ROOM:
                raise OSError(28, "No space left on device")
        except OSError as error:
            raise _unwritable(error) from error
        finally:
            os.truncate(self._file.fileno(), size)

    def listen(self, listener: Callable[[Record], None]) -> Callable[[], None]:
        """Calls `listener` after each event, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def close(self) -> None:
        """Releases the log."""
        self._left = self._left or self._stamp()
        self._file.close()

    def _stamp(self) -> tuple[int, int]:
        stat = os.fstat(self._file.fileno())
        return stat.st_size, stat.st_mtime_ns

    def resume(self) -> None:
        """Notes that the run goes on after an end or an interruption."""
        self.record(Resumed())


def now() -> str:
    """The time as records have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_held(folder: Path) -> bool:
    """Whether another process works on the run in `folder`."""
    try:
        with (folder / LOG).open("ab") as file:
            _lock(file.fileno(), folder.name)
    except RunLogError:
        return True
    except OSError:
        return False
    return False


def _unwritable(error: OSError) -> RunLogError:
    return RunLogError(f"The run's log can't be written: {error.strerror}. Nothing is lost so far.")


def _lock(handle: int, name: str) -> None:
    if os.name == "nt":
        return
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise RunLogError(
            f"Run {name} is being worked on by another Genie, in another window or a terminal: do it there, "
            "or stop it there first."
        ) from error
