import asyncio
import shlex
import sys
from collections.abc import Awaitable, Callable

import pytest

from genie_engineer.workbench.candidates import Effort, try_candidates
from genie_engineer.workbench.copy import Workbench
from genie_engineer.workbench.files import changed, read, write
from genie_engineer.workbench.report import TestReport
from genie_engineer.workbench.runner import can_serve
from genie_engineer.workbench.sandbox import Sandbox
from genie_engineer.workbench.testing import Suite

from .conftest import PYTEST, Contents, Sleeper, fingerprint, suite

Make = Callable[[Contents], Awaitable[Workbench]]
BUG = "def add(a, b):\n    return a - b\n"
TESTS = """\
from lib import add
def test_add():
    assert add(1, 2) == 3
def test_zero():
    assert add(1, 0) == 1
"""
FAILING = ("test_lib.py::test_add",)


def body(text: str) -> dict[str, bytes | None]:
    return {"lib.py": f"import os, time, subprocess\ndef add(a, b):\n    {text}\n".encode()}


async def tried(
    bench: Workbench, tests: Suite, candidates: list[dict[str, bytes | None]], workers: int = 2
) -> dict[int, TestReport]:
    answers = try_candidates(bench, tests, candidates, failing=FAILING, effort=Effort(120.0, workers))
    return {index: report async for index, report in answers}


def failures(report: TestReport) -> list[str]:
    return [test.id.split("::")[-1] for test in report.outcomes if test.status in ("failed", "error")]


@pytest.mark.parametrize("command", [PYTEST, f"true; {PYTEST}"], ids=["served", "a process each"])
async def test_all_tests_run_only_where_the_failing_ones_pass(
    bench_of: Make, sandbox: Sandbox, command: str
) -> None:
    bench = await bench_of({"lib.py": BUG, "test_lib.py": TESTS, "conftest.py": "import lib\n"})
    candidates = [body("return a * b"), body("return a + b"), body("return 3"), {"lib.py": None}]
    reports = await tried(bench, suite(sandbox, command), candidates)
    assert {index: (failures(report), len(report.outcomes)) for index, report in reports.items()} == {
        0: (["test_add"], 1),
        1: ([], 2),
        2: (["test_zero"], 2),
        3: reports[3] and (failures(reports[3]), len(reports[3].outcomes)),
    }
    assert reports[3].trouble or failures(reports[3])
    assert changed(bench) == {}
    assert read(bench, "lib.py") == BUG.encode()
    assert sorted(path.name for path in bench.root.parent.iterdir()) == ["base", "scratch", "tree"]


async def test_all_tests_run_for_what_mends_more_of_the_failing_ones_than_any_before(
    bench_of: Make, sandbox: Sandbox
) -> None:
    more = TESTS + "def test_minus():\n    assert add(-1, 1) == 0\n"
    bench = await bench_of({"lib.py": "def add(a, b):\n    return 7\n", "test_lib.py": more})
    names = ["test_add", "test_zero", "test_minus"]
    candidates = [body("return 3"), body("return 0"), body("return 7"), body("return abs(a + b) or 1")]
    answers = try_candidates(
        bench, suite(sandbox), candidates, failing=[f"test_lib.py::{name}" for name in names],
        effort=Effort(120.0, 1),
    )  # fmt: skip
    reports = {index: report async for index, report in answers}
    assert [(reports[i].narrowed, failures(reports[i])) for i in range(4)] == [
        (False, names[1:]),
        (True, names[:2]),
        (True, names),
        (False, names[2:]),
    ]


@pytest.mark.parametrize("command", [PYTEST, f"true; {PYTEST}"], ids=["served", "a process each"])
async def test_a_candidate_that_hangs_in_one_test_is_tried_on_no_further_one(
    bench_of: Make, sandbox: Sandbox, command: str
) -> None:
    bench = await bench_of({"lib.py": BUG, "test_lib.py": TESTS})
    candidates = [body("while a: pass"), body("return a + b")]
    answers = try_candidates(
        bench, suite(sandbox, command, test_seconds=0.5), candidates,
        failing=["test_lib.py::test_add", "test_lib.py::test_zero"], effort=Effort(120.0, 1),
    )  # fmt: skip
    reports = {index: report async for index, report in answers}
    assert [one.id for one in reports[0].outcomes] == ["test_lib.py::test_add"]
    assert (reports[0].narrowed, failures(reports[1]), len(reports[1].outcomes)) == (True, [], 2)


def test_a_candidate_may_take_ten_times_as_long_as_tests_that_pass_within_bounds() -> None:
    limits = [Effort(120.0, 1, slowest).test_seconds for slowest in (0.0, 0.002, 0.2, 5.0)]
    assert limits == [3.0, 1.0, 2.0, 3.0]


async def test_candidates_stand_on_the_present_patches(bench_of: Make, sandbox: Sandbox) -> None:
    bench = await bench_of({"lib.py": BUG, "test_lib.py": TESTS})
    write(bench, "more.py", b"def plus(a, b):\n    return a + b\n")
    before = changed(bench)
    reports = await tried(bench, suite(sandbox), [body("import more; return more.plus(a, b)")])
    assert failures(reports[0]) == []
    assert changed(bench) == before


HARMFUL = {
    "hangs": "while True: pass",
    "sleeps": "time.sleep(1000)",
    "crashes": "os.kill(os.getpid(), 11)",
    "exits": "os._exit(0)",
    "kills the runner": "os.kill(os.getppid(), 9); time.sleep(100)",
    "deletes everything": "subprocess.run('rm -rf * .[a-z]*', shell=True); return 0",
    "is no Python": "return (",
}


async def test_a_harmful_candidate_costs_only_itself(bench_of: Make, sandbox: Sandbox) -> None:
    bench = await bench_of({"lib.py": BUG, "test_lib.py": TESTS})
    user = fingerprint(bench.repository)
    candidates = [case for text in HARMFUL.values() for case in (body(text), body("return a + b"))]
    reports = await tried(bench, suite(sandbox, test_seconds=1.0, seconds=10.0), candidates, workers=1)
    for number, name in enumerate(HARMFUL):
        harmful, good = reports[2 * number], reports[2 * number + 1]
        assert harmful.trouble or failures(harmful), name
        assert (good.trouble, failures(good), len(good.outcomes)) == ("", [], 2), name
    assert fingerprint(bench.repository) == user


async def test_a_candidates_processes_end_with_it(bench_of: Make, sandbox: Sandbox, sleeper: Sleeper) -> None:
    bench = await bench_of({"lib.py": BUG, "test_lib.py": TESTS})
    daemon = body(f"subprocess.Popen('setsid {sleeper.command} & disown', shell=True); return a + b")
    answers = try_candidates(
        bench, suite(sandbox), [daemon, body("return 0")], failing=FAILING, effort=Effort(120.0, 1)
    )
    async for _ in answers:
        assert sleeper.alive() == []


async def test_a_path_out_of_the_repository_is_trouble(bench_of: Make, sandbox: Sandbox) -> None:
    bench = await bench_of({"lib.py": BUG, "test_lib.py": TESTS})
    reports = await tried(bench, suite(sandbox), [{"../x": b""}, body("return a + b")])
    assert "leads out" in reports[0].trouble
    assert failures(reports[1]) == []


async def test_the_time_is_kept_and_nothing_stays(bench_of: Make, sandbox: Sandbox, sleeper: Sleeper) -> None:
    bench = await bench_of({"lib.py": BUG, "test_lib.py": TESTS})
    slow = body(f"subprocess.run({shlex.split(sleeper.command)!r})")
    answers = try_candidates(bench, suite(sandbox), [slow] * 100, failing=FAILING, effort=Effort(4.0, 2))
    assert len([answer async for answer in answers]) < 10
    assert sleeper.traces() == []
    assert not (bench.root.parent / "forks").exists()


async def test_it_can_be_left_early(bench_of: Make, sandbox: Sandbox, sleeper: Sleeper) -> None:
    bench = await bench_of({"lib.py": BUG, "test_lib.py": TESTS})
    slow = body(f"subprocess.run({shlex.split(sleeper.command)!r})")
    candidates = [body("return a + b"), *[slow] * 20]
    answers = try_candidates(bench, suite(sandbox), candidates, failing=FAILING, effort=Effort(60.0, 2))
    async for index, _ in answers:
        assert index == 0
        break
    await answers.aclose()  # type: ignore[attr-defined]
    assert sleeper.traces() == []
    assert not (bench.root.parent / "forks").exists()


async def test_it_can_be_cancelled(bench_of: Make, sandbox: Sandbox, sleeper: Sleeper) -> None:
    bench = await bench_of({"lib.py": BUG, "test_lib.py": TESTS})
    slow = body(f"subprocess.run({shlex.split(sleeper.command)!r})")
    task = asyncio.create_task(tried(bench, suite(sandbox), [slow] * 4))
    while not sleeper.alive():
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sleeper.traces() == []
    assert not (bench.root.parent / "forks").exists()


@pytest.mark.parametrize(
    ("command", "served"),
    [
        ("pytest", True),
        ("python3 -m pytest -x tests", True),
        ("A=1 .venv/bin/python -m pytest", True),
        (f"{sys.executable} -m pytest", True),
        ("pytest a && pytest b", False),
        ("pytest | tee log", False),
        ("make test", False),
        ("npm test", False),
        ("pytest 'unclosed", False),
    ],
)
def test_a_single_pytest_can_be_served(command: str, served: bool) -> None:
    assert can_serve(command) is served
