"""From a commit to a draft: which format can say it, how much context it takes, what must come of it."""

import ast
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from commits import Change, Commit
from drafts import Draft, Hunk, Part, hunks, is_ended, lines_of, regions, settled

from genie_engineer.edits.text import Text, content, decode, encode, ending

_MARKS = re.compile(r"^\s*(?:<{5,}|={7}\s*$|>{5,}|\*\*\* )")
_HEADS = re.compile(r"^(?:func|function|export function|fn|pub fn|static|int|void|def)\b[^;]*\b(\w+)\s*\(.*$")
_MOST_CONTEXT = 12
_MOST_WHOLE = 400


def drafted(commit: Commit, form: str, others: Mapping[str, bytes], rng: random.Random) -> Draft | None:
    """The commit in a format, without errors; None where that can't say it, or not with one right place.

    `others` are files that no part of the answer is about.
    """
    changes = [_sayable(change, form) for change in commit.changes]
    if not changes or any(_idle(change) for change in changes):
        return None
    files = {change.path: change.before for change in changes if change.before is not None}
    paths = {*files, *(change.new_path or change.path for change in changes)}
    style = styled(form, rng)
    if any(change.new_path or change.old_mode != change.new_mode for change in changes):
        style |= {"header": "git"}
    draft = Draft(
        form, (), {**{path: data for path, data in others.items() if path not in paths}, **files},
        _landing(changes), modes=_modes(changes) if style.get("header") == "git" else {}, style=style,
    )  # fmt: skip
    parts = tuple(part for part in (_part(change, draft, rng) for change in changes) if part)
    if len(parts) < len(changes):
        return None
    if style["fence"] == "none" and any(
        "```" in text for part in parts for one in part.hunks for _, text in one.rows
    ):
        draft = replace(draft, style={**style, "fence": "long enough"})
    return replace(draft, parts=parts)


def _idle(change: Change) -> bool:
    """Whether nobody could write it: nothing differs, or only what no format shows, as endings do."""
    if change.before and change.after and not _alike(change.before, change.after):
        return True
    moved = change.new_path or change.old_mode != change.new_mode
    return change.after == b"" or (change.before == change.after and not moved)


def _alike(before: bytes, after: bytes) -> bool:
    """Whether both have one encoding and the same endings, also line by line of those that stay."""
    old, new = decode(before).lines, decode(after).lines
    at = new_at = 0
    for start, end, new_start, new_end in [
        *regions(lines_of(before), lines_of(after)),
        (len(old), 0, len(new), 0),
    ]:
        pairs = zip(old[at:start], new[new_at:new_start], strict=True)
        if any({ending(one), ending(other)} == {"\n", "\r\n"} for one, other in pairs):
            return False
        at, new_at = end, new_end
    return _kind(before) == _kind(after)


def _kind(data: bytes) -> tuple[str, bool, bool]:
    """Encoding, and whether there are lines in LF and in CR LF."""
    endings = {*map(ending, decode(data).lines)}
    return decode(data).encoding, "\n" in endings, "\r\n" in endings


def styled(form: str, rng: random.Random) -> dict[str, str]:
    """The choices of a writer that are no errors."""
    style = {"opening": rng.choice(("none", "short", "long", "code first"))}
    style["ending"] = rng.choice(("none", "short", "list"))
    style["fence"] = rng.choice(("long enough", "long enough", "long enough", "tildes", "indented"))
    style["info"] = rng.choice(("none", "language", "language"))
    if form == "unified diff":
        style["header"] = rng.choice(("git", "plain", "plain", "no prefix"))
        style["fence"] = rng.choice((style["fence"], "none"))
    if form == "search/replace":
        style["path"] = rng.choice(("plain", "inside", "heading", "bold"))
        style["blocks"] = rng.choice(("together", "apart"))
    if form in ("whole file", "whole function"):
        style["path"] = rng.choice(("plain", "heading", "bold", "said"))
        style["opening"] = rng.choice(("none", "short", "long"))
    if form == "apply-patch":
        style["anchor"] = rng.choice(("yes", "no"))
        style["fence"] = rng.choice(("long enough", "none"))
    if style["fence"] == "none":
        # Without a fence nobody can tell a list of `-` and `+` below from the diff.
        style["ending"] = rng.choice(("none", "short"))
    return style


def _sayable(change: Change, form: str) -> Change:
    """The change as far as the format can say it.

    Only unified diffs tell of modes, and of a final newline where their last hunk shows the file's end.
    Nothing tells the endings and the encoding of a new file.
    """
    before, after = change.before, change.after
    if form != "unified diff":
        change = replace(change, old_mode=change.new_mode)
    if not after:
        return change
    if before is None:
        after = "".join(decode(after).lines).replace("\r\n", "\n").encode()
    shown = form == "unified diff" and lines_of(before)[-1:] != lines_of(after)[-1:]
    wanted = is_ended(after) if shown else not before or is_ended(before)
    return replace(change, after=final_newline(after, wanted))


def final_newline(data: bytes, wanted: bool) -> bytes:
    """The same text with a newline at its end, or without one, and then without blank lines there."""
    text = decode(data)
    lines = list(text.lines)
    if not lines or lines[-1].endswith("\n") == wanted:
        return data
    if wanted:
        lines[-1] += "\r\n" if any(line.endswith("\r\n") for line in lines) else "\n"
    else:
        while len(lines) > 1 and not content(lines[-1]):
            lines.pop()
        lines[-1] = content(lines[-1])
    return encode(Text(tuple(lines), text.encoding))


def _landing(changes: Sequence[Change]) -> dict[str, bytes | None]:
    landing: dict[str, bytes | None] = {}
    for change in changes:
        if change.new_path:
            landing |= {change.path: None, change.new_path: change.after}
        else:
            landing[change.path] = change.after
    return landing


def _modes(changes: Sequence[Change]) -> dict[str, int]:
    """Modes that a git header tells and that aren't what a file has anyway."""
    told = (change for change in changes if change.after is not None)
    usual = 0o100644
    return {
        change.new_path or change.path: change.new_mode
        for change in told
        if change.new_mode != (usual if change.before is None else change.old_mode)
    }


def _part(change: Change, draft: Draft, rng: random.Random) -> Part | None:
    whole = draft.form in ("whole file", "whole function")
    if whole and (change.after is None or change.new_path):
        return None
    if draft.form == "search/replace" and (change.after is None or change.new_path):
        return None
    if draft.form == "whole file":
        lines = lines_of(change.after)
        return Part(change, change.path, lines=tuple(lines)) if len(lines) <= _MOST_WHOLE else None
    if draft.form == "whole function":
        return _function_part(change)
    return _hunked(change, draft, rng)


def _hunked(change: Change, draft: Draft, rng: random.Random) -> Part | None:
    """As much context as a hunk needs to have one place, and at least what this writer likes to show."""
    unified = draft.form == "unified diff"
    for context in range(rng.choice((3, 3, 3, 1, 5) if unified else (0, 1, 2, 3, 5)), _MOST_CONTEXT):
        part = Part(change, change.path, hunks(change, context))
        if change.before and any(not any(line.strip() for line in hunk.old) for hunk in part.hunks):
            continue
        if settled(replace(draft, parts=(part,))) and not _blurred(part.hunks, draft.form):
            return part
    return None


def _blurred(some: Sequence[Hunk], form: str) -> bool:
    """Whether a row would be read as a mark of the format itself."""
    if form == "unified diff":
        return any(
            sign != " " and text.startswith(("-- ", "++ ")) for hunk in some for sign, text in hunk.rows
        )
    return any(_MARKS.match(text) for hunk in some for _, text in hunk.rows)


def _function_part(change: Change) -> Part | None:
    """The one function that holds the whole change, if its name stands once in the file."""
    old, new = lines_of(change.before), lines_of(change.after)
    found = [(functions(lines, change.path), lines) for lines in (old, new)]
    if not found[0][0] or not found[1][0]:
        return None
    spans = regions(old, new)
    for name, (start, end) in found[0][0].items():
        if name not in found[1][0]:
            continue
        new_start, new_end = found[1][0][name]
        inside = all(start < a and b <= end and new_start < c and d <= new_end for a, b, c, d in spans)
        if inside and spans and len(old) - end == len(new) - new_end and old[start] == new[new_start]:
            return Part(change, change.path, lines=tuple(new[new_start:new_end]))
    return None


def functions(lines: Sequence[str], path: str) -> dict[str, tuple[int, int]]:
    """Functions whose names stand once in the file: start and end (0-based, half-open), innermost first."""
    ending = path.rsplit(".", 1)[-1]
    spans = _python(lines) if ending == "py" else _braced(lines) if ending in _BRACED else []
    names = [name for name, _ in spans]
    return {name: span for name, span in spans if names.count(name) == 1}


_BRACED = ("go", "js", "ts", "rs", "c", "php")


def _python(lines: Sequence[str]) -> list[tuple[str, tuple[int, int]]]:
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError):
        return []
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    spans = []
    for node in found:
        start = min([node.lineno, *(mark.lineno for mark in node.decorator_list)]) - 1
        spans.append((node.name, (start, node.end_lineno or node.lineno)))
    return spans


def _braced(lines: Sequence[str]) -> list[tuple[str, tuple[int, int]]]:
    """Functions at the margin, up to the brace that closes them at the margin."""
    spans = []
    for at, line in enumerate(lines):
        if (head := _HEADS.match(line)) and line.rstrip().endswith("{"):
            end = next((number for number in range(at + 1, len(lines)) if lines[number].startswith("}")), 0)
            if end:
                spans.append((head[1], (at, end + 1)))
    return spans
