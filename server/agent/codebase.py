"""What the tools that only look see: files as they are now, their index, and who follows names.

Of a run it is the private copy; of whoever else asks, the user's own folder.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..edits.text import decode
from ..errors import EditError, WorkbenchError
from ..index.index import Index
from ..index.spans import Span
from ..navigation.editor import EditorProviders
from ..navigation.places import Edited
from ..navigation.pool import Pool
from ..workbench.files import read_below

LARGEST_FILE = 8_000_000
"""Bytes of a file that is shown."""

Read = Callable[[str], bytes | None]
"""A path, relative with "/", to the file's present bytes; None where there is none. Raises WorkbenchError."""


@dataclass(frozen=True)
class Codebase:
    """`repository` is the user's folder; `read` and `paths` tell of the files that are looked at.

    `edited` are those in which they differ from the user's. `servers` and `editor` are None where no language
    server may be started and where no editor listens.
    """

    repository: Path
    index: Index
    read: Read
    paths: Callable[[], Sequence[str]]
    edited: Callable[[], Edited]
    servers: Pool | None = None
    editor: EditorProviders | None = None


def users_own(
    repository: Path, index: Index, read: Read | None = None, editor: EditorProviders | None = None
) -> Codebase:
    """The user's folder as it is, or as `read` has it. Nothing is started in it."""

    def on_disk(path: str) -> bytes | None:
        return read_below(repository, path, LARGEST_FILE)

    return Codebase(repository, index, read or on_disk, index.files, dict, editor=editor)


def lines_of(read: Read, path: str) -> list[str] | None:
    """A file's present lines (with endings); None when there is none. Raises WorkbenchError, EditError."""
    data = read(path)
    return None if data is None else list(decode(data).lines)


def text_of(read: Read, path: str) -> str | None:
    """A file's present text; None when there is none, or nothing that is text."""
    try:
        lines = lines_of(read, path)
    except (WorkbenchError, EditError):
        return None
    return None if lines is None else "".join(lines)


def span_text(read: Read, span: Span) -> str:
    """The present text of a span; empty when it can't be read."""
    try:
        lines = lines_of(read, span.path) or []
    except (OSError, WorkbenchError, EditError):
        return ""
    return "".join(lines[span.start - 1 : span.end])
