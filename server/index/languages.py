"""Which grammar reads a file, and which of its nodes define something.

A language is a grammar's own wheel and one or more query files in `queries/`. In a query the definition's
node is captured as its kind (`@function`, `@class`, …), beside `@name` and, where a name is written outside
of its class, `@scope`. `@scope_only` lends its name to what lies inside (Rust's `impl`), `@declaration` is a
function without a body, `@lead` belongs to the definition below it, `@comment` holds prose.
"""

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import PurePosixPath

from tree_sitter import Language, Parser, Query


@dataclass(frozen=True)
class Grammar:
    """A parser and the query that finds definitions and comments in its trees."""

    language: Language
    query: Query

    def parser(self) -> Parser:
        """A new parser; one parser must not be used by two threads at once."""
        return Parser(self.language)


@dataclass(frozen=True)
class _Source:
    module: str
    queries: tuple[str, ...]
    extensions: tuple[str, ...]
    function: str = "language"


_SOURCES = {
    "python": _Source("tree_sitter_python", ("python",), ("py", "pyi", "pyw")),
    "javascript": _Source(
        "tree_sitter_javascript", ("ecmascript", "javascript"), ("js", "jsx", "mjs", "cjs", "es6")
    ),
    "typescript": _Source(
        "tree_sitter_typescript", ("ecmascript", "typescript"), ("ts", "mts", "cts"), "language_typescript"
    ),
    "tsx": _Source("tree_sitter_typescript", ("ecmascript", "typescript"), ("tsx",), "language_tsx"),
    "java": _Source("tree_sitter_java", ("java",), ("java",)),
    "go": _Source("tree_sitter_go", ("go",), ("go",)),
    "rust": _Source("tree_sitter_rust", ("rust",), ("rs",)),
    "c": _Source("tree_sitter_c", ("c",), ("c", "h")),
    "cpp": _Source(
        "tree_sitter_cpp", ("c", "cpp"), ("cc", "cpp", "cxx", "hh", "hpp", "hxx", "ipp", "tpp", "inl", "cu")
    ),
    "csharp": _Source("tree_sitter_c_sharp", ("csharp",), ("cs",)),
    "ruby": _Source("tree_sitter_ruby", ("ruby",), ("rb", "rake", "gemspec", "ru")),
    "php": _Source("tree_sitter_php", ("php",), ("php", "phtml"), "language_php"),
    "kotlin": _Source("tree_sitter_kotlin", ("kotlin",), ("kt", "kts")),
    "scala": _Source("tree_sitter_scala", ("scala",), ("scala", "sc", "sbt")),
    "swift": _Source("tree_sitter_swift", ("swift",), ("swift",)),
    "shell": _Source("tree_sitter_bash", ("shell",), ("sh", "bash", "zsh", "ksh", "bats")),
}

_BY_EXTENSION = {extension: name for name, source in _SOURCES.items() for extension in source.extensions}
_BY_FILE_NAME = {"Rakefile": "ruby", "Gemfile": "ruby", "Vagrantfile": "ruby", "SConstruct": "python"}
_INTERPRETERS = re.compile(rb"#![^\n]*\b(python|bash|zsh|sh|ruby|node|php)")
_BY_INTERPRETER = {"python": "python", "ruby": "ruby", "node": "javascript", "php": "php"}
_CPP_ONLY = re.compile(rb"^\s*(?:class|namespace|template|using|public:|private:)\b|\w::\w", re.MULTILINE)

PROSE_EXTENSIONS = frozenset({"md", "markdown", "rst", "txt", "adoc", "asciidoc", "tex", "org", "wiki"})


def names() -> tuple[str, ...]:
    """Every language that can be parsed."""
    return tuple(_SOURCES)


def language_of(path: str, content: bytes) -> str:
    """The language of a file by its extension, name or first line; "" when it is none of ours, or prose."""
    name = PurePosixPath(path).name
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    language = _BY_EXTENSION.get(extension, "") or _BY_FILE_NAME.get(name, "")
    if extension == "h" and _CPP_ONLY.search(content):
        return "cpp"
    if language or extension in PROSE_EXTENSIONS:
        return language or "prose"
    if shebang := _INTERPRETERS.match(content):
        return _BY_INTERPRETER.get(shebang[1].decode(), "shell")
    return ""


@cache
def grammar(name: str) -> Grammar | None:
    """The grammar of a language, loaded at its first use; None for a language that we can't parse."""
    source = _SOURCES.get(name)
    if source is None:
        return None
    make: Callable[[], object] = getattr(importlib.import_module(source.module), source.function)
    language = Language(make())
    folder = resources.files(__package__) / "queries"
    text = "\n".join((folder / f"{query}.scm").read_text("utf-8") for query in source.queries)
    return Grammar(language, Query(language, text))
