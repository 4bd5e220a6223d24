import shlex
import sys
import venv
from pathlib import Path

import pytest

from genie_engineer.workbench.discovery import find_tests

from .conftest import Contents, write_files

JEST = '{"scripts": {"test": "jest"}}'
CTEST = (
    'cmake -S . -B "$GENIE_SCRATCH/cmake" && cmake --build "$GENIE_SCRATCH/cmake" '
    '&& ctest --test-dir "$GENIE_SCRATCH/cmake" --output-on-failure'
)


@pytest.mark.parametrize(
    ("files", "command", "framework", "why"),
    [
        ({"package.json": JEST}, "npm test", "jest", "package.json's test script runs jest"),
        ({"package.json": JEST, "yarn.lock": ""}, "yarn test", "jest", "runs jest"),
        ({"package.json": JEST, "pnpm-lock.yaml": ""}, "pnpm test", "jest", "runs jest"),
        ({"package.json": JEST, "bun.lock": ""}, "bun run test", "jest", "runs jest"),
        ({"package.json": '{"scripts": {"test": "tsc && vitest run"}}'}, "npm test", "vitest", "runs vitest"),
        (
            {"package.json": '{"scripts": {"test": "npm run unit", "unit": "mocha --exit"}}'},
            "npm test",
            "mocha",
            "runs mocha",
        ),
        (
            {"package.json": '{"scripts": {"test:unit": "vitest"}}'},
            "npm run test:unit",
            "vitest",
            "test:unit",
        ),
        ({"package.json": '{"scripts": {"test": "node --test lib"}}'}, "npm test", "node:test", "node:test"),
        ({"package.json": '{"scripts": {"test": "jest; eslint ."}}'}, "npm test", "", "is `jest; eslint .`"),
        (
            {"package.json": '{"devDependencies": {"jest": "30"}}'},
            "npx --no-install jest",
            "jest",
            "has jest",
        ),
        (
            {"package.json": "{}", "test/a.test.mjs": "import test from 'node:test';"},
            "node --test",
            "node:test",
            "test/a.test.mjs",
        ),
        ({"package.json": "[]", "Makefile": "all:\n\ntest: all\n\tctest\n"}, "make test", "", "target test"),
        ({"Makefile": "test := x\ncheck:\n\ttrue\n"}, "make check", "", "target check"),
        ({"go.mod": "module x"}, "go test ./...", "go test", "go.mod"),
        ({"Cargo.toml": "[package]"}, "cargo test --offline", "cargo test", "Cargo.toml"),
        ({"pom.xml": "<project/>"}, "mvn -o -q -B test", "Maven", "pom.xml"),
        ({"pom.xml": "<project/>", "mvnw": ""}, "./mvnw -o -q -B test", "Maven", "mvnw"),
        ({"build.gradle.kts": "", "gradlew": ""}, "./gradlew --offline test", "Gradle", "gradlew"),
        ({"build.gradle": ""}, "gradle --offline test", "Gradle", "build.gradle"),
        ({"CMakeLists.txt": "project(x)\nenable_testing()"}, CTEST, "CTest", "declares tests"),
        ({"spec/a_spec.rb": "", "Gemfile": ""}, "bundle exec rspec", "RSpec", "spec/a_spec.rb"),
        ({".rspec": ""}, "rspec", "RSpec", ".rspec"),
        ({"phpunit.xml": "", "composer.json": "{}"}, "vendor/bin/phpunit", "PHPUnit", "phpunit.xml"),
        ({"x.sln": ""}, "dotnet test --no-restore", "dotnet test", "x.sln"),
        ({"Package.swift": ""}, "swift test", "", "Package.swift"),
    ],
)
async def test_the_command_is_found_by_the_files_and_the_reason_is_said(
    tmp_path: Path, files: Contents, command: str, framework: str, why: str
) -> None:
    write_files(tmp_path, files)
    found = await find_tests(tmp_path)
    assert found is not None
    assert (found.command, found.framework) == (command, framework)
    assert why in found.reason


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"README.md": "words"},
        {"package.json": '{"scripts": {"test": "echo \\"Error: no test specified\\" && exit 1"}}'},
        {"package.json": "no json"},
        {"package.json": "[" * 100_000},
        {"CMakeLists.txt": "project(x)"},
        {"node_modules/x/test_a.py": ""},
        {".hidden/test_a.py": ""},
    ],
)
async def test_where_nothing_tells_nothing_is_found(tmp_path: Path, files: Contents) -> None:
    write_files(tmp_path, files)
    assert await find_tests(tmp_path) is None


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"pytest.ini": "[pytest]"}, "pytest.ini is there"),
        ({"pyproject.toml": "[tool.pytest.ini_options]"}, "pyproject.toml has settings"),
        ({"setup.cfg": "[tool:pytest]"}, "setup.cfg"),
        ({"tests/test_a.py": ""}, "tests/test_a.py is named like a test"),
        ({"src/pkg/unit/a_test.py": "import unittest"}, "a_test.py"),
        ({"tests/test_a.py": "", "package.json": JEST}, "tests/test_a.py"),
    ],
)
async def test_python_tests_run_under_pytest(tmp_path: Path, files: Contents, why: str) -> None:
    write_files(tmp_path, files)
    found = await find_tests(tmp_path)
    assert found is not None
    assert found.command in ("python3 -m pytest", f"{shlex.quote(sys.executable)} -m pytest")
    assert found.framework == "pytest"
    assert why in found.reason


@pytest.mark.parametrize("folder", [".venv", ".tox/py311", ".nox/tests"])
async def test_an_environment_of_the_repository_is_preferred_if_it_has_pytest(
    tmp_path: Path, folder: str
) -> None:
    write_files(tmp_path, {"tests/test_a.py": ""})
    venv.create(tmp_path / folder, symlinks=True)
    python = tmp_path / folder / "bin" / "python"
    python.unlink()
    write_files(tmp_path, {f"{folder}/bin/python": f"#!/bin/sh\ntouch {tmp_path}/ran\n"})
    python.chmod(0o755)
    (packages,) = (tmp_path / folder).glob("lib/python*/site-packages")
    found = await find_tests(tmp_path)
    assert found is not None
    assert not found.command.startswith(folder)
    write_files(packages, {"pytest.py": ""})
    found = await find_tests(tmp_path)
    assert found is not None
    assert found.command == f"{folder}/bin/python -m pytest"
    assert f"{folder}/bin/python has pytest" in found.reason
    assert not (tmp_path / "ran").exists(), "a repository's own program isn't started just to be asked"


PACKAGES: Contents = {
    "pyproject.toml": "[project]",
    "tests/test_a.py": "",
    "frontend/package.json": JEST,
    "frontend/src/a.ts": "",
    "services/pay/go.mod": "module pay",
    "services/pay/pay.go": "",
    "crates/Cargo.toml": "[workspace]",
    "crates/inner/Cargo.toml": "[package]",
    "crates/inner/src/lib.rs": "",
    "tools/script.py": "",
}


@pytest.mark.parametrize(
    ("near", "command", "folder"),
    [
        ((), "pytest", ""),
        (("tools/script.py",), "pytest", ""),
        (("frontend/src/a.ts", "README.md"), "cd frontend && npm test", "frontend"),
        (("services/pay/pay.go", "frontend/src/a.ts"), "cd services/pay && go test ./...", "services/pay"),
        (("README.md", "crates/inner/src/lib.rs"), "cd crates && cargo test --offline", "crates"),
        (("frontend/gone/b.css",), "pytest", ""),
    ],
)
async def test_of_several_projects_the_one_nearest_to_the_task_is_taken(
    tmp_path: Path, near: tuple[str, ...], command: str, folder: str
) -> None:
    write_files(tmp_path, PACKAGES)
    found = await find_tests(tmp_path, near)
    assert found is not None
    assert found.command.endswith(command)
    assert found.folder == folder
    assert ("nearest to what the task is about" in found.reason) == bool(folder)


async def test_a_root_that_runs_all_packages_and_tells_each_test_is_taken_before_one_of_them(
    tmp_path: Path,
) -> None:
    write_files(tmp_path, {"packages/a/package.json": JEST, "packages/a/a.js": "", "package.json": JEST})
    found = await find_tests(tmp_path, ["packages/a/a.js"])
    assert found is not None
    assert found.command == "npm test"
    write_files(tmp_path, {"package.json": '{"scripts": {"test": "turbo run test"}}'})
    found = await find_tests(tmp_path, ["packages/a/a.js"])
    assert found is not None
    assert found.command == "cd packages/a && npm test"


async def test_a_project_below_a_root_without_tests_is_found(tmp_path: Path) -> None:
    write_files(tmp_path, {"docs/x.md": "", "app/server/go.mod": "module x"})
    found = await find_tests(tmp_path)
    assert found is not None
    assert (found.command, found.folder) == ("cd app/server && go test ./...", "app/server")
    assert "the first project with tests" in found.reason
