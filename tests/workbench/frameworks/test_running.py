"""The real tools, from the command that is found to each test's outcome; those not here are skipped."""

import subprocess
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

import pytest

from genie_engineer.workbench.copy import Workbench
from genie_engineer.workbench.discovery import find_tests
from genie_engineer.workbench.report import TestReport
from genie_engineer.workbench.sandbox import Sandbox
from genie_engineer.workbench.testing import run_tests

from ..conftest import Contents, suite

Make = Callable[..., Awaitable[Workbench]]
DATA = Path(__file__).parent / "data"

UNITTEST = """\
import unittest
from tally import share, total

class TotalTest(unittest.TestCase):
    def test_adds_up(self):
        self.assertEqual(total([100, 250]), 350)

    def test_nothing(self):
        self.assertEqual(total([]), 0)

    def test_each(self):
        for amount in (1, 2):
            with self.subTest(amount=amount):
                self.assertEqual(total([amount]), amount)

    def test_nobody(self):
        share(10, 0)

    @unittest.skip("not today")
    def test_later(self):
        pass

class WholeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise OSError("no database")

    def test_never(self):
        pass
"""
TALLY = """\
def total(amounts):
    return -sum(amounts)

def share(amount, people):
    return amount / people
"""


def project(name: str) -> Contents:
    folder = DATA / name
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def statuses(report: TestReport) -> dict[str, str]:
    return {outcome.id: outcome.status for outcome in report.outcomes}


@cache
def _answers(program: str) -> bool:
    """Whether it is here, and starts: in a home without a toolchain, rustup's cargo doesn't."""
    words = (program, "version" if program == "go" else "--version")
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def needs(*programs: str) -> pytest.MarkDecorator:
    missing = [one for one in programs if not _answers(one)]
    return pytest.mark.skipif(bool(missing), reason=f"{', '.join(missing)} isn't here")


FAILING = [
    pytest.param(
        "node",
        {"test/tally.test.js::total > adds up", "test/tally.test.js::shares among nobody"},
        "test/tally.test.js::shares among nobody",
        "RangeError: nobody to share with",
        marks=needs("node", "npm"),
    ),
    pytest.param(
        "cargo",
        {
            "src/lib.rs::tests::nobody",
            "src/lib.rs::tests::adds",
            "tests/whole.rs::sums",
            "doc tally::src/lib.rs - total (line 5)",
        },
        "src/lib.rs::tests::nobody",
        "attempt to divide by zero",
        marks=needs("cargo", "cc"),
    ),
    pytest.param(
        "ctest", {"adds"}, "adds", "Assertion `total(amounts, 2) == 350'", marks=needs("ctest", "cc")
    ),
    pytest.param(
        "go",
        {"sums::TestTotal", "sums::TestTable/one", "shares::TestNobody", "broken"},
        "sums::TestTotal",
        "Total = -350, want 350",
        marks=needs("go"),
    ),
    pytest.param(
        "rspec",
        {"spec/tally_spec.rb::Tally adds up", "spec/tally_spec.rb::Tally shares among nobody"},
        "spec/tally_spec.rb::Tally shares among nobody",
        "ZeroDivisionError: divided by 0",
        marks=needs("rspec"),
    ),
    pytest.param(
        "phpunit",
        {
            "tests/TallyTest.php::testAddsUp",
            "tests/TallyTest.php::testNobody",
            'tests/TallyTest.php::testEach with data set "eleven"',
        },
        "tests/TallyTest.php::testNobody",
        "DivisionByZeroError: Division by zero",
        marks=needs("phpunit"),
    ),
]


@pytest.mark.parametrize(("name", "failing", "one", "words"), FAILING)
async def test_what_is_found_runs_and_tells_each_test(
    bench_of: Make, bubblewrap: Sandbox, name: str, failing: set[str], one: str, words: str
) -> None:
    bench = await bench_of(project(name))
    found = await find_tests(bench.repository)
    assert found is not None
    before = sorted(path.name for path in bench.root.iterdir())
    report = await run_tests(bench, suite(bubblewrap, found.command))
    assert (report.by_test, report.trouble) == (True, ""), report.output
    assert {test for test, status in statuses(report).items() if status in ("failed", "error")} == failing
    assert {"passed", "skipped"} <= set(statuses(report).values())
    told = next(outcome for outcome in report.outcomes if outcome.id == one)
    assert words in told.message
    assert told.frames
    assert sorted(path.name for path in bench.root.iterdir()) == before

    alone = await run_tests(bench, suite(bubblewrap, found.command), selected=(one,))
    assert (alone.narrowed, statuses(alone)[one]) == (True, "failed" if name != "phpunit" else "error")
    assert len(alone.outcomes) < len(report.outcomes) or name == "node"


async def test_unittest_is_told_test_by_test(bench_of: Make, sandbox: Sandbox) -> None:
    bench = await bench_of(
        {"tally.py": TALLY, "test_tally.py": UNITTEST, "test_broken.py": "import nowhere\n"}
    )
    unittest = suite(sandbox, "python3 -m unittest -v")
    report = await run_tests(bench, unittest)
    broken = "unittest.loader._FailedTest.test_broken"
    assert statuses(report) == {
        broken: "error",
        "test_tally.TotalTest.test_adds_up": "failed",
        "test_tally.TotalTest.test_each": "failed",
        "test_tally.TotalTest.test_later": "skipped",
        "test_tally.TotalTest.test_nobody": "failed",
        "test_tally.TotalTest.test_nothing": "passed",
        "setUpClass (test_tally.WholeTest)": "error",
    }
    told = {outcome.id: outcome for outcome in report.outcomes}
    assert told["test_tally.TotalTest.test_adds_up"].message == "AssertionError: -350 != 350"
    frames = told["test_tally.TotalTest.test_nobody"].frames
    assert [(frame.path, frame.line) for frame in frames] == [("test_tally.py", 17), ("tally.py", 5)]
    for selected, ran in (
        ("test_tally.TotalTest.test_nothing", {"test_tally.TotalTest.test_nothing"}),
        ("test_broken.py", set()),
        (broken, {broken}),
    ):
        narrow = await run_tests(bench, unittest, selected=(selected,))
        assert ran <= statuses(narrow).keys() <= ran | {broken}


@needs("node", "npm")
@pytest.mark.parametrize(
    ("command", "tests"),
    [
        ("node --test", 4),
        ("node --test test/tally.test.js", 4),
        ("cd . && CI=1 npm test", 4),
        ("npm run test --silent", 4),
        ("make test", 0),
    ],
)
async def test_node_reports_however_it_is_started(
    bench_of: Make, bubblewrap: Sandbox, command: str, tests: int
) -> None:
    files = project("node") | {"Makefile": ".PHONY: test\ntest:\n\tnode --test\n"}
    report = await run_tests(await bench_of(files), suite(bubblewrap, command))
    assert report.exit_code
    assert report.by_test == bool(tests)
    assert len([outcome for outcome in report.outcomes if "::" in outcome.id]) == tests
    assert "shares among nobody" in "\n".join(outcome.id + outcome.message for outcome in report.outcomes)


@needs("node", "npm")
async def test_the_nearest_project_of_a_monorepo_runs_in_its_folder(
    bench_of: Make, bubblewrap: Sandbox
) -> None:
    files: Contents = {f"packages/tally/{path}": data for path, data in project("node").items()}
    files |= {"packages/other/package.json": '{"scripts": {"test": "false"}}', "README.md": "words\n"}
    bench = await bench_of(files)
    found = await find_tests(bench.repository, ["packages/tally/src/tally.js"])
    assert found is not None
    assert found.command == "cd packages/tally && npm test"
    report = await run_tests(bench, suite(bubblewrap, found.command))
    test = "packages/tally/test/tally.test.js::shares among nobody"
    told = next(outcome for outcome in report.outcomes if outcome.id == test)
    assert [frame.path for frame in told.frames] == [
        "packages/tally/test/tally.test.js",
        "packages/tally/src/tally.js",
    ]
    narrow = await run_tests(bench, suite(bubblewrap, found.command), selected=(test,))
    assert narrow.narrowed
    assert statuses(narrow)[test] == "failed"


@needs("node")
async def test_a_program_that_refuses_what_is_added_runs_as_the_user_has_it(
    bench_of: Make, bubblewrap: Sandbox
) -> None:
    refusing = '#!/bin/sh\n[ $# = 0 ] || { echo "error: unknown option $1"; exit 1; }\necho fine\n'
    bench = await bench_of({"node_modules/.bin/jest": refusing, "package.json": "{}"})
    (bench.root / "node_modules/.bin/jest").chmod(0o755)
    report = await run_tests(bench, suite(bubblewrap, "./node_modules/.bin/jest"))
    assert (report.exit_code, report.by_test, report.outcomes[0].status) == (0, False, "passed")


@needs("npm")
async def test_missing_packages_are_said_with_what_fetches_them(bench_of: Make, bubblewrap: Sandbox) -> None:
    files: Contents = {"package.json": '{"type": "module"}', "a.test.js": 'import "left-pad-of-nobody";\n'}
    report = await run_tests(await bench_of(files), suite(bubblewrap, "node a.test.js"))
    assert "npm install" in report.trouble
    assert "left-pad-of-nobody" in report.trouble


async def test_a_build_that_fails_is_a_failure_with_its_words(bench_of: Make, bubblewrap: Sandbox) -> None:
    log = "\n".join(f"[INFO] step {number}" for number in range(5000))
    script = "cat log; echo 'src/a.c:3:5: error: expected ; before }'; cat log; exit 2"
    report = await run_tests(
        await bench_of({"log": f"{log}\n", "src/a.c": "int x\n", "Makefile": f"test:\n\t@{script}\n"}),
        suite(bubblewrap, "make test"),
    )
    (outcome,) = report.outcomes
    assert "src/a.c:3:5: error: expected ; before }" in outcome.message
    assert len(outcome.message) < 5000
