"""The user's files as they are now: the editor's buffer where there is one, else the disk."""

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from stat import S_IMODE

from lsprotocol import types
from pygls.uris import to_fs_path
from pygls.workspace import TextDocument, Workspace

from ..edits.changes import PLAIN
from ..edits.text import Text, decode
from ..errors import EditError, UsageError
from ..workbench.files import git_mode
from .places import Present, Swap, present

_MISREAD = (
    "The editor shows this file in another encoding than it has, and to save it would lose characters: "
    "reopen it with its own first (“Reopen Editor with Encoding”)."
)
_UNSURE = "The file isn't in UTF-8: open it first, to see whether the editor reads it right, and accept then."


def folder_at(text: str) -> Path:
    """The folder that a request names. Raises UsageError."""
    folder = Path(text)
    if not folder.is_absolute():
        raise UsageError(f"{text!r} is not the absolute path of a folder.")
    return folder


def look(workspace: Workspace, root: Path, name: str) -> Present:
    """The file `name` (relative, with "/") in the folder `root`; never raises."""
    path = root / name
    if not Path(real(path)).is_relative_to(real(root)):
        return Present(path.as_uri(), (), problem="The path leads out of the repository.")
    document = buffer(workspace, path)
    if document:
        if "\ufffd" in document.source and not _is_unicode(path):
            return Present(document.uri, (), problem=_MISREAD)
        return present(document.uri, document.source, document.version, git_mode(permissions(path)))
    uri = path.as_uri()
    try:
        stat = path.stat()
        text = _text(path, stat.st_mtime_ns, stat.st_size)
    except FileNotFoundError:
        return present(uri, None)
    except (OSError, EditError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        return Present(uri, (), problem=f"The file can't be read: {why}")
    return present(uri, text, mode=git_mode(stat.st_mode))


class Files:
    """Owns what was last seen of each file, so that those that are as they were aren't looked at again."""

    def __init__(self, workspace: Callable[[], Workspace]) -> None:
        self._workspace = workspace
        self._documents: tuple[TextDocument, ...] = ()
        self._open: dict[str, TextDocument] = {}
        self._seen: dict[tuple[Path, str], tuple[object, Present]] = {}

    def look(self, root: Path, name: str) -> Present:
        """`look`: the same object as the last time, unless the file is another."""
        stamp = self._stamp(f"{root}/{name}")
        seen = self._seen.get((root, name))
        if seen is None or seen[0] != stamp:
            # Should it change in between, the next stamp is another one.
            seen = self._seen[root, name] = stamp, look(self._workspace(), root, name)
        return seen[1]

    def forget(self, root: Path) -> None:
        """The files in this folder aren't looked at any more."""
        self._seen = {place: seen for place, seen in self._seen.items() if place[0] != root}

    def _stamp(self, path: str) -> object:
        """What tells that nobody has changed the file: neither its buffer nor its bytes, mode and name."""
        documents = tuple(self._workspace().text_documents.values())
        if documents != self._documents:
            self._documents = documents
            self._open = {real_of_uri(one.uri): one for one in documents}
        where = real(path)
        document = self._open.get(where)
        try:
            stat = os.stat(path)  # noqa: PTH116 (a Path costs more than the look)
        except OSError:
            return where, document, document and document.version
        found = stat.st_mtime_ns, stat.st_size, stat.st_ino, stat.st_mode
        return where, document, document and document.version, found


def permissions(path: Path) -> int:
    """The mode of the file on disk; that of a plain one where there is none."""
    try:
        return S_IMODE(path.stat().st_mode)
    except OSError:
        return PLAIN


def unsure(file: Present, path: Path) -> str:
    """Why the editor, which takes bytes for UTF-8, may open a closed file wrongly; "" where it won't."""
    return "" if file.version is not None or file.lines is None or _is_unicode(path) else _UNSURE


def buffer(workspace: Workspace, path: Path) -> TextDocument | None:
    """The open document of the file, also when the editor knows it by another name (a link, another case)."""
    wanted = real(path)
    return next((doc for doc in workspace.text_documents.values() if real_of_uri(doc.uri) == wanted), None)


def real_of_uri(uri: str) -> str:
    """The real path of a file's URI; "" for other URIs."""
    path = _path_of(uri)
    return real(path) if path else ""


def real(path: Path | str) -> str:
    """What two names of one file have in common."""
    try:
        found = os.stat(path)  # noqa: PTH116 (a Path costs more than the look)
    except OSError:
        return os.path.normcase(os.path.realpath(path))
    return _real(str(path), found.st_dev, found.st_ino)


@lru_cache(maxsize=10_000)
def _real(path: str, device: int, number: int) -> str:
    """Known as long as the name leads to the same file: to follow each part of it takes much longer."""
    return os.path.normcase(os.path.realpath(path))


@lru_cache(maxsize=10_000)
def _path_of(uri: str) -> str | None:
    return to_fs_path(uri)


def edit_of(file: Present, swaps: list[Swap], workspace: Workspace) -> types.TextDocumentEdit:
    """The swaps as the editor's own edit: whole lines of the version that they were computed for."""
    edits = [_text_edit(file, swap, workspace) for swap in swaps]
    return types.TextDocumentEdit(
        types.OptionalVersionedTextDocumentIdentifier(file.uri, file.version), list(edits)
    )


def _text_edit(file: Present, swap: Swap, workspace: Workspace) -> types.TextEdit:
    lines = file.lines or ()
    text = "".join(swap.lines)
    start = _start_of_line(lines, swap.line, workspace)
    if start.character and text:
        text = "\n" + text
    span = types.Range(start, _start_of_line(lines, swap.line + swap.count, workspace))
    return types.TextEdit(span, text.replace("\n", file.ending))


def _start_of_line(lines: tuple[str, ...], line: int, workspace: Workspace) -> types.Position:
    """Where a line starts; behind the last one, where the text ends, perhaps without a final newline."""
    if line == len(lines) and lines and not lines[-1].endswith("\n"):
        return types.Position(line - 1, workspace.position_codec.client_num_units(lines[-1]))
    return types.Position(line, 0)


@lru_cache(maxsize=64)
def _read(path: Path, modified: int, size: int) -> Text:
    """Cached by time and size: views are made many times a second."""
    return decode(path.read_bytes())


@lru_cache(maxsize=64)
def _text(path: Path, modified: int, size: int) -> str:
    return "".join(_read(path, modified, size).lines)


def _is_unicode(path: Path) -> bool:
    """Whether the file on disk, if there is one, says itself how it is to be read."""
    try:
        stat = path.stat()
        return _read(path, stat.st_mtime_ns, stat.st_size).encoding != "latin-1"
    except (OSError, EditError):
        return True
