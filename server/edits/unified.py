"""A change written as git writes it, for `git apply` and for reading."""

from collections.abc import Sequence
from itertools import pairwise

from .changes import EXECUTABLE, PLAIN, FileChange, Hunk

_CONTEXT = 3
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_NO_NEWLINE = "\n\\ No newline at end of file\n"


def unified(change: FileChange) -> str:
    """A git-style unified diff with 3 lines of context.

    To give it to `git apply`, encode it as "latin-1" where `change.encoding` is that, else as "utf-8".
    Git has no diffs of UTF-16 as text: of such a file this is for reading only.
    """
    old, new = _quoted(f"a/{change.path}"), _quoted(f"b/{change.path}")
    head = f"diff --git {old} {new}\n{_modes(change)}"
    groups = [_group(hunks, shift, change) for hunks, shift in _grouped(change.text_hunks)]
    body = "".join(group for group in groups if group)
    if not body:
        return head
    names = (
        "/dev/null" if change.kind == "created" else old,
        "/dev/null" if change.kind == "deleted" else new,
    )
    # A tab ends a name with spaces in it, or it would be read up to the first of them.
    first, second = (name + "\t" if " " in name else name for name in names)
    return f"{head}--- {first}\n+++ {second}\n{body}"


def _modes(change: FileChange) -> str:
    mode = change.mode
    if change.kind == "created":
        return f"new file mode 100{mode or PLAIN:o}\n"
    if change.kind == "deleted":
        return "deleted file mode 100644\n"
    if mode is None:
        return ""
    return f"old mode 100{EXECUTABLE + PLAIN - mode:o}\nnew mode 100{mode:o}\n"


def _grouped(hunks: Sequence[Hunk]) -> list[tuple[list[Hunk], int]]:
    """Hunks whose contexts would touch, together; and by how many lines what is above has grown."""
    groups: list[tuple[list[Hunk], int]] = []
    shift = 0
    for hunk in hunks:
        if groups and hunk.start - _end(groups[-1][0][-1]) <= 2 * _CONTEXT:
            groups[-1][0].append(hunk)
        else:
            groups.append(([hunk], shift))
        shift += len(hunk.after) - len(hunk.before)
    return groups


def _end(hunk: Hunk) -> int:
    return hunk.start + len(hunk.before)


def _group(hunks: Sequence[Hunk], shift: int, change: FileChange) -> str:
    above, below = hunks[0].above[-_CONTEXT:], hunks[-1].below[:_CONTEXT]
    lines = [(" ", line) for line in above]
    lines += _changed(hunks[0])
    for one, other in pairwise(hunks):
        gap = other.start - _end(one)
        shared = one.below[:gap]
        rest = gap - len(shared)
        lines += [(" ", line) for line in (*shared, *(other.above[-rest:] if rest else ()))]
        lines += _changed(other)
    lines += [(" ", line) for line in below]
    if not lines:
        return ""
    start = hunks[0].start - len(above)
    old, new = (sum(sign != other for sign, _ in lines) for other in "+-")
    if change.encoding == "utf-8-sig":
        lines = _with_mark(lines, start, start + shift)
    head = f"@@ -{_range(start, old)} +{_range(start + shift, new)} @@\n"
    return head + "".join(
        sign + (line if line.endswith("\n") else line + _NO_NEWLINE) for sign, line in lines
    )


def _changed(hunk: Hunk) -> list[tuple[str, str]]:
    return [*(("-", line) for line in hunk.before), *(("+", line) for line in hunk.after)]


def _range(start: int, count: int) -> str:
    # Of an empty range git tells the line before it.
    return f"{start if count else start - 1},{count}"


def _with_mark(lines: Sequence[tuple[str, str]], old: int, new: int) -> list[tuple[str, str]]:
    """Puts the byte order mark, which belongs to a file's bytes, before the first line of each side."""
    marked = []
    for sign, line in lines:
        for side in "-+" if sign == " " and (old == 1) != (new == 1) else sign:
            first = (side != "+" and old == 1) or (side != "-" and new == 1)
            marked.append((side, "\ufeff" + line if first else line))
        old += sign != "+"
        new += sign != "-"
    return marked


def _quoted(name: str) -> str:
    """As git quotes names under `core.quotePath`: ASCII only, whatever the patch's encoding."""
    if name.isascii() and name.isprintable() and not set(name) & set('"\\'):
        return name
    parts = []
    for letter in name:
        if letter in _ESCAPES:
            parts.append(_ESCAPES[letter])
        elif letter.isascii() and letter.isprintable():
            parts.append(letter)
        else:
            parts += [f"\\{byte:03o}" for byte in letter.encode("utf-8", "surrogateescape")]
    return f'"{"".join(parts)}"'
