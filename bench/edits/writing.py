"""Drafts as text, in each of the formats in which models write edits, with the prose they put around."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from drafts import Draft, Hunk, Part

FORMS = ("unified diff", "search/replace", "whole file", "whole function", "apply-patch")
_LANGUAGES = {
    "py": "python", "go": "go", "js": "javascript", "ts": "typescript", "tsx": "tsx", "rs": "rust",
    "rb": "ruby", "java": "java", "kt": "kotlin", "php": "php", "c": "c", "h": "c", "cc": "cpp",
    "md": "markdown", "yml": "yaml",
}  # fmt: skip
_OPENINGS = {
    "none": "",
    "short": "Here is the change:\n\n",
    "long": "The cause is that the old value is kept. I'll make three changes:\n\n"
    "1. Read it where it is needed.\n2. Say so in the documentation.\n- Nothing else changes.\n\n",
    "code first": "At present the code does something like this:\n\n```\nvalue = compute(first, second)\n"
    "return value\n```\n\nThat is wrong. Here is the edit:\n\n",
}
_ENDINGS = {
    "none": "",
    "short": "\nThis should fix it.\n",
    "list": "\nWhat this does:\n\n- It keeps the old behaviour.\n+ It adds the new one.\n\nRun the tests.\n",
}


def written(draft: Draft) -> str:
    """The whole answer."""
    body = _FORMS[draft.form](draft)
    style = draft.style
    text = _OPENINGS[style.get("opening", "none")] + body + _ENDINGS[style.get("ending", "none")]
    for damage in draft.finish:
        text = damage(text)
    return text


def fenced(body: str, style: Mapping[str, str], language: str) -> str:
    """The body in a fence of backticks or tildes, longer than those inside unless `fence` is set."""
    kind = style.get("fence", "long enough")
    mark = "`" * 3
    if kind == "none":
        return body
    while kind != "three" and mark in body:
        mark += "`"
    mark = "~~~" if kind == "tildes" and "~~~" not in body else mark
    pad = "   " if kind == "indented" else ""
    info = "" if style.get("info") == "none" else language
    inside = "".join(f"{pad}{line}\n" for line in body.removesuffix("\n").split("\n"))
    return f"{pad}{mark}{info}\n{inside}{pad}{mark}\n"


def _unified(draft: Draft) -> str:
    return fenced("".join(_diff(part, draft) for part in draft.parts), draft.style, "diff")


def _diff(part: Part, draft: Draft) -> str:
    change, header = part.change, draft.style.get("header", "git")
    new_path = change.new_path or part.path
    old, new = (f"a/{part.path}", f"b/{new_path}") if header != "no prefix" else (part.path, new_path)
    lines = _git_lines(part, old, new) if header == "git" else []
    if part.hunks:
        lines.append(f"--- {'/dev/null' if change.before is None else old}")
        lines.append(f"+++ {'/dev/null' if change.after is None else new}")
    lines += chain.from_iterable(_hunk_lines(hunk) for hunk in part.hunks)
    return "\n".join(lines) + "\n"


def _git_lines(part: Part, old: str, new: str) -> list[str]:
    change = part.change
    lines = [f"diff --git {old} {new}"]
    if change.before is None:
        lines.append(f"new file mode {change.new_mode:o}")
    elif change.after is None:
        lines.append(f"deleted file mode {change.old_mode:o}")
    elif change.old_mode != change.new_mode:
        lines += [f"old mode {change.old_mode:o}", f"new mode {change.new_mode:o}"]
    if change.new_path:
        lines += ["similarity index 90%", f"rename from {part.path}", f"rename to {change.new_path}"]
    if part.hunks:
        lines.append("index 83db48f..bf269f4")
    return lines


def _hunk_lines(hunk: Hunk) -> list[str]:
    lines = [hunk.head or hunk_head(hunk)]
    last = {
        sign: max((at for at, row in enumerate(hunk.rows) if row[0] in (" ", sign)), default=-1)
        for sign in "-+"
    }
    ends = {last[sign] for sign, bare in zip("-+", hunk.bare, strict=True) if bare}
    for at, (sign, text) in enumerate(hunk.rows):
        lines.append(sign + text if sign != "blank" else text)
        if at in ends:
            lines.append("\\ No newline at end of file")
    return lines


def hunk_head(hunk: Hunk, old: int = 0, new: int = 0) -> str:
    """The true `@@` line, its counts wrong by `old` and `new`."""
    olds, news = (sum(sign != other for sign, _ in hunk.rows) for other in "+-")
    start = hunk.start + (1 if olds else 0)
    new_start = hunk.start + hunk.shift + (1 if news else 0)
    head = f"@@ -{start},{max(0, olds + old)} +{new_start},{max(0, news + new)} @@"
    return f"{head} {hunk.section}".rstrip()


def _search(draft: Draft) -> str:
    style = draft.style
    texts = []
    for part in draft.parts:
        blocks = [_block(hunk, part) for hunk in part.hunks] or ["<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE\n"]
        groups = ["\n".join(blocks)] if style.get("blocks") == "together" else blocks
        for group in groups:
            if style.get("path") == "inside":
                texts.append(fenced(f"{part.path}\n{group}", style, _language(part.path)))
            else:
                texts.append(_titled(part.path, style) + fenced(group, style, _language(part.path)))
    return "\n".join(texts)


def _block(hunk: Hunk, part: Part) -> str:
    before = (
        [text for sign, text in hunk.rows if sign in (" ", "-")] if part.change.before is not None else []
    )
    after = [text for sign, text in hunk.rows if sign in (" ", "+")]
    return "\n".join(("<<<<<<< SEARCH", *before, "=======", *after, ">>>>>>> REPLACE")) + "\n"


def _titled(path: str, style: Mapping[str, str]) -> str:
    shapes = {
        "plain": f"{path}\n",
        "heading": f"### `{path}`\n\n",
        "bold": f"**{path}**\n\n",
        "said": f"In `{path}`:\n\n",
    }
    return shapes.get(style.get("path", "plain"), f"{path}\n")


def _whole(draft: Draft) -> str:
    texts = []
    for part in draft.parts:
        comment = [f"# {part.path}"] if draft.style.get("path") == "comment" else []
        body = "\n".join((*comment, *part.lines)) + "\n"
        texts.append(_titled(part.path, draft.style) + fenced(body, draft.style, _language(part.path)))
    return "\n".join(texts)


def _apply_patch(draft: Draft) -> str:
    lines = ["*** Begin Patch"]
    for part in draft.parts:
        lines += _patch_lines(part, draft.style)
    lines.append("*** End Patch")
    return fenced("\n".join(lines) + "\n", draft.style, "")


def _patch_lines(part: Part, style: Mapping[str, str]) -> list[str]:
    change = part.change
    rows: Sequence[str]
    if change.before is None:
        rows = [f"+{text}" for hunk in part.hunks for _, text in hunk.rows]
        return [f"*** Add File: {part.path}", *rows]
    if change.after is None:
        return [f"*** Delete File: {part.path}"]
    lines = [f"*** Update File: {part.path}"]
    if change.new_path:
        lines.append(f"*** Move to: {change.new_path}")
    last = ""
    for hunk in part.hunks:
        named = style.get("anchor") == "yes" and hunk.section not in ("", last)
        anchor, last = f" {hunk.section}" if named else "", hunk.section
        lines.append(hunk.head or f"@@{anchor}")
        lines += [sign + text if sign != "blank" else text for sign, text in hunk.rows]
    return lines


def _language(path: str) -> str:
    return _LANGUAGES.get(path.rsplit(".", 1)[-1], "")


_FORMS: Mapping[str, Callable[[Draft], str]] = {
    "unified diff": _unified,
    "search/replace": _search,
    "whole file": _whole,
    "whole function": _whole,
    "apply-patch": _apply_patch,
}
