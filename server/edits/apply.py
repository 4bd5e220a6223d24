"""Edits × files → new files, each hunk on its own: one that finds no place costs only itself."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from ..errors import EditError
from .disguises import Escape, escape_of, undisguised, unescaped
from .edit import FileEdit, Replacement
from .locate import locate
from .occurrences import FileLines
from .paths import escape_reason, is_plain
from .place import How, Place
from .rewriting import is_of, rewritten
from .splicing import spliced
from .text import Text, content, contents, decode, encode, encode_part

_GUESSED: tuple[How, ...] = ("marks mended", "similar")

Read = Callable[[str], bytes | None]
"""The bytes of a file (path relative to the repository, with "/"), or None where there is none."""


@dataclass(frozen=True)
class Problem:
    """Why a hunk (its 1-based number among the file's edits) or, with 0, a whole file was left out."""

    path: str
    hunk: int
    reason: str

    def __str__(self) -> str:
        return f"{self.path}, hunk {self.hunk}: {self.reason}" if self.hunk else f"{self.path}: {self.reason}"


@dataclass(frozen=True)
class Landed:
    """Where a hunk was applied: 1-based `line` of the file before the edit, and how it was found there."""

    path: str
    hunk: int
    line: int
    how: How


@dataclass(frozen=True)
class Applied:
    """New bytes of every file that changes (None: deleted), and what became of each hunk.

    `modes` are the modes (0o755 or 0o644) that the edits ask for, also where the bytes stay. `moved` maps
    new paths to old ones.
    """

    files: dict[str, bytes | None]
    landed: tuple[Landed, ...]
    problems: tuple[Problem, ...]
    modes: dict[str, int] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)


def apply(edits: Iterable[FileEdit], read: Read) -> Applied:
    """Applies the edits in order, each on what the ones before left. Raises nothing but what `read` raises.

    An EditError from `read` becomes the file's problem.
    """
    files: dict[str, bytes | None] = {}
    landed: list[Landed] = []
    problems: list[Problem] = []
    modes: dict[str, int] = {}
    moved: dict[str, str] = {}

    def now(path: str) -> bytes | None:
        return files[path] if path in files else read(path)

    given = tuple(edits)
    escape = escape_of(given, read)
    for edit in given:
        try:
            result = _apply_file(edit, now, escape)
        except EditError as error:
            problems.append(Problem(edit.path, 0, str(error)))
            continue
        files |= result.files
        landed += result.landed
        problems += result.problems
        modes |= result.modes
        moved |= result.moved
    changed = {path: data for path, data in files.items() if data != read(path)}
    return Applied(changed, tuple(landed), tuple(problems), modes, moved)


def _apply_file(edit: FileEdit, now: Read, escape: Escape) -> Applied:
    edit = replace(edit, path=_plain(edit.path, now), new_path=_plain(edit.new_path, now))
    for path in (edit.path, edit.new_path or edit.path):
        if reason := escape_reason(path):
            raise EditError(reason)
    edit = _resolved(edit, now)
    edit = unescaped(edit, now(edit.path), escape)
    result = _content(edit, now)
    if edit.mode is None or (edit.replacements and not result.landed):
        return result
    return replace(result, modes={edit.new_path or edit.path: edit.mode})


def _content(edit: FileEdit, now: Read) -> Applied:
    if edit.kind == "create":
        return _create(edit, now)
    data = now(edit.path)
    if edit.kind == "write" and data is not None:
        return _modify(_rewritten(edit, data), data)
    if edit.kind == "write" and is_plain(edit.path):
        return _create(edit, now)
    if data is None:
        raise EditError(
            "There is no such file. To create it, write a diff from /dev/null with `+` lines only."
        )
    if edit.kind == "delete":
        return _delete(edit, data)
    result = _modify(edit, data)
    if edit.kind == "modify":
        return result
    if now(edit.new_path) is not None:
        raise EditError(f"It can't be renamed to {edit.new_path}: that file exists already.")
    new = result.files.get(edit.path, data)
    return replace(result, files={edit.path: None, edit.new_path: new}, moved={edit.new_path: edit.path})


def _resolved(edit: FileEdit, now: Read) -> FileEdit:
    """Mends what the diff's header left open: a prefix that may be a folder, an old name that never was."""
    bare = edit.path[2:]
    if edit.kind != "create" and edit.path[:2] in ("a/", "b/") and bare and now(edit.path) is None:
        edit = replace(edit, path=bare) if now(bare) is not None and not escape_reason(bare) else edit
    if edit.kind in ("modify", "write") and not edit.new_path and now(edit.path) is None:
        edit = replace(edit, path=_without_folders(edit, now))
    if edit.kind == "modify" and edit.new_path:
        if now(edit.path) is not None or now(edit.new_path) is None:
            raise EditError(
                f"The diff names two files, this one and {edit.new_path}. Write the same path after `---` "
                "and `+++`; to rename, write `rename from …` and `rename to …` below `diff --git`."
            )
        return replace(edit, path=edit.new_path, new_path="")
    return edit


def _plain(path: str, now: Read) -> str:
    """A path with "/" for a backslash, unless there is such a file, and without folders that are dots."""
    if "\\" in path and now(path) is None:
        path = path.replace("\\", "/")
    return re.sub(r"(?:^|(?<=/))\./+", "", path)


def _without_folders(edit: FileEdit, now: Read) -> str:
    """The path without the folders that a model put before it, if that is one file, and of this text."""
    parts = edit.path.split("/")
    shorter = ["/".join(parts[number:]) for number in range(1, len(parts))]
    there = [path for path in shorter if not escape_reason(path) and now(path) is not None]
    if edit.kind == "modify":
        return there[0] if len(there) == 1 else edit.path
    like = [path for path in there if is_of(edit.replacements[0].after, _lines_of(now(path)))]
    if len(like) > 1:
        raise EditError(f"There is no such file, but {' and '.join(like)}: name the one that is meant.")
    if len(there) == 1 and not like:
        raise EditError(
            f"There is no such file, but {there[0]}, which this doesn't look like. To create one, write a "
            "diff from /dev/null."
        )
    return like[0] if like else edit.path


def _lines_of(data: bytes | None) -> tuple[str, ...]:
    return contents(decode(data or b"").lines)


def _create(edit: FileEdit, now: Read) -> Applied:
    if now(edit.path):
        raise EditError("This file exists already: change it by hunks that show its present lines.")
    lines: tuple[str, ...] = ()
    for replacement in edit.replacements:
        lines = tuple(line + "\n" for line in replacement.after)
        if replacement.final_newline is False and lines:
            lines = (*lines[:-1], content(lines[-1]))
    data = _checked(Text(lines))
    return Applied({edit.path: data}, (Landed(edit.path, 1, 1, "exact"),) if lines else (), ())


def _rewritten(edit: FileEdit, data: bytes) -> FileEdit:
    lines = contents(decode(data).lines)
    pieces = [piece for one in edit.replacements for piece in rewritten(one.after, lines)]
    return replace(edit, kind="modify", replacements=tuple(pieces))


def _delete(edit: FileEdit, data: bytes) -> Applied:
    shown = [line.strip() for replacement in edit.replacements for line in replacement.before]
    if shown:
        there = [content(line).strip() for line in decode(data).lines]
        if [line for line in shown if line] != [line for line in there if line]:
            raise EditError(
                "It would be deleted, but the lines shown are not all of its present ones. To delete it "
                "whatever it holds, write `deleted file mode 100644` below `diff --git` and no hunk."
            )
    return Applied({edit.path: None}, (), ())


def _modify(edit: FileEdit, data: bytes) -> Applied:
    text = decode(data)
    numbered = list(enumerate(edit.replacements, 1))
    first, landed, reasons = _place_all(text, numbered)
    # Search/replace blocks are often written one upon the other: what wasn't found may stand in the new text.
    again = [(number, replace(one, line=None)) for number, one in numbered if number in reasons]
    second, later, still = _place_all(first, again, exact_only=True) if landed else (first, [], reasons)
    kept = {number: reason for number, reason in reasons.items() if number in still}
    landings = sorted((*landed, *later))
    if any(content(line).strip() for line in text.lines) and not any(line.strip() for line in second.lines):
        raise EditError("The edit would leave the file empty. To delete it, write a diff to /dev/null.")
    return Applied(
        {edit.path: _checked(second)} if landings else {},
        tuple(Landed(edit.path, number, line, how) for number, line, how in landings),
        tuple(Problem(edit.path, number, reason) for number, reason in sorted(kept.items())),
    )


def _place_all(
    text: Text, numbered: Sequence[tuple[int, Replacement]], exact_only: bool = False
) -> tuple[Text, list[tuple[int, int, How]], dict[int, str]]:
    """The text with all that find their place in it, where (number, line, how), and reasons by number."""
    placed: list[tuple[Replacement, Place]] = []
    landed: list[tuple[int, int, How]] = []
    reasons: dict[int, str] = {}
    found = _found(contents(text.lines), [replacement for _, replacement in numbered])
    for (number, replacement), place in zip(numbered, found, strict=True):
        try:
            if isinstance(place, EditError):
                raise place
            if exact_only and place.how != "exact":
                raise EditError("It is not found exactly.")
            _check_fit(replacement, place, text, [other for _, other in placed])
        except EditError as error:
            reasons[number] = str(error)
            continue
        placed.append((replacement, place))
        landed.append((number, max(0, place.start) + 1, place.how))
    return spliced(text, placed), landed, reasons


def _found(lines: Sequence[str], replacements: Sequence[Replacement]) -> list[Place | EditError]:
    """Where each belongs, or why it has no place.

    Line numbers decide only between look-alikes, and only if those of the hunks with a clear place are right,
    or all wrong by the same amount: a model that made up one number made up the others.
    """
    file = FileLines(lines)
    found = [_attempt(replace(one, line=None), file) for one in replacements]
    shifts = {
        place.start + 1 - one.line
        for one, place in zip(replacements, found, strict=True)
        if one.line is not None and isinstance(place, Place)
    }
    if len(shifts) > 1:
        return found
    shift = next(iter(shifts), 0)
    return [
        _attempt(replace(one, line=one.line + shift), file)
        if one.line is not None and isinstance(place, EditError)
        else place
        for one, place in zip(replacements, found, strict=True)
    ]


def _attempt(replacement: Replacement, file: FileLines) -> Place | EditError:
    found = _located(replacement, file)
    if isinstance(found, Place) and found.how not in _GUESSED:
        return found
    # What stands there once a disguise is off is no line without its mark, and none misremembered.
    for bare in undisguised(replacement, file.lines):
        other = _located(bare, file)
        if isinstance(other, Place) and (isinstance(found, EditError) or other.how not in _GUESSED):
            return other
    return found


def _located(replacement: Replacement, file: FileLines) -> Place | EditError:
    try:
        return locate(replacement, file)
    except EditError as error:
        return error


def _check_fit(replacement: Replacement, place: Place, text: Text, others: Sequence[Place]) -> None:
    encode_part("".join(replacement.after), text.encoding)
    if any("\0" in line for line in replacement.after):
        raise EditError("Its new lines hold a NUL character: write it as an escape of the language.")
    for other in others:
        for ours in place.splices:
            for theirs in other.splices:
                if ours == theirs or (ours.start < theirs.end and theirs.start < ours.end):
                    line = max(ours.start, theirs.start) + 1
                    raise EditError(
                        f"It changes line {line}, which an earlier hunk of this answer changes already."
                    )


def _checked(text: Text) -> bytes:
    """The bytes, if they still are text."""
    data = encode(text)
    decode(data)
    return data
