"""What stands above a file's hunks in a diff: its paths, and whether it is created, deleted or renamed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .answer import AnswerLine
from .edit import Kind
from .paths import DEV_NULL, git_paths, header_path, without_prefixes

_GIT = "diff --git "
_SILENT = ("index ", "similarity index ", "dissimilarity index ", "old mode ", "new mode ")
_TELLING = ("new file mode ", "deleted file mode ", "rename from ", "rename to ", "copy from ", "copy to ")
_BINARY = ("Binary files ", "GIT binary patch")


@dataclass(frozen=True)
class Header:
    """`new_path` is set where the names differ. With a `problem` the section can't be used.

    `names` counts its lines `---` and `+++`; git writes none of them for what needs no hunk. `mode` is that
    which the file shall have, where it is told and isn't what it has anyway.
    """

    path: str
    kind: Kind = "modify"
    new_path: str = ""
    problem: str = ""
    names: int = 0
    mode: int | None = None


def starts_section(lines: Sequence[AnswerLine], at: int) -> bool:
    """Whether the header of a file's diff begins here."""
    text = lines[at].text
    if text.startswith(_GIT):
        return True
    following = lines[at + 1].text if at + 1 < len(lines) else ""
    if text.startswith("--- "):
        return following.startswith(("+++ ", "@@"))
    return text.startswith("+++ ") and following.startswith("@@")


def read_header(lines: Sequence[AnswerLine], start: int) -> tuple[Header, int]:
    """Reads the header at `start`; also gives the index of the first line behind it."""
    seen: dict[str, str] = {}
    at = start
    while at < len(lines):
        prefix = _prefix(lines[at].text)
        if not prefix or lines[at].fence or (prefix in seen and prefix not in _SILENT):
            break
        if prefix in ("--- ", "+++ ") and not (seen.keys() <= {_GIT, *_TELLING, *_SILENT, "--- "}):
            break
        seen[prefix] = lines[at].text[len(prefix) :]
        at += 1
    return _header(seen), at


def _prefix(text: str) -> str:
    known = (_GIT, "--- ", "+++ ", *_SILENT, *_TELLING, *_BINARY)
    return next((prefix for prefix in known if text.startswith(prefix)), "")


def _header(seen: dict[str, str]) -> Header:
    old, new = _paths(seen)
    if not old or not new:
        return Header(
            "", problem="A diff names no file: it needs `--- a/path` and `+++ b/path` above its `@@`."
        )
    path = new if old == DEV_NULL else old
    if any(prefix in seen for prefix in _BINARY):
        return Header(path, problem=f"The diff of {path} is binary: only text can be edited.")
    if "copy from " in seen:
        return Header(path, problem=f"The diff copies {path}: write the copy as a new file instead.")
    if old == new == DEV_NULL:
        return Header(path, problem="A diff has /dev/null on both sides: one of them must name the file.")
    names = len(seen.keys() & {"--- ", "+++ "})
    if reason := _special(path, seen):
        return Header(path, problem=reason)
    if new == DEV_NULL or "deleted file mode " in seen:
        return Header(path, "delete", names=names)
    if old == DEV_NULL or "new file mode " in seen:
        return Header(new, "create", names=names, mode=_mode(seen.get("new file mode ", ""), usual=0o644))
    mode = _mode(seen.get("new mode ", ""), usual=_mode(seen.get("old mode ", "")))
    if old == new or "rename to " not in seen:
        return Header(path, new_path=new if old != new else "", names=names, mode=mode)
    return _rename(old, new, seen, names)


def _rename(old: str, new: str, seen: dict[str, str], names: int) -> Header:
    told = without_prefixes(*git_paths(seen.get(_GIT, "")))
    if any(told) and told != (old, new):
        reason = f"The rename of {old} to {new} contradicts its line `diff --git {seen[_GIT]}`."
        return Header(old, problem=reason)
    mode = _mode(seen.get("new mode ", ""), usual=_mode(seen.get("old mode ", "")))
    return Header(old, "rename", new, names=names, mode=mode)


def _mode(text: str, usual: int | None = None) -> int | None:
    """One of git's two modes of a regular file, unless it is the usual one or can't be read."""
    if not re.fullmatch("[0-7]{6}", text.strip()):
        return None
    mode = 0o755 if int(text, 8) & 0o100 else 0o644
    return None if mode == usual else mode


def _special(path: str, seen: dict[str, str]) -> str:
    """Why a mode can't be given: it isn't one, or that of something else than a regular file."""
    for mode in (seen[prefix].strip() for prefix in ("new file mode ", "new mode ") if prefix in seen):
        if not re.fullmatch("[0-7]{6}", mode):
            return f"The mode {mode!r} of {path} is none: write 100644, or 100755 for what can be run."
        if mode[:3] != "100":
            kind = {"120": "a symbolic link", "160": "a submodule"}.get(mode[:3], "a folder")
            return f"The diff makes {path} {kind}: only regular files can be written."
    return ""


def _paths(seen: dict[str, str]) -> tuple[str, str]:
    if "rename from " in seen and "rename to " in seen:
        return header_path(seen["rename from "]), header_path(seen["rename to "])
    old, new = git_paths(seen.get(_GIT, ""))
    old = header_path(seen.get("--- ", "")) or old
    new = header_path(seen.get("+++ ", "")) or new
    return without_prefixes(old or new, new or old)
