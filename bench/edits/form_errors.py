"""Errors in what stands around the lines: numbers, counts, paths, marks, fences, letters, elisions."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from drafting import final_newline
from drafts import (
    Draft,
    Hunk,
    Part,
    hunks,
    indent,
    is_ended,
    is_telling,
    lines_of,
    places,
    regions,
)
from row_errors import kept
from writing import hunk_head

_ELISIONS = (
    "...",
    "# ...",
    "// ... existing code ...",
    "# ... existing code ...",
    "# ... rest of the code ...",
)


def numbers_wrong(rng: random.Random, draft: Draft) -> Draft:
    """Every `@@` with made-up line numbers; its counts are right."""

    def wrong(hunk: Hunk) -> str:
        other = rng.choice((1, 10, hunk.start + rng.randint(2, 60), max(1, hunk.start - rng.randint(2, 60))))
        return hunk_head(replace(hunk, start=max(0, other - 1)))

    return _headed(draft, wrong)


def counts_wrong(rng: random.Random, draft: Draft) -> Draft | None:
    """Every `@@` with a count too large or too small, as often on both sides as on one.

    With nothing behind it, a hunk that ends in a change and tells of more can't be told from one that is cut.
    """

    def wrong(hunk: Hunk) -> str:
        off = rng.choice((-4, -2, -1, 1, 2, 5))
        return hunk_head(hunk, rng.choice((off, off, 0)), off)

    bare = (draft.style.get("fence"), draft.style.get("ending")) == ("none", "none")
    damaged = _headed(draft, wrong)
    return None if bare and any(map(_seems_cut, damaged.parts[-1].hunks[-1:])) else damaged


def _seems_cut(hunk: Hunk) -> bool:
    told = re.match(r"@@ -\d+,(\d+) \+\d+,(\d+)", hunk.head)
    shown = [sum(sign != other for sign, _ in hunk.rows) for other in "+-"]
    more = told is not None and (int(told[1]) > shown[0] or int(told[2]) > shown[1])
    return more and hunk.rows[-1][0] != " "


def numbers_absent(rng: random.Random, draft: Draft) -> Draft:
    """No numbers at all: `@@ ... @@`, as aider asks for them, or a bare `@@`."""
    kind = rng.choice(("@@ ... @@", "@@", "@@ @@"))
    return _headed(draft, lambda _: kind)


def hunks_joined(rng: random.Random, draft: Draft) -> Draft | None:
    """The next hunk goes on without an `@@` line of its own."""
    found = [number for number, part in enumerate(draft.parts) if len(part.hunks) > 1]
    if not found:
        return None
    number = rng.choice(found)
    part = draft.parts[number]
    first, second = part.hunks[:2]
    joined = replace(first, rows=(*first.rows, *second.rows), old=(), bare=(False, False))
    parts = list(draft.parts)
    parts[number] = replace(part, hunks=(joined, *part.hunks[2:]))
    return replace(draft, parts=tuple(parts)) if second.bare == (False, False) else None


def path_dotted(rng: random.Random, draft: Draft) -> Draft | None:
    """`./` before every path, or a backslash between folders."""
    if any(part.change.new_path for part in draft.parts):
        return None
    draft = replace(draft, style={**draft.style, "header": "no prefix"})
    slash = rng.random() < 0.3 and all("/" in part.path and part.change.before for part in draft.parts)
    return _renamed(draft, lambda path: path.replace("/", "\\") if slash else f"./{path}")


def path_prefixed(rng: random.Random, draft: Draft) -> Draft | None:
    """The name of the repository, or the first folder once more, before every path of a file."""
    if any(part.change.new_path or not part.change.before for part in draft.parts):
        return None
    folders = {part.path.split("/")[0] for part in draft.parts if "/" in part.path}
    prefix = folders.pop() if len(folders) == 1 and rng.random() < 0.5 else "project"
    if any(f"{prefix}/{part.path}" in draft.files for part in draft.parts):
        return None
    return _renamed(draft, lambda path: f"{prefix}/{path}")


def fence_nested(rng: random.Random, draft: Draft) -> Draft | None:
    """A fence of three backticks, or none, around lines that hold such fences themselves."""
    texts = [text for part in draft.parts for hunk in part.hunks for _, text in hunk.rows]
    if not any(text.startswith("```") for text in texts):
        return None
    return replace(
        draft, style={**draft.style, "fence": rng.choice(("three", "three", "none")), "ending": "none"}
    )


def numbered(rng: random.Random, draft: Draft) -> Draft | None:
    """Line numbers of a listing pasted along with every line."""
    shape = rng.choice(("{:4d} | {}", "{} | {}", "{:6d}\t{}", "{}: {}"))
    if any(re.match(r"\s*\d+\s*[|:\t]", line) for data in draft.files.values() for line in lines_of(data)):
        return None

    def act(hunk: Hunk) -> Hunk:
        sides = []
        for sign in "-+":
            texts = [text for other, text in hunk.rows if other in (" ", sign)]
            sides += [(sign, shape.format(at, text)) for at, text in enumerate(texts, hunk.start + 1)]
        return replace(hunk, rows=tuple(sides))

    parts = [
        replace(
            part,
            hunks=tuple(act(hunk) for hunk in part.hunks),
            lines=tuple(shape.format(at, text) for at, text in enumerate(part.lines, 1)),
        )
        for part in draft.parts
    ]
    return replace(draft, parts=tuple(parts)) if all(part.change.before for part in parts) else None


def start_line(_rng: random.Random, draft: Draft) -> Draft | None:
    """`:start_line:` and a rule at the top of every search block, as Roo Code has them."""

    def act(hunk: Hunk) -> Hunk:
        return replace(hunk, rows=(("-", f":start_line:{hunk.start + 1}"), ("-", "-------"), *hunk.rows))

    parts = [replace(part, hunks=tuple(act(hunk) for hunk in part.hunks)) for part in draft.parts]
    return replace(draft, parts=tuple(parts)) if all(part.change.before for part in parts) else None


def elided(rng: random.Random, draft: Draft) -> Draft | None:
    """A long stretch of lines that stay, written as `...`."""
    mark = rng.choice(_ELISIONS)
    parts: list[Part] = []
    for part in draft.parts:
        old = lines_of(part.change.before)
        if part.lines:
            parts.append(replace(part, lines=_elided_lines(part.lines, old, mark)))
            continue
        wide = hunks(part.change, 10) if part.change.before and part.change.after else part.hunks
        parts.append(replace(part, hunks=tuple(_elided_hunk(hunk, old, mark) for hunk in wide)))
    damaged = replace(draft, parts=tuple(parts))
    shown = any(text.strip() == mark for part in parts for hunk in part.hunks for _, text in hunk.rows)
    return damaged if shown or any(line.strip() == mark for part in parts for line in part.lines) else None


def _elided_hunk(hunk: Hunk, old: Sequence[str], mark: str) -> Hunk:
    """The longest run of context replaced, if what is left on either side stands once in the file."""
    runs = [found.span() for found in re.finditer(r" {9,}", "".join(sign for sign, _ in hunk.rows))]
    for start, end in sorted(runs, key=lambda run: run[0] - run[1]):
        start, end = start + 3, end - 3
        if start == 3 or end == len(hunk.rows) - 3:
            continue
        offset = sum(sign != "+" for sign, _ in hunk.rows[:start])
        sides = hunk.old[:offset], hunk.old[offset + end - start :]
        if all(len(places(Hunk(0, (), side), old)) == 1 for side in sides):
            white = indent(hunk.rows[start][1])
            return replace(hunk, rows=(*hunk.rows[:start], (" ", white + mark), *hunk.rows[end:]), old=())
    return hunk


def _elided_lines(new: Sequence[str], old: Sequence[str], mark: str) -> tuple[str, ...]:
    """All long runs that stay replaced, if the three lines on either side stand once in the file."""
    shown: list[str] = []
    at = 0
    for _, _, start, end in [*regions(old, new), (0, 0, len(new), len(new))]:
        run = new[at:start]
        first, last = run[:3], run[-3:]
        telling = all(len(places(Hunk(0, (), tuple(side)), old)) == 1 for side in (first, last))
        if len(run) > 8 and telling and old != new:
            run = [*first, indent(run[3]) + mark, *last]
        shown += [*run, *new[start:end]]
        at = end
    return tuple(shown)


def lone_dedented(_rng: random.Random, draft: Draft) -> Draft | None:
    """One old line, and the first of the new ones, without the indentation that the rest of the block has."""
    change = draft.parts[0].change
    found = hunks(change, 1) if change.before and change.after else ()
    if len(draft.parts) != 1 or len(found) != 1 or {sign for sign, _ in found[0].rows} != {" ", "+"}:
        return None
    *fresh, (sign, last) = [row for row in found[0].rows if row[0] == "+"] + [found[0].rows[-1]]
    first = fresh[0][1]
    if sign != " " or not indent(last) or indent(first) != indent(last) or not is_telling(last):
        return None
    start = found[0].start + len(found[0].old) - 1
    rows = (("-", last.lstrip()), ("+", first.lstrip()), *fresh[1:], ("+", last))
    hunk = Hunk(start, rows, (last,), found[0].shift)
    return kept(replace(draft, parts=(replace(draft.parts[0], hunks=(hunk,)),)), str.strip)


def marks_lost(_rng: random.Random, draft: Draft) -> Draft | None:
    """No `\\ No newline at end of file`: the file's own end stays as it was."""
    if not any(True in hunk.bare for part in draft.parts for hunk in part.hunks):
        return None
    parts = tuple(
        replace(part, hunks=tuple(replace(hunk, bare=(False, False)) for hunk in part.hunks))
        for part in draft.parts
    )
    landing = dict(draft.landing)
    for part in parts:
        if part.change.after:
            ended = not part.change.before or is_ended(part.change.before)
            landing[part.change.new_path or part.path] = final_newline(part.change.after, ended)
    changed = any(data != draft.files.get(path) for path, data in landing.items())
    return replace(draft, parts=parts, landing=landing) if changed else None


def answer_crlf(_rng: random.Random, draft: Draft) -> Draft:
    """The answer itself with CR LF throughout."""
    return replace(draft, finish=(*draft.finish, lambda text: text.replace("\n", "\r\n")))


def marks_varied(rng: random.Random, draft: Draft) -> Draft:
    """Other words at the marks of a block than the format has."""
    first, last = rng.choice(
        (("SEARCH>", "REPLACE"), ("ORIGINAL", "UPDATED"), ("search", "replace"), ("SEARCH", ""))
    )

    def act(text: str) -> str:
        text = text.replace("<<<<<<< SEARCH", f"<<<<<<< {first}")
        return text.replace(">>>>>>> REPLACE", f">>>>>>> {last}".rstrip())

    return replace(draft, finish=(*draft.finish, act))


def heredoc(_rng: random.Random, draft: Draft) -> Draft:
    """The patch inside the shell command that would apply it."""

    def act(text: str) -> str:
        body = text.replace("*** Begin Patch", "apply_patch <<'EOF'\n*** Begin Patch", 1)
        return body.replace("*** End Patch", "*** End Patch\nEOF", 1)

    return replace(draft, finish=(*draft.finish, act))


def written_twice(_rng: random.Random, draft: Draft) -> Draft | None:
    """The same edit a second time, word for word."""
    if any(not part.change.before or not part.change.after or part.change.new_path for part in draft.parts):
        return None
    return replace(draft, parts=draft.parts * 2)


def _headed(draft: Draft, head: Callable[[Hunk], str]) -> Draft:
    parts = [
        replace(part, hunks=tuple(replace(hunk, head=head(hunk)) for hunk in part.hunks))
        for part in draft.parts
    ]
    return replace(draft, parts=tuple(parts))


def _renamed(draft: Draft, named: Callable[[str], str]) -> Draft | None:
    parts = tuple(replace(part, path=named(part.path)) for part in draft.parts)
    return kept(replace(draft, parts=parts))
