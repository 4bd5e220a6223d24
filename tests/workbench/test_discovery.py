import shlex
import sys
import venv
from pathlib import Path

import pytest

from genie_engineer.workbench.discovery import find_test_command

from .conftest import Contents, write_files


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({}, None),
        ({"README.md": "words"}, None),
        ({"package.json": '{"scripts": {"test": "jest"}}'}, "npm test"),
        ({"package.json": '{"scripts": {"test": "jest"}}', "yarn.lock": ""}, "yarn test"),
        ({"package.json": '{"scripts": {"test": "echo \\"Error: no test specified\\""}}'}, None),
        ({"package.json": "no json"}, None),
        ({"package.json": "[]", "Makefile": "all:\n\ntest: all\n\tctest\n"}, "make test"),
        ({"Makefile": "test := x\ncheck:\n\ttrue\n"}, "make check"),
        ({"go.mod": "module x"}, "go test ./..."),
        ({"Cargo.toml": "[package]"}, "cargo test"),
        ({"pom.xml": "<project/>"}, "mvn -o -q test"),
        ({"build.gradle": "", "gradlew": ""}, "./gradlew --offline test"),
        ({"node_modules/x/test_a.py": ""}, None),
        ({".hidden/test_a.py": ""}, None),
    ],
)
async def test_the_command_is_found_by_the_files(
    tmp_path: Path, files: Contents, command: str | None
) -> None:
    write_files(tmp_path, files)
    assert await find_test_command(tmp_path) == command


@pytest.mark.parametrize(
    "files",
    [
        {"pytest.ini": "[pytest]"},
        {"pyproject.toml": "[tool.pytest.ini_options]"},
        {"setup.cfg": "[tool:pytest]"},
        {"tests/test_a.py": ""},
        {"src/pkg/unit/a_test.py": "import unittest"},
        {"tests/test_a.py": "", "package.json": '{"scripts": {"test": "jest"}}'},
    ],
)
async def test_python_tests_run_under_pytest(tmp_path: Path, files: Contents) -> None:
    write_files(tmp_path, files)
    command = await find_test_command(tmp_path)
    assert command in ("python3 -m pytest", f"{shlex.quote(sys.executable)} -m pytest")


async def test_the_repositorys_own_environment_is_preferred_if_it_has_pytest(tmp_path: Path) -> None:
    write_files(tmp_path, {"tests/test_a.py": ""})
    venv.create(tmp_path / ".venv", symlinks=True)
    assert not str(await find_test_command(tmp_path)).startswith(".venv")
    (packages,) = (tmp_path / ".venv").glob("lib/python*/site-packages")
    write_files(packages, {"pytest.py": ""})
    assert await find_test_command(tmp_path) == ".venv/bin/python -m pytest"
