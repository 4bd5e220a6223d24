"""Which program is started, and that none comes out of the repository."""

import os
import stat
import sys
from pathlib import Path

import pytest

from genie_engineer.navigation.servers import (
    JEDI,
    SERVERS,
    command_for,
    found,
    name_of,
    options_for,
    server_for,
)


def program(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text("#!/bin/sh\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    return folder


def test_endings_name_the_language() -> None:
    names = {path: server_for(path) for path in ("a/b.py", "x.TSX", "m.go", "Makefile", "a.py/b")}
    told = {path: server.language if server else "" for path, server in names.items()}
    assert told == {"a/b.py": "Python", "x.TSX": "TypeScript", "m.go": "Go", "Makefile": "", "a.py/b": ""}
    endings = [ending for server in SERVERS for ending in server.endings]
    assert len(endings) == len(set(endings))


def test_python_has_an_answer_everywhere(path: Path, repository: Path) -> None:
    assert found({}, repository) == {"Python": "jedi-language-server"}


def test_genie_may_itself_be_installed_in_the_repository(path: Path) -> None:
    assert found({}, Path(sys.prefix).parent) == {"Python": "jedi-language-server"}


def test_what_is_on_the_path_is_found(path: Path, repository: Path) -> None:
    gopls = program(path, "gopls")
    go = server_for("a.go")
    assert go is not None
    assert command_for(go, {}, repository) == (str(gopls),)
    assert found({}, repository)["Go"] == "gopls"


def test_the_settings_come_first_and_can_say_none(path: Path, repository: Path) -> None:
    own = program(path, "my-server")
    python = server_for("a.py")
    assert python is not None
    assert command_for(python, {"python": "my-server --fast 'a b'"}, repository) == (
        str(own),
        "--fast",
        "a b",
    )
    assert command_for(python, {"Python": ""}, repository) is None
    assert command_for(python, {"Go": "my-server"}, repository) == JEDI
    assert name_of(JEDI) == "jedi-language-server"


@pytest.mark.parametrize("kind", ["folder", "relative", "link in", "link out"])
def test_nothing_of_the_repository_is_started(
    path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    inside = program(repository / "node_modules" / ".bin", "gopls")
    outside = program(path.parent / "elsewhere", "gopls")
    if kind == "folder":
        monkeypatch.setenv("PATH", f"{inside.parent}{os.pathsep}{path}")
    elif kind == "relative":
        monkeypatch.chdir(repository)
        monkeypatch.setenv("PATH", "node_modules/.bin")
    elif kind == "link in":
        (path / "gopls").symlink_to(inside)
    else:
        (repository / "bin").mkdir()
        (repository / "bin" / "gopls").symlink_to(outside)
        monkeypatch.setenv("PATH", str(repository / "bin"))
    go = server_for("a.go")
    assert go is not None
    assert command_for(go, {}, repository) is None


def test_typescript_comes_from_beside_its_server_and_never_from_the_repository(
    path: Path, repository: Path
) -> None:
    modules = path.parent / "lib" / "node_modules"
    cli = program(modules / "typescript-language-server" / "lib", "cli.mjs")
    (path / "typescript-language-server").symlink_to(cli)
    vtsls = program(path, "vtsls")
    typescript = server_for("a.ts")
    assert typescript is not None
    assert command_for(typescript, {}, repository) == (str(vtsls), "--stdio")
    tsserver = program(modules / "typescript" / "lib", "tsserver.js")
    command = command_for(typescript, {}, repository)
    assert command == (str(path / "typescript-language-server"), "--stdio")
    assert options_for(typescript, command, repository)["tsserver"]["path"] == str(tsserver)


def test_options_name_the_folder(repository: Path) -> None:
    python = server_for("a.py")
    assert python is not None
    folder = repository / 'a "quoted" one'
    options = options_for(python, JEDI, folder)
    assert options["workspace"]["extraPaths"] == [f"{folder}/src", f"{folder}/lib"]
