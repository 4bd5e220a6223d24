"""Answers and files damaged at random: whatever happens, no file may be emptied, truncated or corrupted."""

import random
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from html import unescape
from pathlib import Path

from judging import Case

from genie_engineer.edits.apply import Applied, Landed, apply
from genie_engineer.edits.edit import FileEdit
from genie_engineer.edits.parse import parse
from genie_engineer.edits.text import Text, content, decode
from genie_engineer.errors import EditError

Sample = tuple[str, dict[str, bytes]]
_CHUNK = 500
_MOST_BYTES = 16_000
_SHOWN = 10
_PLAIN = str.maketrans("’‘“”–\u00a0", "''\"\"- ")
_NUMBER = re.compile(r"^\s*\d+\s?[|:]?\t? ?")
_PIECES = (
    "```", "```diff", "~~~", "@@", "@@ -1,2 +1,3 @@", "@@ -0,0 +1,5 @@", "<<<<<<< SEARCH", "=======",
    ">>>>>>> REPLACE", "--- /dev/null", "+++ /dev/null", "*** Begin Patch", "*** End Patch",
    "*** End of File", "\\ No newline at end of file", "deleted file mode 100644", "...", "# ...", "+", "-",
    " ", "", "\t", "+x = 1", "-x = 1", "\u2028", "\f", "\x00", "\x1b[0m",
)  # fmt: skip


def fuzzed(
    cases: Sequence[Case], number: int, seed: int, processes: int, failures: Path | None
) -> dict[str, int]:
    """Runs `number` damaged cases in several processes: how many, and in how many something was corrupted."""
    samples = [(case.answer, dict(case.files)) for case in cases if _small(case)]
    chunks = [(seed, start, min(_CHUNK, number - start)) for start in range(0, number, _CHUNK)]
    found: list[tuple[int, str]] = []
    with ProcessPoolExecutor(processes, initializer=_keep, initargs=(samples,)) as pool:
        for faults in pool.map(_chunk, chunks):
            found += faults
    _keep(samples)
    for one, fault in found[:_SHOWN]:
        print(f"corrupted: {one}: {fault}", file=sys.stderr)
        if failures:
            _write(failures / "fuzzed" / str(one), *_drawn(seed, one)[:2])
    return {"fuzzed": number, "corrupted": len(found)}


def _small(case: Case) -> bool:
    return len(case.answer) + sum(map(len, case.files.values())) <= _MOST_BYTES


_SAMPLES: list[Sample] = []


def _keep(samples: list[Sample]) -> None:
    _SAMPLES[:] = samples


def _chunk(task: tuple[int, int, int]) -> list[tuple[int, str]]:
    seed, start, count = task
    tried = ((number, _fault(*_drawn(seed, number))) for number in range(start, start + count))
    return [(number, fault) for number, fault in tried if fault]


def _drawn(seed: int, number: int) -> tuple[str, dict[str, bytes], bool]:
    """The answer and the files of one case, and whether the answer is said to be complete."""
    rng = random.Random(f"{seed} {number}")
    answer, files = damaged(rng, rng.choice(_SAMPLES))
    return answer, files, rng.random() < 0.3


def _write(place: Path, answer: str, files: Mapping[str, bytes]) -> None:
    place.mkdir(parents=True, exist_ok=True)
    (place / "answer.md").write_bytes(answer.encode("utf-8", "surrogateescape"))
    for number, (path, data) in enumerate(sorted(files.items())):
        (place / f"before-{number}-{path.rsplit('/', 1)[-1]}").write_bytes(data)


def damaged(rng: random.Random, sample: Sample) -> Sample:
    """The same answer and files with a few things changed in each."""
    answer, files = sample
    lines = answer.split("\n")
    for _ in range(rng.choice((0, 1, 1, 2, 3, 6))):
        _damage(rng, lines)
    text = "\n".join(lines)
    if rng.random() < 0.2:
        text = text[: rng.randrange(len(text) + 1)]
    if rng.random() < 0.1:
        text = text.replace("\n", rng.choice(("\r\n", "\r")))
    return text, {
        path: _changed_file(rng, data) if rng.random() < 0.6 else data for path, data in files.items()
    }


def _damage(rng: random.Random, lines: list[str]) -> None:
    at = rng.randrange(len(lines) + 1)
    kind = rng.randrange(7)
    line = lines[at] if at < len(lines) else ""
    if kind == 0:
        del lines[at : at + rng.choice((1, 1, 2, 5))]
    elif kind == 1:
        lines[at:at] = lines[rng.randrange(len(lines) + 1) :][: rng.choice((1, 2, 5))]
    elif kind == 2:
        lines[at:at] = [rng.choice(_PIECES)]
    elif kind == 3:
        lines[at : at + 1] = [rng.choice(_PIECES) + line]
    elif kind == 4:
        lines[at : at + 1] = [
            rng.choice((line.strip(), "  " + line, "\t" + line, line + " ", line[1:], line[:-1]))
        ]
    elif kind == 5:
        cut = rng.randrange(len(line) + 1)
        lines[at : at + 1] = [line[:cut], line[cut:]]
    else:
        cut = rng.randrange(len(line) + 1)
        lines[at : at + 1] = [
            line[:cut] + rng.choice("+- @<>=`~*/\\\u00e9\u2019\ud83d\x00") + line[cut + 1 :]
        ]


def _changed_file(rng: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    for _ in range(rng.choice((1, 1, 3))):
        at = rng.randrange(len(lines))
        kind = rng.randrange(4)
        if kind == 0:
            del lines[at : at + rng.choice((1, 3))]
        elif kind == 1:
            lines[at:at] = lines[rng.randrange(len(lines) + 1) :][:4]
        elif kind == 2:
            lines[at : at + 1] = [
                rng.choice((b"  ", b"\t", b"", b"\xe9", b"\x0c", b"```")) + b"".join(lines[at : at + 1])
            ]
        else:
            lines[at:at] = [rng.choice((b"", b"}", b"\r", b"x\r", b"\xff", "\u2028".encode()))]
        lines = lines or [b""]
    whole = b"\n".join(lines)
    kind = rng.randrange(12)
    if kind == 0:
        return whole.replace(b"\n", b"\r\n")
    if kind == 1:
        return b"\xef\xbb\xbf" + whole
    if kind == 2:
        return whole.rstrip(b"\n")
    return b"" if kind == 3 and rng.random() < 0.2 else whole


def _fault(answer: str, files: Mapping[str, bytes], complete: bool) -> str:
    """What went against the rules, or ""."""
    try:
        parsed = parse(answer, complete)
        applied = apply(parsed.edits, files.get)
    except Exception as error:  # noqa: BLE001 - the rule is that none comes
        return f"raised {type(error).__name__}: {error}"
    if not parsed.edits and not parsed.problems:
        return "neither an edit nor a problem"
    for path, data in applied.files.items():
        edits = [edit for edit in parsed.edits if path in _names(edit)]
        if not edits:
            return f"{path} was not named"
        if fault := _file_fault(files.get(path), data, edits, applied, path):
            return f"{path}: {fault}"
    return ""


def _names(edit: FileEdit) -> set[str]:
    """The paths an edit may touch: as written, and without what may be no folder."""
    ends = (name.replace("\\", "/").split("/") for name in (edit.path, edit.new_path) if name)
    return {edit.path, edit.new_path} | {"/".join(parts[at:]) for parts in ends for at in range(len(parts))}


def _file_fault(
    before: bytes | None, after: bytes | None, edits: Sequence[FileEdit], applied: Applied, path: str
) -> str:
    kinds = {edit.kind for edit in edits}
    if after is None:
        return "" if kinds & {"delete", "rename"} else "deleted without being told"
    if not before:
        return ""
    if not after.strip():
        return "emptied" if before.strip() else ""
    try:
        old, new = decode(before), decode(after)
    except EditError as error:
        return f"no longer text: {error}"
    # Without its one odd byte a file may be UTF-8, which it was taken for before anybody read that byte.
    if old.encoding != new.encoding and not after.isascii() and old.encoding != "latin-1":
        return f"{old.encoding} became {new.encoding}"
    if kinds != {"modify"} or len(edits) != 1:
        return ""
    return _lines_fault(old, new, edits[0], [one for one in applied.landed if one.path == path])


def _lines_fault(old: Text, new: Text, edit: FileEdit, landed: Sequence[Landed]) -> str:
    """A landed hunk takes exactly its old lines and gives exactly its new ones; all other bytes stay."""
    hunks = [edit.replacements[one.hunk - 1] for one in landed]
    gone = {bare for hunk in hunks for line in hunk.before for bare in _read(line)}
    come = {bare for hunk in hunks for line in hunk.after for bare in _read(line)}
    # A last line that is blank is nothing but the newline of the line above it.
    open_end = any(one.after[-1:] == ("",) for one in hunks)
    told = open_end or any(one.final_newline is not None for one in hunks)
    ends = [text.lines[-1].endswith("\n") for text in (old, new)]
    if not told and ends[0] != ends[1]:
        return "its final newline changed"
    counts = [Counter(map(_bare, text.lines)) for text in (old, new)]
    if lost := (counts[0] - counts[1]).keys() - gone:
        return f"lost {sorted(lost)}, which no landed hunk shows"
    if got := (counts[1] - counts[0]).keys() - come:
        return f"got {sorted(got)}, which no landed hunk writes"
    others = [[line for line in text.lines[:-1] if _bare(line) not in gone | come] for text in (old, new)]
    shorter = min(map(len, others))
    if others[0][:shorter] != others[1][:shorter]:
        return "lines that no hunk shows were changed or moved"
    plain = not any(_bare(line).strip("#/*- ") in ("...", "…") for hunk in hunks for line in hunk.before)
    growth = sum(len(hunk.after) - len(hunk.before) for hunk in hunks)
    # A few lines whose `+` was forgotten look like old ones.
    more = range(growth, growth + 1 + 3 * sum(one.how == "marks mended" for one in landed))
    if plain and not open_end and len(new.lines) - len(old.lines) not in more:
        return f"grew by {len(new.lines) - len(old.lines)} lines, its hunks by {growth}"
    known = {line[len(content(line)) :] for line in old.lines} | ({"\n"} if len(old.lines) == 1 else set())
    endings = {line[len(content(line)) :] for line in new.lines} - {""}
    return "" if endings <= known else "its line endings changed"


def _read(line: str) -> tuple[str, str]:
    """A line of an answer as it stands, and without the number of a listing in front."""
    return _bare(line), _bare(_NUMBER.sub("", line))


def _bare(line: str) -> str:
    """A line as any applier may read it: no white space around, no entities, letters plain."""
    return unescape(content(line)).translate(_PLAIN).strip()
