"""How the user or a repository likes a thing to be done: Markdown files, with a name, steps and more.

A playbook may begin with lines `key: value` between two lines `---`. The keys are `name`, `globs` and
`words` (lists: by commas, in brackets, or as items beneath), `always` (true or false) and `test` (a command).
Its steps are the list items under a heading "Steps". What is wrong in a file is said, and the rest counts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..config import playbooks_home
from ..errors import UsageError
from .events import Step
from .plan import read as read_list
from .steering import Origin, PlaybookChosen

FOLDER = ".genie/playbooks"
"""Where a repository keeps its own."""

STANDING = ("AGENTS.md", "CLAUDE.md")
"""Instructions for the folder that they lie in, and all below it."""

AT_THE_ROOT = (*STANDING, ".github/copilot-instructions.md")

LARGEST = 200_000
_LISTS, _WORDS = ("globs", "words"), ("name", "test")
_KEY = re.compile(r"([A-Za-z_]+)\s*:\s*(.*)")
_ITEM = re.compile(r"\s*-\s+(.*)")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")

TEMPLATE = """---
name: {name}
words:           # chosen when the task has one of these, e.g. release, changelog
globs:           # or when a file that is found or changed fits, e.g. docs/**, *.sql
always: false
test:            # how the tests are run, e.g. make check
---
How I like this to be done.

## Steps
- The first step
- The next
"""


@dataclass(frozen=True)
class Playbook:
    """One file. `path` is relative to the repository, or absolute for one of the user's own.

    `standing`: instructions that apply to all files in the folder `scope` ("": the repository).
    """

    name: str
    path: str
    origin: Origin
    text: str
    globs: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    always: bool = False
    test_command: str = ""
    steps: tuple[Step, ...] = ()
    problems: tuple[str, ...] = ()
    standing: bool = False
    scope: str = ""


def playbooks(root: Path) -> list[Playbook]:
    """The user's own and those of the repository at `root`, each by name."""
    mine = [_from_file(file, str(file), "user") for file in sorted(playbooks_home().glob("*.md"))]
    inside = root.resolve()
    found = sorted(root.glob(f"{FOLDER}/*.md"))
    theirs = [
        _from_file(file, file.relative_to(root).as_posix(), "repository", inside=inside) for file in found
    ]
    return mine + theirs


def standing(root: Path, folder: str = "") -> list[Playbook]:
    """The standing instructions that lie in `folder` (relative, with "/") of the repository at `root`.

    A file that says the same as another, or leads out of the repository, is left out.
    """
    names = [f"{folder}/{name}" for name in STANDING] if folder else AT_THE_ROOT
    read = [_standing(root, name, folder) for name in names if (root / name).is_file()]
    texts = [one.text for one in read]
    return [one for place, one in enumerate(read) if one.text.strip() and one.text not in texts[:place]]


def _standing(root: Path, name: str, folder: str) -> Playbook:
    text, problems = _text(root / name, root.resolve())
    return Playbook(
        name, name, "repository", text, problems=problems, always=not folder, standing=True, scope=folder
    )


def chosen(books: Sequence[Playbook], names: Sequence[str]) -> list[Playbook]:
    """Those that the user names; of two with one name, their own. Raises UsageError."""
    by_name = {name: one for one in reversed(books) for name in names_of(one)}
    unknown = [name for name in names if name.lower() not in by_name]
    if unknown:
        there = ", ".join(dict.fromkeys(one.name for one in books)) or "none"
        raise UsageError(f"There is no playbook {unknown[0]!r}. There are: {there}.")
    return [by_name[name.lower()] for name in names]


def names_of(book: Playbook | PlaybookChosen) -> tuple[str, str]:
    """What it may be called: its name and its file's, in small letters."""
    return Path(book.path).stem.lower(), book.name.lower()


def why(book: Playbook, task: str, paths: Sequence[str]) -> str:
    """Why the playbook applies to a task that is about files at `paths`, in words; "" where it doesn't."""
    if book.standing:
        near = next((path for path in paths if path.startswith(f"{book.scope}/")), "")
        return "standing instructions" if book.always else f"{near} lies in {book.scope}" if near else ""
    if book.always:
        return "it always applies"
    for word in book.words:
        pattern = r"\s+".join(map(re.escape, word.split()))
        if re.search(rf"(?<!\w){pattern}(?!\w)", task, re.IGNORECASE):
            return f"the task says “{word}”"
    fits = ((path, glob) for path in paths for glob in book.globs if _fits(path, glob))
    return next((f"{path} fits {glob}" for path, glob in fits), "")


def applies(book: Playbook) -> str:
    """When it applies, in words for a list."""
    if book.standing:
        return f"always, in {book.scope}" if book.scope else "always"
    parts = [
        "always" if book.always else "",
        f"words: {', '.join(book.words)}" if book.words else "",
        f"files: {', '.join(book.globs)}" if book.globs else "",
    ]
    return "; ".join(filter(None, parts)) or "when you choose it"


def new_playbook(root: Path, name: str, mine: bool) -> Path:
    """Writes a template and returns its path. Raises UsageError: no name, or there is such a file."""
    stem = "-".join(re.findall(r"\w+", name.lower()))
    if not stem:
        raise UsageError("A playbook needs a name with letters or digits in it.")
    folder = playbooks_home() if mine else root / FOLDER
    file = folder / f"{stem}.md"
    if not mine and not folder.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{FOLDER} leads out of the repository.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as opened:
            opened.write(TEMPLATE.format(name=" ".join(name.split())))
    except FileExistsError as error:
        raise UsageError(f"There is a playbook {file} already.") from error
    except OSError as error:
        raise UsageError(f"{file} can't be written: {error.strerror}.") from error
    return file


def _fits(path: str, glob: str) -> bool:
    return _pattern(glob if "/" in glob else f"**/{glob}").fullmatch(path) is not None


def _pattern(glob: str) -> re.Pattern[str]:
    """`**` stands for any folders, `*` for a part of a name; a folder stands for all in it.

    What has no "/" is the name of a file or folder anywhere.
    """
    signs = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob.rstrip("/"))
    return re.compile("".join(signs.get(part, re.escape(part)) for part in parts) + "(?:/.*)?")


def _from_file(file: Path, path: str, origin: Origin, inside: Path | None = None) -> Playbook:
    text, problems = _text(file, inside)
    book = parse(text, path, origin)
    return replace(book, problems=problems + book.problems)


def _text(file: Path, inside: Path | None) -> tuple[str, tuple[str, ...]]:
    """A file's text; what is wrong with it. A repository's link out of itself isn't followed."""
    try:
        if inside and not file.resolve().is_relative_to(inside):
            return "", ("It leads out of the repository.",)
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
        if len(data) > LARGEST:
            return "", (f"It has more than {LARGEST:,} bytes.",)
        return data.decode("utf-8-sig").replace("\r\n", "\n"), ()
    except (OSError, UnicodeDecodeError) as error:
        return "", (f"It can't be read: {error}",)


def parse(text: str, path: str, origin: Origin) -> Playbook:
    """The playbook that a file's text is."""
    lines = text.split("\n")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    begins = lines[0].rstrip() == "---"
    problems = ["line 1: the front matter has no end: a line ---"] if begins and not end else []
    values: dict[str, str | list[str]] = {}
    if begins and end:
        values, wrong = _front_matter(lines[1:end])
        problems += wrong
    body = "\n".join(lines[end + 1 if begins and end else 0 :]).strip()
    always = str(values.get("always", "false")).lower()
    return Playbook(
        name=str(values.get("name") or Path(path).stem),
        path=path,
        origin=origin,
        text=body,
        globs=tuple(values.get("globs") or ()),
        words=tuple(values.get("words") or ()),
        always=always == "true",
        test_command=str(values.get("test", "")),
        steps=read_list("\n".join(_section(body, "steps")), ()).steps,
        problems=tuple(problems),
    )


def _front_matter(lines: Sequence[str]) -> tuple[dict[str, str | list[str]], list[str]]:
    values: dict[str, str | list[str]] = {}
    problems: list[str] = []
    open_list: list[str] | None = None
    for number, raw in enumerate(lines, 2):
        line = re.sub(r"(^|\s)#.*", "", raw).rstrip()
        item, key = _ITEM.fullmatch(line), _KEY.fullmatch(line)
        if not line:
            continue
        if item and open_list is not None:
            open_list.append(_bare(item[1]))
        elif key and key[1] in _LISTS:
            parts = (_bare(part) for part in key[2].strip("[]").split(","))
            open_list = values[key[1]] = [part for part in parts if part]
        elif key and (key[1] in _WORDS or (key[1] == "always" and key[2].lower() in ("true", "false"))):
            open_list, values[key[1]] = None, _bare(key[2])
        else:
            open_list = None
            problems.append(f"line {number}: {_wrong(line, key)}")
    return values, problems


def _wrong(line: str, key: re.Match[str] | None) -> str:
    if key is None:
        return f"not `key: value`: {line.strip()[:60]}"
    if key[1] == "always":
        return f"`always` is true or false, not {key[2] or 'nothing'}"
    return f"a playbook has no `{key[1]}`; it has {', '.join((*_WORDS, *_LISTS, 'always'))}"


def _bare(value: str) -> str:
    return value.strip().strip("\"'").strip()


def _section(body: str, title: str) -> Iterator[str]:
    """The lines under the heading `title`, up to the next one of its level or above."""
    level, fenced = 0, False
    for line in body.split("\n"):
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        heading = None if fenced else _HEADING.match(line)
        if heading and (not level or len(heading[1]) <= level):
            level = len(heading[1]) if heading[2].lower().rstrip(":") == title else 0
        elif level and not heading:
            yield line
