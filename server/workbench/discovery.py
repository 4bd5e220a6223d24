"""Finds out how a repository's tests are run, from the files that are there."""

import asyncio
import json
import os
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

_SKIPPED = frozenset(("node_modules", "venv", "env", "site-packages", "build", "dist", "target", "vendor"))
_DEPTH = 4
_ASK = "import importlib.util, sys; sys.exit(importlib.util.find_spec('pytest') is None)"
_PYTEST_TABLES = (
    ("pyproject.toml", "[tool.pytest"),
    ("setup.cfg", "[tool:pytest]"),
    ("tox.ini", "[pytest]"),
)
_BY_FILE = (
    ("go.mod", "go test ./..."),
    ("Cargo.toml", "cargo test"),
    ("mvnw", "./mvnw -o -q test"),
    ("pom.xml", "mvn -o -q test"),
    ("gradlew", "./gradlew --offline test"),
    ("build.gradle", "gradle --offline test"),
    ("build.gradle.kts", "gradle --offline test"),
    (".rspec", "bundle exec rspec"),
    ("phpunit.xml", "vendor/bin/phpunit"),
    ("phpunit.xml.dist", "vendor/bin/phpunit"),
    ("Package.swift", "swift test"),
    ("build.sbt", "sbt test"),
    ("mix.exs", "mix test"),
)


async def find_test_command(root: Path) -> str | None:
    """The command for the repository at `root` (the user's, where its virtual environment lies), or None."""
    if has_python_tests(root):
        return f"{await _interpreter(root)} -m pytest"
    return _npm(root) or next((command for name, command in _BY_FILE if (root / name).is_file()), _make(root))


def has_python_tests(root: Path) -> bool:
    """Whether pytest would find something: its settings, or files named like tests."""
    if any((root / name).is_file() for name in ("pytest.ini", ".pytest.ini", "conftest.py")):
        return True
    if any(table in _text(root / name) for name, table in _PYTEST_TABLES):
        return True
    return any(
        name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py"))
        for name in _names(root, _DEPTH)
    )


def _names(folder: Path, depth: int) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    yield from (entry.name for entry in entries if entry.is_file())
    for entry in entries:
        skipped = entry.name.startswith(".") or entry.name in _SKIPPED
        if depth > 1 and not skipped and entry.is_dir(follow_symlinks=False):
            yield from _names(Path(entry.path), depth - 1)


async def _interpreter(root: Path) -> str:
    """The first interpreter that has pytest; python3 if none has, so that the run says what is missing."""
    own = [f"{folder}/bin/python" for folder in (".venv", "venv", "env") if (root / folder / "bin").is_dir()]
    for python in [*own, "python3", sys.executable]:
        if await _has_pytest(root, python):
            return shlex.quote(python)
    return "python3"


async def _has_pytest(root: Path, python: str) -> bool:
    try:
        process = await asyncio.create_subprocess_exec(
            *(python if "/" not in python else str(root / python), "-I", "-c", _ASK),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    return await process.wait() == 0


def _npm(root: Path) -> str | None:
    try:
        script = json.loads(_text(root / "package.json"))["scripts"]["test"]
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(script, str) or "no test specified" in script:
        return None
    lock_files = (("pnpm-lock.yaml", "pnpm test"), ("yarn.lock", "yarn test"), ("bun.lock", "bun run test"))
    return next((command for name, command in lock_files if (root / name).is_file()), "npm test")


def _make(root: Path) -> str | None:
    for name in ("GNUmakefile", "makefile", "Makefile"):
        for target in ("test", "check"):
            if re.search(rf"^{target}\s*:(?!=)", _text(root / name), re.MULTILINE):
                return f"make {target}"
    return None


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""
