"""What is there and what is missing, each with its fix."""

import os
import shutil
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path

from ..config import Settings, data_home
from ..errors import GenieError, ModelError, SetupError
from ..index.vectors.choose import chosen_model
from ..models.choose import offered
from ..navigation.servers import found
from ..workbench.discovery import TestsFound, find_tests
from ..workbench.sandbox import detect
from .repositories import locate


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `fix` says what to do when it isn't `ok`."""

    name: str
    ok: bool
    detail: str
    fix: str = ""


async def examine(folder: Path, settings: Settings) -> tuple[Finding, ...]:
    """Looks at this machine, the repository around `folder`, and the chosen model."""
    return (
        *await examine_machine(settings),
        *await _repository(folder),
        _navigation(folder, settings),
        await _model(settings),
    )


async def examine_machine(settings: Settings) -> tuple[Finding, ...]:
    """Looks at this machine alone."""
    return (_python(), _git(), _search(), _meaning(settings), await _sandbox(settings), _data())


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        "Python",
        sys.version_info >= (3, 11),
        f"{version} at {sys.executable}",
        "Install Python 3.11 or newer.",
    )


def _git() -> Finding:
    path = shutil.which("git")
    return Finding("git", path is not None, path or "not found", "Install git.")


def _search() -> Finding:
    try:
        with sqlite3.connect(":memory:") as database:
            database.execute("create virtual table words using fts5(word)")
        return Finding("search", True, f"SQLite {sqlite3.sqlite_version} with FTS5")
    except sqlite3.Error as error:
        return Finding("search", False, str(error), "Use a Python whose SQLite has FTS5.")


def _meaning(settings: Settings) -> Finding:
    name = settings.index.vectors
    try:
        model = chosen_model(name)
    except SetupError as error:
        return Finding("search by meaning", False, str(error), "Run `genie index --vectors`.")
    if model is None:
        told = "switched off" if name == "off" else "not set up; `genie index --vectors` does"
        return Finding("search by meaning", True, told)
    chosen = "the built-in model" if name in ("auto", "builtin") else name
    return Finding("search by meaning", True, f"with {chosen}")


async def _sandbox(settings: Settings) -> Finding:
    try:
        sandbox = await detect(settings.sandbox)
    except GenieError as error:
        return Finding("sandbox", False, str(error), "Install bubblewrap.")
    return Finding(
        "sandbox", bool(sandbox.program), sandbox.words, "Install bubblewrap, or run with `--sandbox off`."
    )


def _data() -> Finding:
    home = data_home()
    try:
        home.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(home).free // 2**20
    except OSError as error:
        return Finding(
            "data folder", False, f"{home}: {error.strerror}", "Set GENIE_HOME to a folder you can write."
        )
    ok = os.access(home, os.W_OK) and free > 200
    return Finding(
        "data folder", ok, f"{home}, {free:,} MB free", "Make room, or set GENIE_HOME to another folder."
    )


async def _repository(folder: Path) -> tuple[Finding, ...]:
    try:
        root, head = locate(folder)
    except GenieError as error:
        return (Finding("repository", False, str(error), "Run Genie inside a git repository."),)
    tests = await find_tests(root)
    return (
        Finding("repository", True, f"{root} at {head[:10] or 'no commit yet'}"),
        Finding("tests", tests is not None, _tests(tests), "Name one: --test COMMAND."),
    )


def _tests(found: TestsFound | None) -> str:
    if found is None:
        return "no test command found"
    read = f"results by {found.framework}" if found.framework else "results by the exit status"
    return f"{found.command} ({found.reason}; {read})"


def _navigation(folder: Path, settings: Settings) -> Finding:
    if not settings.navigation.language_servers:
        return Finding("navigation", True, "by the index alone: language servers are switched off")
    try:
        root, _ = locate(folder)
    except GenieError:
        root = folder
    servers = found(settings.navigation.servers, root)
    told = ", ".join(f"{language}: {name}" for language, name in servers.items())
    return Finding("navigation", True, f"language servers for {told}" if told else "no language server found")


async def _model(settings: Settings) -> Finding:
    name = settings.model.name
    try:
        return Finding("model", True, f"{name}: {await offered(settings.model)}")
    except ModelError as error:
        return Finding("model", False, f"{name}: {error}", "Check --model, its server and its key.")
