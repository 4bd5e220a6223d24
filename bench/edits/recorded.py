"""Edits that real models wrote, kept raw by AutoCodeRover beside what its own applier made of them.

Each `results/**/agent_patch_raw_N` holds blocks of a file's name, its original lines and the patched ones.
They are written anew as search/replace blocks, the format of Genie that says the same, and applied to the
base commit of SWE-bench that `meta.json` names. Beside lies `extracted_patch_N.diff` where theirs found a
place; where that diff doesn't fit the base commit (they had applied the tests), the answer is left out.
"""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import ours
from commits import bare_folder, git
from drafts import lines_of, regions
from judging import Case

_BLOCK = re.compile(
    r"<file>\s*(.*?)\s*</file>\s*<original>(.*?)</original>\s*<patched>(.*?)</patched>", re.DOTALL
)
_RAW = re.compile(r"^results/.*/agent_patch_raw_(\d+)$")
_MARK = re.compile(r"^(?:<|=|>){7}\s*", re.MULTILINE)
_CLASSES = {
    "equal": "the same bytes as theirs",
    "line ends": "the same lines at the same place, but for blanks at their ends",
    "indentation": "the same lines at the same place, indented differently",
    "more than theirs": "theirs, and further blocks that theirs left out",
    "less than theirs": "some of theirs, the rest refused",
    "differ": "both landed, differently",
    "refused": "refused, while theirs landed",
    "alone": "landed, while theirs found no place",
    "neither": "neither landed",
}
Files = Mapping[str, bytes | None]


@dataclass(frozen=True)
class Recorded:
    """One recorded answer: its name, blocks of (path, original, patched), and the diff that theirs made."""

    name: str
    blocks: tuple[tuple[str, str, str], ...]
    repo: str
    base: str
    diff: bytes


def recorded_summary(folder: Path, trees: Sequence[Path], failures: Path | None) -> dict[str, int]:
    """Counts by class; what isn't equal is written to `failures`, one file each."""
    count: Counter[str] = Counter()
    names = git(folder, "ls-tree", "-r", "--name-only", "HEAD", "results").decode().splitlines()
    raw = [name for name in names if _RAW.match(name)]
    there = frozenset(names)
    for name in raw:
        one = _read(folder, name, there)
        base = one and next((tree for tree in trees if _git_dir(tree, one.repo)), None)
        count["no blocks" if not one else "no base" if not base else _compared(one, base, failures)] += 1
    print("\n| recorded edits | answers |\n|---|---|")
    for kind, told in _CLASSES.items():
        print(f"| {kind}: {told} | {count[kind]} |")
    print(f"| without a block that can be read | {count['no blocks']} |")
    print(f"| base tree not at hand | {count['no base']} |")
    return {"answers": len(raw), **{kind.replace(" ", "_"): number for kind, number in sorted(count.items())}}


def _read(folder: Path, name: str, names: frozenset[str]) -> Recorded | None:
    text = git(folder, "cat-file", "blob", f"HEAD:{name}").decode("utf-8", "replace")
    blocks = tuple((path.strip("`"), _lines(old), _lines(new)) for path, old, new in _BLOCK.findall(text))
    place = name.rsplit("/", 1)[0]
    number = name.rsplit("_", 1)[1]
    extracted = f"{place}/extracted_patch_{number}.diff"
    diff = git(folder, "cat-file", "blob", f"HEAD:{extracted}") if extracted in names else b""
    meta = _meta(folder, f"{place}/meta.json")
    return Recorded(name, blocks, meta["repo"], meta["base_commit"], diff) if blocks and meta else None


@lru_cache(maxsize=4)
def _meta(folder: Path, name: str) -> dict[str, str]:
    data = git(folder, "cat-file", "blob", f"HEAD:{name}")
    found: dict[str, str] = json.loads(data)["task_info"] if data else {}
    return found


def _lines(text: str) -> str:
    return text.removeprefix("\n").rstrip("\n ") + "\n" if text.strip() else ""


def _git_dir(tree: Path, repo: str) -> Path | None:
    folder = tree / repo.replace("/", "+")
    return bare_folder(folder) if folder.is_dir() else None


def _compared(one: Recorded, tree: Path, failures: Path | None) -> str:
    git_dir = _git_dir(tree, one.repo)
    assert git_dir is not None
    paths = {path: _full_path(git_dir, one.base, path) for path, _, _ in one.blocks}
    theirs_names = re.findall(r"^\+\+\+ b/(.*)$", one.diff.decode("utf-8", "replace"), re.MULTILINE)
    wanted = sorted({*paths.values(), *theirs_names})
    files = {
        path: data for path in wanted if (data := git(git_dir, "cat-file", "blob", f"{one.base}:{path}"))
    }
    if not files:
        return "no base"
    answer = "\n".join(_as_block(paths[path], old, new) for path, old, new in one.blocks)
    outcome = ours.outcome(Case(one.name, "search/replace", "recorded", one.repo, answer, files, {}))
    theirs = _applied(one.diff, files) if one.diff.strip() else {}
    if theirs is None:
        return "no base"
    kind = _kind(files, outcome.files, theirs)
    if failures and kind not in ("equal", "neither"):
        _keep(
            failures / "recorded" / kind / one.name.replace("/", "_"),
            answer,
            outcome.said,
            one.diff,
            files,
            outcome.files,
        )
    return kind


def _full_path(git_dir: Path, base: str, path: str) -> str:
    """The one file of the tree whose name ends so: AutoCodeRover lets its models shorten paths."""
    names = _tree(git_dir, base)
    ending = [name for name in names if name == path or name.endswith(f"/{path}")]
    return path if path in names or len(ending) != 1 else ending[0]


@lru_cache(maxsize=8)
def _tree(git_dir: Path, base: str) -> frozenset[str]:
    return frozenset(
        git(git_dir, "ls-tree", "-r", "--name-only", base).decode("utf-8", "replace").splitlines()
    )


def _as_block(path: str, old: str, new: str) -> str:
    size = 9 if _MARK.search(old + new) else 7
    return f"{path}\n````\n{'<' * size} SEARCH\n{old}{'=' * size}\n{new}{'>' * size} REPLACE\n````\n"


def _applied(diff: bytes, files: Mapping[str, bytes]) -> dict[str, bytes] | None:
    """What their diff makes of the files, by git; None where it doesn't fit them."""
    with TemporaryDirectory(prefix="genie-edits-") as folder:
        for path, data in files.items():
            place = Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        command = ["git", "apply", "--whitespace=nowarn", "-"]
        ran = subprocess.run(command, cwd=folder, check=False, capture_output=True, input=diff)
        if ran.returncode:
            return None
        made = {path: Path(folder, path).read_bytes() for path in files if Path(folder, path).is_file()}
    return {path: data for path, data in made.items() if data != files[path]}


def _kind(files: Mapping[str, bytes], mine: Files, theirs: Files) -> str:
    if not mine or not theirs:
        return "alone" if mine else "refused" if theirs else "neither"
    if dict(mine) == dict(theirs):
        return "equal"
    if mine.keys() == theirs.keys() and all(_bare(mine[path]) == _bare(theirs[path]) for path in mine):
        ends = all(_ended(mine[path]) == _ended(theirs[path]) for path in mine)
        return "line ends" if ends else "indentation"
    own, other = (_spots(files, some) for some in (mine, theirs))
    if own > other:
        return "more than theirs"
    return "less than theirs" if own < other else "differ"


def _spots(files: Mapping[str, bytes], changed: Files) -> set[tuple[str, int, int, str]]:
    """Each change as path, old range, and its new lines without white space around them."""
    found = set()
    for path, data in changed.items():
        new = _bare(data)
        for start, end, new_start, new_end in regions(_bare(files.get(path)), new):
            found.add((path, start, end, "\n".join(new[new_start:new_end])))
    return found


def _bare(data: bytes | None) -> list[str]:
    return [line.strip() for line in lines_of(data)]


def _ended(data: bytes | None) -> list[str]:
    return [line.rstrip() for line in lines_of(data)]


def _keep(place: Path, answer: str, said: str, diff: bytes, files: Mapping[str, bytes], mine: Files) -> None:
    place.mkdir(parents=True, exist_ok=True)
    (place / "answer.md").write_text(f"{answer}\n\n<<{said}>>\n", "utf-8")
    (place / "theirs.diff").write_bytes(diff)
    for number, path in enumerate(sorted(mine)):
        name = f"{number}-{path.rsplit('/', 1)[-1]}"
        (place / f"before-{name}").write_bytes(files.get(path, b""))
        (place / f"ours-{name}").write_bytes(mine[path] or b"")
