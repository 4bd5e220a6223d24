"""Paths as models write them: quoted, prefixed, decorated, or leading out of the repository."""

import re
from collections.abc import Sequence

_PREFIXES = (("a/", "b/"), ("i/", "w/"), ("c/", "i/"), ("c/", "w/"), ("o/", "w/"))
_STAMP = re.compile(
    r"\s+(?:\d{4}-\d\d-\d\d|\(?(?:revision|working copy|nonexistent)\b|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ).*$"
)
_ESCAPE = re.compile(r"\\([0-7]{3}|.)")
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_TOKEN = re.compile(r"[^\s`'\"*<>|(),;]+")
_PLAIN = re.compile(
    "(?:GNU)?[Mm]akefile|(?:Docker|Gem|Rake|Pip|Proc|Vagrant|Jenkins)file|BUILD|WORKSPACE|LICENSE|COPYING|README|"
    "CHANGELOG|CHANGES|HISTORY|NEWS|AUTHORS|CONTRIBUTORS|TODO|CODEOWNERS|VERSION"
)
_MARKUP = (
    ".md", ".markdown", ".mdx", ".html", ".htm", ".xhtml", ".xml", ".svg", ".vue", ".jsx", ".tsx"
)  # fmt: skip
DEV_NULL = "/dev/null"


def header_path(text: str) -> str:
    """The path in what follows `---` or `+++`: unquoted, without a time stamp, as `diff` and git write it."""
    text = text.strip()
    if len(text) > 1 and text.startswith('"') and (end := text.rfind('"')) > 0:
        return _unquoted(text[1:end])
    return _STAMP.sub("", text.split("\t")[0]).strip("`").removeprefix("./")


def git_paths(text: str) -> tuple[str, str]:
    """Both paths of what follows `diff --git`, with their prefixes; ("", "") where it can't be told."""
    if quoted := re.fullmatch(r'("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*"|\S+)', text.strip()):
        return header_path(quoted[1]), header_path(quoted[2])
    # Names with spaces in them aren't quoted: they can be told apart only where both are the same.
    middle = len(text.strip()) // 2
    old, new = text.strip()[:middle], text.strip()[middle + 1 :]
    return (old, new) if old[1:] == new[1:] and old[1:2] == "/" else ("", "")


def without_prefixes(old: str, new: str) -> tuple[str, str]:
    """Takes git's `a/` and `b/` off a pair of paths, if they are there; `/dev/null` has none."""
    for first, second in _PREFIXES:
        bare_old = old == DEV_NULL or old.startswith(first)
        bare_new = new == DEV_NULL or new.startswith(second)
        if bare_old and bare_new:
            return old.removeprefix(first), new.removeprefix(second)
    if old.removeprefix("a/") == new.removeprefix("b/"):
        return old.removeprefix("a/"), new.removeprefix("b/")
    return old, new


def named_path(line: str) -> str:
    """The path that a line of prose, a Markdown heading or a fence's info string names, or ""."""
    ticked: list[str] = [tick for tick in re.findall(r"`([^`\n]+)`", line) if looks_like_path(tick)]
    if ticked:
        return ticked[-1].strip()
    bare = re.sub(r"^\s*(?:#+|//|[-*]|\d+\.|(?:[Ff]ile(?:name|path)?|[Pp]ath)\s*:)\s+", "", line.strip())
    bare = bare.strip("*`\"': ").removeprefix("./")
    tokens = [found.rstrip(".:") for found in _TOKEN.findall(bare)]
    likely = [token for token in tokens if looks_like_path(token)]
    if len(likely) == 1:
        return likely[0].split(":")[-1] if "://" not in likely[0] else ""
    return bare if len(likely) > 1 and looks_like_path(bare) and len(tokens) < 5 else ""


def path_alone(line: str) -> str:
    """The path that a line consists of, where `named_path` would see less: with blanks, or a mere name."""
    said = re.match(r"^[#\s]*(?:(?:[Ii]n|[Ff]ile(?:name|path)?:|[Pp]ath:)\s+)?(.*?):?\s*$", line)
    bare = said[1] if said else ""
    if name := re.fullmatch(r"`([^`\s]+)`|\*\*([A-Z][A-Z\d_-]+)\*\*", bare):
        return name[1] or name[2]
    spaced = re.fullmatch(r"(`?|\*\*)([\w.@+-][\w.@+ -]*(?:/[\w.@+ -]+)+\.\w+)\1", bare)
    return spaced[2] if spaced and " " in spaced[2] else ""


def looks_like_path(token: str) -> bool:
    """Whether this could be a file: it has a folder or an extension, or is a name everybody knows."""
    name = token.strip().rsplit("/", 1)[-1]
    if not name or "://" in token:
        return False
    return _PLAIN.fullmatch(name) is not None or bool(re.search(r"\w/|^\.\w|\w\.\w+$", token.strip()))


def is_plain(path: str) -> bool:
    """Whether a path has no blanks, and a folder, an extension or a name that everybody knows."""
    return looks_like_path(path) and " " not in path


def is_markup(path: str) -> bool:
    """Whether a file's own language has entities."""
    return path.lower().endswith(_MARKUP)


def escape_reason(path: str) -> str:
    """Why a path may not be edited: it is no path, or leads out of the repository or into `.git`. Else ""."""
    parts = path.replace("\\", "/").split("/")
    if not path.strip() or any(ord(letter) < 32 or ord(letter) == 127 for letter in path):
        return "This is not a path of a file."
    if not parts[0] or re.match(r"[A-Za-z]:", path) or path.startswith("~"):
        return "The path is absolute: write it relative to the repository's root."
    if ".." in parts:
        return "The path leads out of the repository: write it relative to the root, without `..`."
    if _in_git_folder(parts):
        return "What is inside `.git` may not be edited."
    if not parts[-1] or "." in parts:
        return "This is not a path of a file."
    return ""


def _in_git_folder(parts: Sequence[str]) -> bool:
    # Windows and macOS open `.GIT`, `.git.`, `.git ` and `.git::$DATA` too; `git~1` is its short name.
    return any(part.split(":")[0].rstrip(" .").casefold() in (".git", "git~1") for part in parts)


def _unquoted(text: str) -> str:
    def plain(found: re.Match[str]) -> str:
        code = found[1]
        return chr(int(code, 8) & 0xFF) if code.isdigit() and len(code) == 3 else _LETTERS.get(code, code)

    raw = _ESCAPE.sub(plain, text)
    try:
        return raw.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return raw
