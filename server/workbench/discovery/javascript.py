"""JavaScript: package.json's scripts, started by the package manager whose lock file lies there."""

import json
from pathlib import Path
from typing import Any

from ..frameworks.calls import scripts
from ..frameworks.table import started_by
from .files import names, text

_DEPTH = 4
_SCRIPTS = ("test", "test:unit", "unit", "tests")
_LOCKS = (
    ("pnpm-lock.yaml", "pnpm"),
    ("yarn.lock", "yarn"),
    ("bun.lock", "bun"),
    ("bun.lockb", "bun"),
    ("package-lock.json", "npm"),
)
_FRAMEWORKS = ("vitest", "jest", "mocha")
_TEST_ENDS = tuple(f".{word}.{end}" for word in ("test", "spec") for end in ("js", "mjs", "cjs", "ts", "mts"))


def javascript_command(root: Path, folder: Path) -> tuple[str, str] | None:
    """The command for the package in `folder`, and the reason; None when it has no tests."""
    own = scripts(folder)
    name = next((one for one in _SCRIPTS if own.get(one) and "no test specified" not in own[one]), "")
    if name:
        manager = _manager(root, folder)
        command = f"{manager} {name}" if manager != "bun" and name == "test" else f"{manager} run {name}"
        found = started_by(command, folder)
        runs = f"runs {found[0].name}" if found else f"is `{own[name][:60]}`"
        return command, f"package.json's {name} script {runs}"
    table = _package(folder)
    needed = {**_table(table, "dependencies"), **_table(table, "devDependencies")}
    framework = next((one for one in _FRAMEWORKS if one in needed), "")
    if framework:
        return f"npx --no-install {framework}", f"package.json has {framework} and no test script"
    file = next((one for one in names(folder, _DEPTH) if one.endswith(_TEST_ENDS)), "")
    if file and "node:test" in text(folder / file):
        return "node --test", f"{file} is written for node:test"
    return None


def _manager(root: Path, folder: Path) -> str:
    """By package.json's own word, else by the nearest lock file up to the root of the repository."""
    places = [folder, *(one for one in folder.parents if one == root or root in one.parents)]
    for place in places if folder != root else [root]:
        named = str(_package(place).get("packageManager", "")).partition("@")[0]
        if named in ("npm", "pnpm", "yarn", "bun"):
            return named
        lock = next((manager for name, manager in _LOCKS if (place / name).is_file()), "")
        if lock:
            return lock
    return "npm"


def _package(folder: Path) -> dict[str, Any]:
    try:
        table = json.loads(text(folder / "package.json"))
    except (ValueError, RecursionError):
        return {}
    return table if isinstance(table, dict) else {}


def _table(package: dict[str, Any], key: str) -> dict[str, Any]:
    value = package.get(key)
    return value if isinstance(value, dict) else {}
