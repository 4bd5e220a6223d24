"""Answers that have no one right place, or only by a hint, and answers that are cut.

The rule: old text that stands more than once is placed by a line number that is exactly right, or by a
heading under which it stands once; else by nothing. A removed line that the file doesn't hold has no place.
Of a cut answer all hunks but the last may be applied.
"""

import random
import re
from collections.abc import Callable
from dataclasses import replace

from commits import Change
from drafting import functions
from drafts import Draft, Hunk, hunks, indent, is_telling, lines_of, places, regions, with_hunk
from writing import hunk_head, written

from genie_engineer.edits.text import Text, decode, encode


def twice_bare(rng: random.Random, draft: Draft) -> Draft | None:
    """Old text that stands more than once, without a hint or with a wrong number: must be refused."""
    found = _ambiguous(draft)
    if found is None:
        return None
    lines = lines_of(draft.parts[0].change.before)
    taken = {start + 1 for start in places(found, lines, str.strip)}
    wrong = next(
        number for number in iter(lambda: rng.randint(1, len(lines) + 200), 0) if number not in taken
    )
    near = any(abs(wrong - one) <= 20 for one in taken)
    head = (
        "@@ ... @@" if near or rng.random() < 0.5 else hunk_head(replace(found, start=wrong - 1, section=""))
    )
    head = "@@" if draft.form == "apply-patch" else head
    return _refused(with_hunk(_single(draft), 0, 0, [replace(found, head=head)]))


def twice_numbered(_rng: random.Random, draft: Draft) -> Draft | None:
    """Old text that stands more than once, and the exact line number."""
    found = _ambiguous(draft)
    return None if found is None else with_hunk(_single(draft), 0, 0, [replace(found, section="")])


def twice_headed(_rng: random.Random, draft: Draft) -> Draft | None:
    """Old text that stands more than once, but once below the heading that the hunk names."""
    found = _ambiguous(draft)
    if found is None:
        return None
    lines = lines_of(draft.parts[0].change.before)
    depth = len(indent(lines[found.start]))
    above = [at for at in range(found.start) if lines[at].strip() and len(indent(lines[at])) < depth]
    if not above or lines.count(lines[above[-1]]) != 1 or not is_telling(lines[above[-1]]):
        return None
    head = above[-1]
    margin = len(indent(lines[head]))
    ends = (
        at for at in range(head + 1, len(lines)) if lines[at].strip() and len(indent(lines[at])) <= margin
    )
    inside = [at for at in places(found, lines, str.strip) if head < at < next(ends, len(lines))]
    if inside != [found.start]:
        return None
    return with_hunk(_single(draft), 0, 0, [replace(found, head=f"@@ {lines[head].strip()}")])


def already_applied(_rng: random.Random, draft: Draft) -> Draft | None:
    """The file is as it should become: nothing may change."""
    files = dict(draft.files)
    for part in draft.parts:
        change = part.change
        if not change.before or not change.after or change.new_path:
            return None
        lines = lines_of(change.after)
        if any(not hunk.old or places(hunk, lines, str.strip) for hunk in part.hunks):
            return None
        if not part.hunks and not part.lines:  # A mode alone: that it is set already can't be seen in a file.
            return None
        files[change.path] = change.after
    return _refused(replace(draft, files=files))


def wrong_file(rng: random.Random, draft: Draft) -> Draft | None:
    """The path of another file, or of none."""
    others = sorted(draft.files.keys() - {part.change.path for part in draft.parts})
    if (
        len(draft.parts) != 1
        or not others
        or not draft.parts[0].change.before
        or not draft.parts[0].change.after
    ):
        return None
    part = draft.parts[0]
    path = rng.choice(others)
    lines = lines_of(draft.files[path])
    if any(not hunk.old or places(hunk, lines, str.strip) for hunk in part.hunks) or part.change.new_path:
        return None
    names = functions(lines, path)
    if part.lines and (
        names.keys() & functions(part.lines, part.change.path).keys() or draft.form == "whole file"
    ):
        return None
    path = path if rng.random() < 0.6 or part.lines else f"{path.rsplit('.', 1)[0]}_missing.txt"
    return _refused(replace(draft, parts=(replace(part, path=path),)))


def removed_differs(rng: random.Random, draft: Draft) -> Draft | None:
    """A line to be removed names something else than the line that is there."""
    if len(draft.parts) != 1 or len(draft.parts[0].hunks) != 1 or draft.parts[0].change.new_path:
        return None
    hunk = draft.parts[0].hunks[0]
    data = draft.files.get(draft.parts[0].change.path, b"")
    found = [
        at for at, (sign, text) in enumerate(hunk.rows) if sign == "-" and re.search(r"[A-Za-z_]{5,}", text)
    ]
    if not found or draft.parts[0].change.after is None:
        return None
    at = rng.choice(found)
    text = re.sub(r"[A-Za-z_]{5,}", lambda name: f"old_{name[0][::-1]}", hunk.rows[at][1], count=1)
    rows = (*hunk.rows[:at], ("-", text), *hunk.rows[at + 1 :])
    return (
        None
        if text.strip().encode() in data
        else _refused(with_hunk(draft, 0, 0, [replace(hunk, rows=rows)]))
    )


def cut(rng: random.Random, draft: Draft) -> Draft | None:
    """The answer ends somewhere within its last hunk: that one must be refused."""
    part = draft.parts[-1]
    unmarked = draft.form == "apply-patch" and part.change.after is None
    if part.change.new_path or unmarked or (not part.hunks and not part.lines):
        return None
    if draft.style.get("fence") == "indented":
        draft = replace(draft, style={**draft.style, "fence": "long enough"})
    text = written(draft)
    low, high = _CUTS[draft.form](text, draft)
    if high <= low:
        return None
    at = rng.randint(low, high)
    landing = dict(draft.landing)
    change = part.change
    rest = (
        partly(change, part.hunks[-1].start)
        if change.before and change.after and part.hunks
        else change.before
    )
    landing[change.path] = rest
    kept = {path: data for path, data in landing.items() if data != draft.files.get(path)}
    modes = {path: mode for path, mode in draft.modes.items() if path != change.path}
    return replace(draft, landing=kept, refuse=True, modes=modes, finish=(lambda whole: whole[:at],))


def lines_without_place(_rng: random.Random, draft: Draft) -> Draft | None:
    """A few new lines under the name of a long file, as if they were all of it."""
    change = draft.parts[0].change
    old, new = lines_of(change.before), lines_of(change.after)
    fresh = [line for _, _, start, end in regions(old, new) for line in new[start:end]]
    if len(draft.parts) != 1 or not 2 <= len(fresh) <= 12 or len(old) < 30 or functions(fresh, change.path):
        return None
    if any(re.search(r"\b(?:def|func|function|fn|class)\b", line) for line in fresh):
        return None
    return _refused(replace(draft, parts=(replace(draft.parts[0], lines=tuple(fresh)),)))


def partly(change: Change, before_line: int) -> bytes:
    """The file with only those changes made that lie above a line (0-based)."""
    old, new = decode(change.before or b""), decode(change.after or b"")
    lines = list(old.lines)
    for start, end, new_start, new_end in reversed(regions(lines_of(change.before), lines_of(change.after))):
        if start < before_line:
            lines[start:end] = new.lines[new_start:new_end]
    return encode(Text(tuple(lines), old.encoding))


def _ambiguous(draft: Draft) -> Hunk | None:
    """The change of one place in one file, with so little context that its old text stands more than once."""
    change = draft.parts[0].change
    if len(draft.parts) != 1 or not change.before or not change.after or change.new_path:
        return None
    lines = lines_of(change.before)
    for context in (3, 1, 0, 2):
        some = hunks(change, context)
        if len(some) == 1 and sum(map(is_telling, some[0].old)) and len(places(some[0], lines)) > 1:
            return some[0]
    return None


def _single(draft: Draft) -> Draft:
    return replace(draft, parts=(replace(draft.parts[0], hunks=draft.parts[0].hunks[:1]),))


def _refused(draft: Draft) -> Draft:
    return replace(draft, landing={}, refuse=True, modes={})


def _cut_unified(text: str, draft: Draft) -> tuple[int, int]:
    rows = draft.parts[-1].hunks[-1].rows
    if True in draft.parts[-1].hunks[-1].bare:
        return 0, 0
    low = text.rfind("\n@@ ") + 1
    last = max(at for at, row in enumerate(rows) if row[0] != " ")
    below = len(rows) - 1 - last
    lines = text[low:].split("\n")[1 : 1 + len(rows)]
    high = low + len("\n".join([text[low:].split("\n")[0], *lines[: len(rows) - below]])) - 1
    return text.find("\n", low) + 1, high


def _cut_between(first: str, last: str) -> Callable[[str, Draft], tuple[int, int]]:
    return lambda text, _: (text.rfind(first) + len(first), text.rfind(last) - 1)


def _cut_lines(text: str, draft: Draft) -> tuple[int, int]:
    block = "\n".join(draft.parts[-1].lines).rstrip("\n")
    at = text.find(block)
    return (at + 1, at + len(block) - 2) if at >= 0 else (0, 0)


_CUTS: dict[str, Callable[[str, Draft], tuple[int, int]]] = {
    "unified diff": _cut_unified,
    "search/replace": _cut_between("<<<<<<< SEARCH\n", ">>>>>>> REPLACE"),
    "apply-patch": _cut_between("\n@@", "\n*** End Patch"),
    "whole file": _cut_lines,
    "whole function": _cut_lines,
}
