import shlex
import sys
from collections.abc import Awaitable, Callable

import pytest

from genie_engineer.workbench.copy import Workbench
from genie_engineer.workbench.files import read
from genie_engineer.workbench.report import Frame, TestReport
from genie_engineer.workbench.sandbox import Sandbox
from genie_engineer.workbench.testing import run_tests

from .conftest import PYTEST, Contents, Sleeper, suite

Make = Callable[..., Awaitable[Workbench]]

LIBRARY = """\
def add(a, b):
    total = a - b
    return total

def mul(a, b):
    return a * b

def spin():
    while True:
        try:
            for _ in range(1000):
                pass
        except Exception:
            pass
"""

TESTS = """\
import pytest, unittest
import lib

def test_add():
    assert lib.add(1, 2) == 3

@pytest.mark.parametrize("n", [0, 1])
def test_mul(n):
    assert lib.mul(n, 1) == n

def test_skipped():
    pytest.skip("not today")

@pytest.mark.xfail
def test_expected():
    assert False

@pytest.fixture
def broken():
    raise ValueError("no fixture")

def test_broken(broken):
    pass

class TestOld(unittest.TestCase):
    def test_equal(self):
        self.assertEqual(1, 2)
"""


def statuses(report: TestReport) -> dict[str, str]:
    return {outcome.id.split("::", 1)[-1]: outcome.status for outcome in report.outcomes}


async def test_each_test_is_told(bench_of: Make, sandbox: Sandbox) -> None:
    bench = await bench_of({"lib.py": LIBRARY, "tests/test_lib.py": TESTS, "conftest.py": ""})
    report = await run_tests(bench, suite(sandbox))
    assert (report.by_test, report.exit_code, report.trouble) == (True, 1, "")
    assert all(0 < one.seconds <= report.seconds for one in report.outcomes if "::" in one.id)
    assert statuses(report) == {
        "test_add": "failed",
        "test_mul[0]": "passed",
        "test_mul[1]": "passed",
        "test_skipped": "skipped",
        "test_expected": "skipped",
        "test_broken": "error",
        "TestOld::test_equal": "failed",
    }
    by_name = {outcome.id: outcome for outcome in report.outcomes}
    failed = by_name["tests/test_lib.py::test_add"]
    assert failed.message.startswith("AssertionError: assert -1 == 3\n +  where -1 = ")
    assert failed.frames == (Frame("tests/test_lib.py", 5, "test_add"),)
    assert by_name["tests/test_lib.py::test_broken"].message == "ValueError: no fixture"


async def test_frames_lead_from_the_test_to_the_error(bench_of: Make, sandbox: Sandbox) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/a.py": "import json\n\ndef parse(text):\n    return json.loads(text)\n",
        "test_a.py": "from pkg.a import parse\n\ndef test_parse():\n    parse('{')\n",
    }
    report = await run_tests(await bench_of(files), suite(sandbox))
    (outcome,) = report.outcomes
    assert outcome.message.startswith("JSONDecodeError: ")
    assert outcome.frames == (Frame("test_a.py", 4, "test_parse"), Frame("pkg/a.py", 4, "parse"))


@pytest.mark.parametrize(
    ("text", "message", "frame"),
    [
        (
            "import nowhere\n",
            "ModuleNotFoundError: No module named 'nowhere'",
            Frame("test_a.py", 1, "<module>"),
        ),
        ("x = 1\ndef f(:\n", "SyntaxError: ", Frame("test_a.py", 2)),
    ],
)
async def test_a_file_that_cannot_be_collected_is_an_error(
    bench_of: Make, sandbox: Sandbox, text: str, message: str, frame: Frame
) -> None:
    report = await run_tests(await bench_of({"test_a.py": text}), suite(sandbox))
    (outcome,) = report.outcomes
    assert (outcome.id, outcome.status, outcome.frames) == ("test_a.py", "error", (frame,))
    assert outcome.message.startswith(message)


async def test_a_test_that_hangs_fails_alone_and_says_where(bench_of: Make, sandbox: Sandbox) -> None:
    tests = "import lib\ndef test_spin():\n    lib.spin()\ndef test_ok():\n    pass\n"
    bench = await bench_of({"lib.py": LIBRARY, "test_a.py": tests})
    report = await run_tests(bench, suite(sandbox, test_seconds=0.5))
    hanging, fine = report.outcomes
    assert (hanging.status, fine.status, report.trouble) == ("failed", "passed", "")
    assert "timed out after 0.5 s" in hanging.message
    assert hanging.frames[0] == Frame("test_a.py", 3, "test_spin")
    assert hanging.frames[1].path == "lib.py"


async def test_only_selected_tests_run(bench_of: Make, sandbox: Sandbox) -> None:
    bench = await bench_of({"lib.py": LIBRARY, "tests/test_lib.py": TESTS, "conftest.py": ""})
    wanted = ("tests/test_lib.py::test_mul[1]", "tests/test_lib.py::TestOld::test_equal")
    for command in (PYTEST, f"{PYTEST} tests/test_lib.py -v", f"cd tests && {PYTEST} --rootdir=.."):
        report = await run_tests(bench, suite(sandbox, command), selected=wanted)
        assert tuple(outcome.id for outcome in report.outcomes) == wanted, command


async def test_the_first_test_that_hangs_ends_the_run_if_asked(bench_of: Make, sandbox: Sandbox) -> None:
    tests = "def test_a():\n    assert 0\ndef test_b():\n    while 1: pass\ndef test_c():\n    pass\n"
    bench, limited = await bench_of({"test_a.py": tests}), suite(sandbox, test_seconds=0.5)
    report = await run_tests(bench, limited, stop_at_timeout=True)
    assert (statuses(report), report.trouble) == ({"test_a": "failed", "test_b": "failed"}, "")


async def test_suspects_come_from_coverage(bench_of: Make, sandbox: Sandbox) -> None:
    bench = await bench_of({"lib.py": LIBRARY, "tests/test_lib.py": TESTS, "conftest.py": "import lib\n"})
    report = await run_tests(bench, suite(sandbox), coverage=True)
    assert {(suspect.path, suspect.line) for suspect in report.suspects} == {("lib.py", 2), ("lib.py", 3)}
    assert (await run_tests(bench, suite(sandbox))).suspects == ()


@pytest.mark.parametrize(
    "command",
    [
        f"{PYTEST} -x -q --tb=no",
        f"{PYTEST} --lf --strict-config",
        f"true && {PYTEST}",
        f"sh -c {shlex.quote(PYTEST)}",
        "make test",
        f"{PYTEST} -p xdist -n 2",
        f"{PYTEST} -p no:cacheprovider",
    ],
)
async def test_pytest_is_read_however_it_is_started(bench_of: Make, sandbox: Sandbox, command: str) -> None:
    tests = "def test_a():\n    assert 1 == 2\n"
    bench = await bench_of({"test_a.py": tests, "Makefile": f"test:\n\t{PYTEST}\n"})
    report = await run_tests(bench, suite(sandbox, command))
    assert (report.trouble, report.by_test) == ("", True), report.output
    assert [(outcome.id, outcome.status) for outcome in report.outcomes] == [("test_a.py::test_a", "failed")]
    assert report.outcomes[0].message.startswith("AssertionError: assert 1 == 2")


async def test_pytest_without_its_cache_is_run_where_warnings_are_errors(
    bench_of: Make, sandbox: Sandbox
) -> None:
    strict = "[pytest]\nfilterwarnings = error\n"
    bench = await bench_of({"test_a.py": "def test_a():\n    pass\n", "pytest.ini": strict})
    report = await run_tests(bench, suite(sandbox, f"{PYTEST} -p no:cacheprovider"))
    assert (report.trouble, statuses(report)) == ("", {"test_a": "passed"})


async def test_pytests_inside_tests_do_not_speak(bench_of: Make, sandbox: Sandbox) -> None:
    run = f"subprocess.run([{sys.executable!r}, '-m', 'pytest', 'inner.py'])"
    inner = f"import subprocess\ndef test_a():\n    {run}\n"
    bench = await bench_of({"test_a.py": inner, "inner.py": "def test_inner():\n    assert 0\n"})
    assert statuses(await run_tests(bench, suite(sandbox))) == {"test_a": "passed"}


async def test_an_isolated_interpreter_is_read_by_its_status(bench_of: Make, sandbox: Sandbox) -> None:
    bench = await bench_of({"test_a.py": "def test_a():\n    pass\n"})
    report = await run_tests(bench, suite(sandbox, f"{shlex.quote(sys.executable)} -I -m pytest"))
    assert (report.by_test, report.exit_code, report.trouble) == (False, 0, "")


@pytest.mark.parametrize(("command", "status"), [("true", "passed"), ("echo words; false", "failed")])
async def test_other_commands_are_read_by_their_status(
    bench_of: Make, sandbox: Sandbox, command: str, status: str
) -> None:
    report = await run_tests(await bench_of({}), suite(sandbox, command))
    assert [(outcome.id, outcome.status) for outcome in report.outcomes] == [(command, status)]
    assert not report.by_test


PLAIN = "def test_a():\n    pass\n"


@pytest.mark.parametrize(
    ("command", "tests", "words"),
    [
        (PYTEST, "", "no tests"),
        (f"{PYTEST} missing.py", PLAIN, "could not run what was asked"),
        (f"{PYTEST} --no-such-option", PLAIN, "did not understand"),
        (PYTEST, "def test_a():\n    import os\n    os._exit(3)\n", "before all had run"),
        (PYTEST, "def test_a():\n    import os\n    os.kill(os.getpid(), 9)\n", "before all had run"),
        ("no-such-program --test", PLAIN, "can't be started"),
        ("./absent.sh", PLAIN, "can't be started"),
        (f"{shlex.quote(sys.executable)} -I -S -m pytest", PLAIN, "pip install pytest"),
        ("kill -9 $$", PLAIN, "SIGKILL"),
    ],
)
async def test_trouble_is_said_with_what_to_do(
    bench_of: Make, sandbox: Sandbox, command: str, tests: str, words: str
) -> None:
    report = await run_tests(await bench_of({"test_a.py": tests}), suite(sandbox, command))
    assert words in report.trouble


async def test_a_run_that_hangs_is_ended_and_says_in_which_test(
    bench_of: Make, sandbox: Sandbox, sleeper: Sleeper
) -> None:
    deaf = "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM, signal.SIGTERM])"
    tests = f"import os, signal\ndef test_a():\n    {deaf}\n    os.system('{sleeper.command}')\n"
    report = await run_tests(await bench_of({"test_a.py": tests}), suite(sandbox, seconds=6.0))
    assert "did not end within 6 s" in report.trouble
    assert "test_a.py::test_a" in report.trouble
    assert statuses(report) == {"test_a": "failed"}
    assert sleeper.traces() == []


async def test_what_tests_do_to_files_is_put_back(bench_of: Make, sandbox: Sandbox) -> None:
    tests = "import pathlib\ndef test_a():\n    for f in pathlib.Path('.').glob('*'): f.unlink()\n"
    files: Contents = {"a": "text\n", "test_a.py": tests}
    bench = await bench_of(files)
    await run_tests(bench, suite(sandbox))
    assert read(bench, "a") == b"text\n"
    assert sorted(path.name for path in bench.root.iterdir()) == ["a", "test_a.py"]
    assert [path.name for path in bench.scratch.iterdir()] in ([], ["pytest-cache"])
