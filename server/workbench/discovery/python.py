"""Python: pytest with an interpreter that has it, else unittest, else Django's own."""

import asyncio
import os
import re
import shlex
import sys
from pathlib import Path

from .files import first_there, names, text

DEPTH = 4
_SETTINGS = ("pytest.ini", ".pytest.ini", "conftest.py")
_TABLES = (
    ("pyproject.toml", "[tool.pytest"),
    ("setup.cfg", "[tool:pytest]"),
    ("tox.ini", "[pytest]"),
)
_TOX = (("tox.ini", ".tox"), ("noxfile.py", ".nox"))
_ASK = "import importlib.util, sys; sys.exit(importlib.util.find_spec('pytest') is None)"
_UNITTEST = re.compile(r"^\s*(?:import|from) unittest\b", re.MULTILINE)
_PYTEST = re.compile(r"^\s*(?:import|from) pytest\b|^(?:async )?def test_", re.MULTILINE)


def looks_like_python(folder: Path) -> str:
    """Why pytest would find something in `folder`: its settings, or files named like tests; "" if not."""
    if name := first_there(folder, _SETTINGS):
        return f"{name} is there"
    table = next((name for name, table in _TABLES if table in text(folder / name)), "")
    if table:
        return f"{table} has settings of pytest"
    found = next(iter(_test_files(folder)), "")
    if found:
        return f"{found} is named like a test"
    return "manage.py is Django's" if "django" in text(folder / "manage.py").lower() else ""


async def python_command(root: Path, folder: Path, why: str) -> tuple[str, str]:
    """The command for `folder` of the repository at `root`, and the reason; `why` is looks_like_python's.

    Virtual environments are looked for in both, tox's and nox's too. Where no interpreter has pytest the
    tests run by unittest if that is what they are written for; else the run will say what is missing.
    """
    own = [*_environments(folder, folder), *(_environments(root, folder) if root != folder else ())]
    usable = [*own, "python3"]
    python = next((one for one in own if _holds_pytest(folder / one)), None)
    for one in ("python3", sys.executable):
        if python is None and await _finds_pytest(one):
            python = one
    if "Django" in why:
        return f"{shlex.quote(python or usable[0])} manage.py test", why
    if python is not None:
        told = python if python != sys.executable else "Genie's own Python"
        return f"{shlex.quote(python)} -m pytest", f"{why}, and {told} has pytest"
    if _is_unittest(folder):
        where = _start_folder(folder)
        return f"{shlex.quote(usable[0])} -m unittest{where}", f"{why}, no Python here has pytest"
    return f"{shlex.quote(usable[0])} -m pytest", f"{why}, though no Python here has pytest{_tox(root)}"


def _environments(folder: Path, seen_from: Path) -> list[str]:
    """Interpreters of virtual environments in `folder`, as they are named in the folder `seen_from`."""
    own = [folder / name for name in (".venv", "venv", "env")]
    own += [inner for name in (".tox", ".nox") for inner in sorted((folder / name).glob("*"), reverse=True)]
    found = [one / "bin" / "python" for one in own if (one / "bin" / "python").exists()]
    return [os.path.relpath(one, seen_from) for one in found]


def _tox(root: Path) -> str:
    fit = [
        f"; `{one[1:]} --{'notest' if one == '.tox' else 'install-only'}` makes environments that Genie uses"
        for name, one in _TOX
        if (root / name).is_file()
    ]
    return fit[0] if fit else ""


def _holds_pytest(python: Path) -> bool:
    """Whether it lies in the environment of this interpreter: a repository's own isn't run just to ask it."""
    packages = python.parent.parent.glob("lib/python*/site-packages")
    return any((folder / name).exists() for folder in packages for name in ("pytest", "pytest.py"))


async def _finds_pytest(python: str) -> bool:
    try:
        process = await asyncio.create_subprocess_exec(
            *(python, "-I", "-c", _ASK),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    return await process.wait() == 0


def _test_files(folder: Path) -> list[str]:
    return [
        path
        for path in names(folder, DEPTH)
        if path.endswith(".py") and (Path(path).name.startswith("test_") or path.endswith("_test.py"))
    ]


def _is_unittest(folder: Path) -> bool:
    """Whether the tests are written for unittest and none for pytest."""
    texts = [text(folder / path) for path in _test_files(folder)]
    return any(map(_UNITTEST.search, texts)) and not any(map(_PYTEST.search, texts))


def _start_folder(folder: Path) -> str:
    """unittest finds what lies in packages; a folder that is none must be named."""
    homes = {str(Path(path).parent) for path in _test_files(folder)}
    home = min(homes, key=len, default=".")
    if home == "." or (folder / home / "__init__.py").is_file():
        return ""
    return f" discover -s {shlex.quote(home)}"
