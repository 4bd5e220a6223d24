"""From what a model wrote, with prose and Markdown around it, to edits."""

from collections.abc import Sequence
from dataclasses import replace

from .answer import Reading, answer_lines
from .apply_patch import read_patch, starts_patch
from .blocks import is_block_head, read_block
from .diff_header import starts_section
from .edit import FileEdit, Parsed
from .unified_diff import read_section
from .whole import read_whole

NO_EDIT = (
    "There is no edit in this answer. Write a unified diff (`--- a/path`, `+++ b/path`, `@@ … @@`, then "
    "lines that begin with a space, `-` or `+`), or search/replace blocks (the path on a line, "
    "`<<<<<<< SEARCH`, the old lines, `=======`, the new lines, `>>>>>>> REPLACE`)."
)
_STRAY = "A hunk (`{}`) belongs to no file: write `--- a/path` and `+++ b/path` above it."


def parse(answer: str, complete: bool = False) -> Parsed:
    """Reads every unified diff, apply-patch and search/replace block in the answer, and where there is none,
    code that stands under the path of a file; never raises.

    Edits of one file that only modify it become one, in the order written. `complete` tells that the answer
    is known not to be cut (say, the arguments of a tool call that are valid JSON): else a last hunk which is
    shorter than its own counts, or lacks its last line break, is taken for cut off and becomes a problem.
    """
    lines = answer_lines(answer)
    edits: list[FileEdit] = []
    problems: list[str] = []
    at, path = 0, ""
    while at < len(lines):
        if is_block_head(lines[at]):
            reading = read_block(lines, at, path)
        elif starts_patch(lines[at]):
            reading = read_patch(lines, at, complete)
        elif starts_section(lines, at) and not lines[at].fence:
            reading = read_section(lines, at, complete)
        else:
            stray = lines[at].text.startswith("@@ ")
            reading = Reading(at + 1, problems=(_STRAY.format(lines[at].text[:60]),) if stray else ())
        edits += reading.edits
        problems += reading.problems
        path = reading.path or path
        at = max(reading.next, at + 1)
    if not edits and not problems:
        for reading in read_whole(lines, complete):
            edits += reading.edits
            problems += reading.problems
    if not edits and not problems:
        problems.append(NO_EDIT)
    return Parsed(_merged(edits), tuple(problems))


def _merged(edits: Sequence[FileEdit]) -> tuple[FileEdit, ...]:
    """Joins modifications of the same file: each is written against the file as the model saw it."""
    joined: list[FileEdit] = []
    places: dict[str, int] = {}
    for edit in edits:
        place = places.get(edit.path)
        plain = edit.kind == "modify" and not edit.new_path
        if plain and place is not None:
            earlier = joined[place]
            # The same edit twice, word for word, is meant once.
            new = tuple(one for one in edit.replacements if one not in earlier.replacements)
            mode = edit.mode if earlier.mode is None else earlier.mode
            joined[place] = replace(earlier, replacements=earlier.replacements + new, mode=mode)
            continue
        places.pop(edit.path, None)
        if plain:
            places[edit.path] = len(joined)
        joined.append(edit)
    return tuple(joined)
