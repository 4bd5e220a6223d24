import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Load = Callable[[str], ModuleType]


def stage(module: ModuleType, kind: str, name: str, code: str) -> object:
    return module.Stage(kind, name, (sys.executable, "-c", code))


def test_every_stage_runs_and_one_failure_fails_all(script: Load, capfd: pytest.CaptureFixture[str]) -> None:
    module = script("test")
    stages = [
        stage(module, "check", "first", "raise SystemExit(3)"),
        module.Stage("check", "second", ("no-such-program",)),
        stage(module, "test", "third", "print('third ran')"),
    ]
    assert module.main([], stages) == 1
    said = capfd.readouterr().out
    assert "third ran" in said
    assert [line.split()[:2] for line in said.splitlines()[-5:-2]] == [
        ["first", "FAILED"],
        ["second", "FAILED"],
        ["third", "passed"],
    ]
    assert said.endswith("\n1 passed, 2 failed\n")


def test_a_kind_chooses_its_stages(script: Load, capfd: pytest.CaptureFixture[str]) -> None:
    module = script("test")
    stages = [
        stage(module, "check", "first", "raise SystemExit(3)"),
        stage(module, "test", "second", ""),
    ]
    assert module.main(["test"], stages) == 0
    assert capfd.readouterr().out.endswith("\n1 passed, 0 failed\n")


def test_nothing_run_is_no_success(script: Load) -> None:
    assert script("test").main(["tset"], []) == 1


def test_programs_of_the_virtual_environment_come_first(
    script: Load, capfd: pytest.CaptureFixture[str]
) -> None:
    module = script("test")
    module.main([], [stage(module, "test", "path", "import os; print(os.environ['PATH'])")])
    assert f"{Path('.venv', 'bin')}:" in capfd.readouterr().out
