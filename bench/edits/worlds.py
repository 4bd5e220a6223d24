"""Files as they also are, with other endings, encodings and indentation: a commit made into another."""

import random
from collections.abc import Callable
from dataclasses import replace

from commits import Change, Commit
from drafting import final_newline
from drafts import hunks, lines_of, regions

_MARKDOWN = ("md", "mdx", "markdown")
World = Callable[[random.Random, Commit], Commit | None]


def crlf(_rng: random.Random, commit: Commit) -> Commit | None:
    """Every line ends in CR LF."""
    return _both(commit, lambda data: None if b"\r" in data else data.replace(b"\n", b"\r\n"))


def marked(_rng: random.Random, commit: Commit) -> Commit | None:
    """A byte order mark before UTF-8."""
    return _both(commit, lambda data: None if data[:3] == b"\xef\xbb\xbf" else b"\xef\xbb\xbf" + data)


def latin(_rng: random.Random, commit: Commit) -> Commit | None:
    """An 8-bit encoding, with a letter in a last line that isn't UTF-8."""
    return _both(commit, lambda data: _recoded(data, "latin-1", "# D\u00e9j\u00e0 vu\n"))


def wide(rng: random.Random, commit: Commit) -> Commit | None:
    """UTF-16 with its mark."""
    codec = rng.choice(("utf-16-le", "utf-16-be"))
    mark = b"\xff\xfe" if codec == "utf-16-le" else b"\xfe\xff"

    def act(data: bytes) -> bytes | None:
        coded = _recoded(data, codec, "")
        return None if coded is None else mark + coded

    return _both(commit, act) if all(change.before and change.after for change in commit.changes) else None


def unended(_rng: random.Random, commit: Commit) -> Commit | None:
    """No newline at the end of the file."""
    return _both(commit, lambda data: final_newline(data, wanted=False))


def tabbed(_rng: random.Random, commit: Commit) -> Commit | None:
    """Tabs for every four spaces of indentation."""

    def act(data: bytes) -> bytes | None:
        lines = data.split(b"\n")
        tabbed_lines = []
        for line in lines:
            bare = line.lstrip(b" ")
            if bare and ((len(line) - len(bare)) % 4 or bare[:1] == b"\t"):
                return (line.startswith(b"\t") and data) or None
            tabbed_lines.append(b"\t" * ((len(line) - len(bare)) // 4) + bare)
        return b"\n".join(tabbed_lines)

    return _both(commit, act)


def trailing(rng: random.Random, commit: Commit) -> Commit | None:
    """Blanks at the ends of lines beside the changes, before as after."""
    changes = []
    for change in commit.changes:
        if not change.before or not change.after:
            return None
        old, new = lines_of(change.before), lines_of(change.after)
        beside = {
            line
            for start, end, _, _ in regions(old, new)
            for line in (old[start - 1 : start] + old[end : end + 1])
        }
        chosen = [line for line in beside if old.count(line) == new.count(line) == 1 and line.strip()]
        before, after = change.before, change.after
        for line in chosen:
            raw = b"\n" + line.encode("utf-8", "replace") + b"\n"
            fuller = raw[:-1] + rng.choice((b" ", b"  ", b"\t")) + b"\n"
            before, after = before.replace(raw, fuller), after.replace(raw, fuller)
        if before == change.before or after == change.after:
            return None
        changes.append(replace(change, before=before, after=after))
    return replace(commit, changes=tuple(changes))


def repeated(rng: random.Random, commit: Commit) -> Commit | None:
    """What is changed, with the lines around it, stands once more, at the top or the bottom of the file."""
    change = commit.changes[0]
    if len(commit.changes) > 1 or not change.before or not change.after or b"\r" in change.before:
        return None
    found = hunks(change, 3)
    if len(found) != 1 or not change.before.endswith(b"\n"):
        return None
    copy = "".join(f"{line}\n" for line in found[0].old).encode()
    top = rng.random() < 0.5
    before, after = (
        copy + b"\n" + data if top else data + b"\n" + copy for data in (change.before, change.after)
    )
    return replace(commit, changes=(replace(change, before=before, after=after),))


def with_fences(_rng: random.Random, commit: Commit) -> Commit | None:
    """A fenced example stands right above the first change of a Markdown file."""
    for at, change in enumerate(commit.changes):
        ending = change.path.rsplit(".", 1)[-1]
        if ending not in _MARKDOWN or not change.before or not change.after or b"\r" in change.before:
            continue
        found = regions(lines_of(change.before), lines_of(change.after))
        if not found:  # only a final newline, or the mode
            continue
        start, _, new_start, _ = found[0]
        sides = [data.split(b"\n") for data in (change.before, change.after)]
        for lines, place in zip(sides, (start, new_start), strict=True):
            lines[place:place] = [b"```sh", b"make install", b"```"]
        changed = replace(change, before=b"\n".join(sides[0]), after=b"\n".join(sides[1]))
        return replace(commit, changes=(*commit.changes[:at], changed, *commit.changes[at + 1 :]))
    return None


def moved(_rng: random.Random, commit: Commit) -> Commit | None:
    """The first file goes to another folder as well."""
    first = commit.changes[0]
    if not first.before or not first.after or first.new_path:
        return None
    changed = replace(first, new_path=f"moved/{first.path.rsplit('/', 1)[-1]}")
    return replace(commit, changes=(changed, *commit.changes[1:]))


def executable(_rng: random.Random, commit: Commit) -> Commit | None:
    """The first file becomes executable as well."""
    first = commit.changes[0]
    if not first.after or first.new_mode != 0o100644:
        return None
    return replace(commit, changes=(replace(first, new_mode=0o100755), *commit.changes[1:]))


def mode_only(rng: random.Random, commit: Commit) -> Commit | None:
    """The first file becomes executable, and nothing else happens."""
    first = commit.changes[0]
    if not first.before:
        return None
    return executable(rng, replace(commit, changes=(replace(first, after=first.before, new_path=""),)))


def _both(commit: Commit, act: Callable[[bytes], bytes | None]) -> Commit | None:
    """Files that are there already, made otherwise on both sides. Of a new file nobody could know."""
    changes: list[Change] = []
    for change in commit.changes:
        before = act(change.before) if change.before else change.before
        after = act(change.after) if change.before and change.after else change.after
        if (change.before and before is None) or (change.after and after is None):
            return None
        changes.append(replace(change, before=before, after=after))
    made = replace(commit, changes=tuple(changes))
    idle = any(one.before == one.after and not one.new_path for one in changes)
    return None if idle or made == commit else made


def _recoded(data: bytes, codec: str, more: str) -> bytes | None:
    try:
        text = (final_newline(data, wanted=True) if more else data).decode("utf-8")
        return (text + more).encode(codec)
    except UnicodeError:
        return None
