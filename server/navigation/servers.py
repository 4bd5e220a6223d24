"""The known language servers, as data, and which of them are here.

A server is code that is run, so it comes from the user's PATH, from their settings, or with Genie: never
from the repository, where anybody may have put it.
"""

import json
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

JEDI = (sys.executable, "-I", "-c", "from jedi_language_server.cli import cli; cli()")
"""Comes with Genie, so that Python has an answer everywhere. bench/README.md has it beside its peers."""


_TYPESCRIPT_SERVER, _TYPESCRIPT = "typescript-language-server", "typescript/lib/tsserver.js"
"""It runs the TypeScript that lies in the repository unless it is told of another, which must be there."""


@dataclass(frozen=True)
class LanguageServer:
    """A language and who may answer for it.

    `endings` maps file endings to the LSP's language identifiers, `commands` come in the order of preference,
    `options` are the initializationOptions, in which "{root}" stands for the folder and "{modules}" for the
    node_modules that the server lies in; `settings` answer workspace/configuration, by section. A server that
    `warms_up` knows nothing while it still reads the project.
    """

    language: str
    endings: Mapping[str, str]
    commands: tuple[tuple[str, ...], ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    warms_up: bool = True


def _same(language_id: str, *endings: str) -> dict[str, str]:
    return dict.fromkeys(endings, language_id)


SERVERS = (
    LanguageServer(
        "Python",
        _same("python", ".py", ".pyi"),
        (JEDI,),
        {
            "diagnostics": {"enable": False},
            "workspace": {"extraPaths": ["{root}/src", "{root}/lib"], "symbols": {"maxSymbols": 0}},
        },
        warms_up=False,
    ),
    LanguageServer(
        "TypeScript",
        _same("typescript", ".ts", ".mts", ".cts")
        | _same("typescriptreact", ".tsx")
        | _same("javascript", ".js", ".mjs", ".cjs")
        | _same("javascriptreact", ".jsx"),
        ((_TYPESCRIPT_SERVER, "--stdio"), ("vtsls", "--stdio")),
        {
            "disableAutomaticTypingAcquisition": True,
            "tsserver": {"path": "{modules}/" + _TYPESCRIPT, "useSyntaxServer": "never"},
        },
        {
            "typescript": {"tsserver": {"useSyntaxServer": "never"}, "disableAutomaticTypeAcquisition": True},
        },
    ),
    LanguageServer("Go", _same("go", ".go"), (("gopls",),)),
    LanguageServer(
        "Rust",
        _same("rust", ".rs"),
        (("rust-analyzer",),),
        {
            "checkOnSave": False,
            "cargo": {"buildScripts": {"enable": False}},
            "procMacro": {"enable": False},
        },
    ),
    LanguageServer(
        "C and C++",
        _same("c", ".c", ".h") | _same("cpp", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx"),
        (("clangd", "--background-index=false"),),
        warms_up=False,
    ),
    LanguageServer("Java", _same("java", ".java"), (("jdtls",),)),
    LanguageServer("Kotlin", _same("kotlin", ".kt", ".kts"), (("kotlin-language-server",),)),
    LanguageServer("Scala", _same("scala", ".scala", ".sbt"), (("metals",),)),
    LanguageServer("Swift", _same("swift", ".swift"), (("sourcekit-lsp",),)),
    LanguageServer(
        "C#", _same("csharp", ".cs"), (("csharp-ls",), ("OmniSharp", "-lsp"), ("omnisharp", "-lsp")), {}
    ),
    LanguageServer("Ruby", _same("ruby", ".rb", ".rake"), (("solargraph", "stdio"), ("ruby-lsp",))),
    LanguageServer(
        "PHP", _same("php", ".php"), (("intelephense", "--stdio"), ("phpactor", "language-server")), {}
    ),
    LanguageServer("Shell", _same("shellscript", ".sh", ".bash"), (("bash-language-server", "start"),)),
)


def server_for(path: str) -> LanguageServer | None:
    """Who answers for a file, by its ending."""
    ending = PurePosixPath(path).suffix.lower()
    return next((server for server in SERVERS if ending in server.endings), None)


def command_for(
    server: LanguageServer, chosen: Mapping[str, str], repository: Path
) -> tuple[str, ...] | None:
    """The command to start, its program as an absolute path; None when there is none here.

    `chosen` are the settings' commands by language (in any case); an empty one says: none. A program that
    lies in `repository` is passed over, whatever the PATH says; but not the interpreter that runs us already.
    """
    by_language = {language.casefold(): command for language, command in chosen.items()}
    own = by_language.get(server.language.casefold())
    candidates = server.commands if own is None else (tuple(shlex.split(own)),)
    for words in candidates:
        program = shutil.which(words[0]) if words else None
        if program and Path(program).is_absolute() and (words is JEDI or not _runs_from(program, repository)):
            return (program, *words[1:])
    return None


def options_for(server: LanguageServer, command: tuple[str, ...], root: Path) -> Any:
    """The initializationOptions for a server that sees its files below `root`."""
    text = json.dumps(dict(server.options))
    for name, folder in (("{root}", root), ("{modules}", _modules(command[0]))):
        text = text.replace(name, json.dumps(str(folder))[1:-1])
    return json.loads(text)


def found(chosen: Mapping[str, str], repository: Path) -> dict[str, str]:
    """The languages that have a server here, each with its name."""
    commands = {server.language: command_for(server, chosen, repository) for server in SERVERS}
    return {language: name_of(command) for language, command in commands.items() if command}


def name_of(command: tuple[str, ...]) -> str:
    """How a command is called where it is told of."""
    return "jedi-language-server" if command[1:] == JEDI[1:] else Path(command[0]).name


def _runs_from(program: str, repository: Path) -> bool:
    """Whether the program, or what it is a link to, or what it would load is in the repository."""
    root, real = repository.resolve(), Path(program).resolve()
    if real.is_relative_to(root) or Path(program).parent.resolve().is_relative_to(root):
        return True
    return Path(program).name == _TYPESCRIPT_SERVER and not (_modules(program) / _TYPESCRIPT).is_file()


def _modules(program: str) -> Path:
    """The innermost node_modules around a program's real place; its folder where there is none."""
    real = Path(program).resolve()
    return next((folder for folder in real.parents if folder.name == "node_modules"), real.parent)
