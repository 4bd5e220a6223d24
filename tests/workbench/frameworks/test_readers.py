"""What the readers make of reports that the real tools wrote; data/README.md says how."""

from pathlib import Path

import pytest

from genie_engineer.workbench.frameworks.framework import Reports, Where
from genie_engineer.workbench.frameworks.table import FRAMEWORKS
from genie_engineer.workbench.report import Frame

DATA = Path(__file__).parent / "data"
_TORN = {"cargo build", "broken", "sums::TestTable"}
"""What may be told of a report that ends in the middle: a suite whose tests hadn't been heard of yet."""

BY_NAME = {framework.name: framework for framework in FRAMEWORKS}
OUTPUT = ("go", "cargo")
"""Whose report is what they print."""


def where(name: str) -> Where:
    folder = DATA / name
    files = frozenset(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return Where("/home/user/tally", "", files)


def outcomes(
    framework: str, name: str, data: bytes | None = None
) -> dict[str, tuple[str, str, tuple[Frame, ...]]]:
    data = (DATA / f"{name}.report").read_bytes() if data is None else data
    reports = Reports(data.decode()) if name in OUTPUT else Reports("", (data,))
    read = BY_NAME[framework].read(reports, where(name))
    return {one.id: (one.status, one.message, one.frames) for one in read}


JS = {
    "total > adds up": ("failed", "350"),
    "total > of nothing": ("passed", ""),
    "shares among nobody": ("failed", "RangeError: nobody to share with"),
    "later": ("skipped", ""),
}
EXPECTED = {
    ("jest", "jest"): {f"test/tally.test.js::{name}": told for name, told in JS.items()}
    | {"test/broken.test.js": ("error", "Cannot find module '../src/missing'")},
    ("vitest", "vitest"): {f"test/tally.test.js::{name}": told for name, told in JS.items()}
    | {"test/broken.test.js": ("error", "Cannot find module '../src/missing.js'")},
    ("mocha", "mocha"): {
        f"test/tally.spec.js::{name.replace(' > ', ' ')}": told for name, told in JS.items()
    },
    ("node:test", "node"): {f"test/tally.test.js::{name}": told for name, told in JS.items()},
    ("go test", "go"): {
        "sums::TestTotal": ("failed", "sums_test.go:8: Total = -350, want 350"),
        "sums::TestNothing": ("passed", ""),
        "sums::TestTable/one": ("failed", "Total = -1, want 1"),
        "sums::TestLater": ("skipped", ""),
        "shares::TestShare": ("passed", ""),
        "shares::TestNobody": ("failed", "panic: runtime error: integer divide by zero"),
        "broken": ("error", "broken/broken_test.go:6:2: undefined: missing"),
    },
    ("cargo test", "cargo"): {
        "src/lib.rs::tests::later": ("skipped", ""),
        "src/lib.rs::tests::nobody": ("failed", "attempt to divide by zero"),
        "src/lib.rs::tests::adds": ("failed", "left: -350\n right: 350"),
        "src/lib.rs::tests::nothing": ("passed", ""),
        "tests/whole.rs::shares": ("passed", ""),
        "tests/whole.rs::sums": ("failed", 'Error: "no sum"'),
        "doc tally::src/lib.rs - total (line 5)": ("failed", "left: -1\n right: 1"),
    },
    ("Maven", "maven"): {
        "tally.TallyTest::addsUp": ("failed", "the sum is wrong ==> expected: <350> but was: <-350>"),
        "tally.TallyTest::nobody": ("error", "ArithmeticException: / by zero"),
        "tally.TallyTest::later": ("skipped", ""),
        "tally.TallyTest::nothing": ("passed", ""),
    },
    ("PHPUnit", "phpunit"): {
        "tests/TallyTest.php::testAddsUp": ("failed", "Failed asserting that -350 is identical to 350."),
        "tests/TallyTest.php::testNothing": ("passed", ""),
        "tests/TallyTest.php::testNobody": ("error", "DivisionByZeroError: Division by zero"),
        'tests/TallyTest.php::testEach with data set "ten"': ("passed", ""),
        'tests/TallyTest.php::testEach with data set "eleven"': ("failed", "4 is identical to 2"),
        "tests/TallyTest.php::testLater": ("skipped", ""),
    },
    ("CTest", "ctest"): {
        "adds": ("failed", "Assertion `total(amounts, 2) == 350' failed."),
        "nothing": ("passed", ""),
        "later": ("skipped", ""),
    },
    ("RSpec", "rspec"): {
        "spec/tally_spec.rb::Tally adds up": ("failed", "expected: 350\n     got: -350"),
        "spec/tally_spec.rb::Tally adds nothing": ("passed", ""),
        "spec/tally_spec.rb::Tally shares among nobody": ("failed", "ZeroDivisionError: divided by 0"),
        "spec/tally_spec.rb::Tally later": ("skipped", ""),
    },
    ("dotnet test", "dotnet"): {
        "Tally.Tests.TotalTest.AddsUp": ("failed", "Expected: 350\nActual:   -350"),
        "Tally.Tests.TotalTest.Nothing": ("passed", ""),
        "Tally.Tests.TotalTest.Later": ("skipped", ""),
    },
}


@pytest.mark.parametrize(("framework", "name"), EXPECTED)
def test_each_test_is_told_with_its_assertion(framework: str, name: str) -> None:
    found = outcomes(framework, name)
    wanted = EXPECTED[framework, name]
    assert {one: status for one, (status, _, _) in found.items()} == {
        one: told[0] for one, told in wanted.items()
    }
    for one, (_, words) in wanted.items():
        message = found[one][1]
        assert words in message, one
        assert len(message) < 500, one
        assert "node_modules" not in message, one


@pytest.mark.parametrize(
    ("framework", "name", "test", "places"),
    [
        ("jest", "jest", "test/tally.test.js::shares among nobody", "test/tally.test.js:14 src/tally.js:7"),
        (
            "vitest",
            "vitest",
            "test/tally.test.js::shares among nobody",
            "test/tally.test.js:14 src/tally.js:7",
        ),
        ("mocha", "mocha", "test/tally.spec.js::shares among nobody", "test/tally.spec.js:14 src/tally.js:7"),
        (
            "node:test",
            "node",
            "test/tally.test.js::shares among nobody",
            "test/tally.test.js:15 src/tally.js:7",
        ),
        ("go test", "go", "shares::TestNobody", "shares/shares_test.go:16 sums/sums.go:15"),
        ("go test", "go", "sums::TestTable/one", "sums/sums_test.go:22"),
        ("cargo test", "cargo", "src/lib.rs::tests::nobody", "src/lib.rs:33 src/lib.rs:34 src/lib.rs:14"),
        (
            "Maven",
            "maven",
            "tally.TallyTest::nobody",
            "src/test/java/tally/TallyTest.java:21 src/main/java/tally/Tally.java:13",
        ),
        ("PHPUnit", "phpunit", "tests/TallyTest.php::testNobody", "tests/TallyTest.php:20 src/Tally.php:11"),
        ("CTest", "ctest", "adds", "adds.c:5"),
        (
            "RSpec",
            "rspec",
            "spec/tally_spec.rb::Tally shares among nobody",
            "spec/tally_spec.rb:13 lib/tally.rb:7",
        ),
    ],
)
def test_frames_of_the_repository_lead_from_the_test_to_the_error(
    framework: str, name: str, test: str, places: str
) -> None:
    frames = outcomes(framework, name)[test][2]
    assert " ".join(f"{frame.path}:{frame.line}" for frame in frames) == places


@pytest.mark.parametrize(("framework", "name"), EXPECTED)
def test_a_torn_report_tells_what_it_can_and_nonsense_nothing(framework: str, name: str) -> None:
    data = (DATA / f"{name}.report").read_bytes()
    known = outcomes(framework, name)
    for part in range(0, len(data), max(len(data) // 40, 1)):
        torn = data[:part].decode("utf-8", "ignore").encode()
        assert outcomes(framework, name, torn).keys() <= known.keys() | _TORN
    for nonsense in (
        b"",
        b"\0",
        b"[]",
        b"[" * 100_000,
        b"<a><b></a>",
        b'{"testResults": [1, {"assertionResults": 2}]}',
    ):
        assert outcomes(framework, name, nonsense) == {}


def test_what_a_test_prints_does_not_hide_what_it_fails_for() -> None:
    printed = "\n".join(f"step {number}" for number in range(200))
    log = (DATA / "cargo.report").read_text().replace("adding up", printed)
    message = outcomes("cargo test", "cargo", log.encode())["src/lib.rs::tests::adds"][1]
    assert "left: -350" in message
    assert len(message.splitlines()) < 10

    event = next(line for line in (DATA / "go.report").read_text().splitlines() if "adding up" in line)
    log = (DATA / "go.report").read_text().replace(event, "\n".join([event] * 200))
    message = outcomes("go test", "go", log.encode())["sums::TestTotal"][1]
    assert "Total = -350, want 350" in message
    assert len(message.splitlines()) < 20


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "declaration",
    [f'<!DOCTYPE t [<!ENTITY a0 "ha">{LAUGHS}]>', '<!DOCTYPE t [<!ENTITY a9 SYSTEM "/etc/passwd">]>'],
)
def test_entities_are_not_expanded(declaration: str) -> None:
    document = f'<?xml version="1.0"?>{declaration}<testcase name="t"><failure>&a9;</failure></testcase>'
    assert BY_NAME["Maven"].read(Reports("", (document.encode(),)), where("maven")) == []
