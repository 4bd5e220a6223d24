"""How much of a long failing log reaches the model: bytes in, tokens out, and whether the point is in it.

python bench/condensing.py [--modules FOLDER]   FOLDER: a node_modules with jest, vitest and mocha

For each framework whose tool is on this machine a project of 200 tests is made, each of which prints 25 lines
and 5 of which fail. The real tool runs it twice: as the user's command, whose output is what would have to be
read, and as Genie runs it. That output is also condensed as a command's whose framework isn't known. Ends in
one JSON line.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from genie_engineer.agent.context import tokens
from genie_engineer.agent.tools.testing import told
from genie_engineer.config import CommandLimits
from genie_engineer.workbench.command import run
from genie_engineer.workbench.condensing import condensed
from genie_engineer.workbench.copy import discard, make
from genie_engineer.workbench.report import failing
from genie_engineer.workbench.sandbox import detect
from genie_engineer.workbench.testing import Suite, run_tests

TESTS, FAILING, LINES = 200, 5, 25
DATA = Path(__file__).parent.parent / "tests" / "workbench" / "frameworks" / "data"


def is_wrong(number: int) -> bool:
    """Whether test `number` is one of those that fail."""
    return number % (TESTS // FAILING) == 7


def python() -> dict[str, str]:
    """A project for pytest."""
    said = f"    for n in range({LINES}):\n        print('step', n, 'of a long way')\n"
    tests = (
        f"def test_{n}():\n{said}    assert tally.total({n}) == {n + is_wrong(n)}\n" for n in range(TESTS)
    )
    source = "def total(n):\n    return check(n)\n\n\ndef check(n):\n    return n\n"
    return {"tally.py": source, "test_tally.py": "import tally\n\n\n" + "\n\n".join(tests)}


def javascript(name: str) -> dict[str, str]:
    """A project for jest, vitest or mocha."""
    equal = (
        "require('node:assert').strictEqual(total({0}), {1})"
        if name == "mocha"
        else "expect(total({0})).toBe({1})"
    )
    head = "import { expect, test } from 'vitest';\nimport { total } from './tally.js';\n"
    if name != "vitest":
        each = "it" if name == "mocha" else "test"
        head = f"const {{ total }} = require('./tally.js');\nconst each = {each};\n"
    call = "test" if name == "vitest" else "each"
    said = f"for (let n = 0; n < {LINES}; n++) console.log('step', n, 'of a long way');"
    tests = (
        f"{call}('number {n}', () => {{ {said}\n{equal.format(n, n + is_wrong(n))}; }});"
        for n in range(TESTS)
    )
    export = "export function" if name == "vitest" else "exports.total = function"
    package = {"scripts": {"test": name if name != "mocha" else "mocha tally.test.js"}}
    if name == "vitest":
        package["type"] = "module"  # type: ignore[assignment]
    source = f"{export} total(n) {{ return n; }}\n"
    return {"package.json": json.dumps(package), "tally.js": source, "tally.test.js": head + "\n".join(tests)}


def go() -> dict[str, str]:
    """A project for go test."""
    tests = (
        f"func Test{n}(t *testing.T) {{\n"
        f'\tfor n := 0; n < {LINES}; n++ {{\n\t\tt.Log("step", n, "of a long way")\n\t}}\n'
        f"\tif got := Total({n}); got != {n + is_wrong(n)} {{\n"
        f'\t\tt.Errorf("Total = %d, want {n + is_wrong(n)}", got)\n\t}}\n}}'
        for n in range(TESTS)
    )
    source = "package tally\n\nfunc Total(n int) int { return n }\n"
    head = 'package tally\n\nimport "testing"\n\n'
    return {
        "go.mod": "module tally\n\ngo 1.19\n",
        "tally.go": source,
        "tally_test.go": head + "\n\n".join(tests),
    }


def rust() -> dict[str, str]:
    """A project for cargo test."""
    tests = (
        f'#[test]\nfn number_{n}() {{\n    for n in 0..{LINES} {{ println!("step {{n}} of a long way"); }}\n'
        f"    assert_eq!(tally::total({n}), {n + is_wrong(n)});\n}}"
        for n in range(TESTS)
    )
    manifest = '[package]\nname = "tally"\nversion = "0.1.0"\nedition = "2021"\n'
    return {
        "Cargo.toml": manifest,
        "src/lib.rs": "pub fn total(n: i64) -> i64 { n }\n",
        "tests/all.rs": "\n".join(tests),
    }


def java() -> dict[str, str]:
    """A project for Maven's Surefire, with the recorded project's versions."""
    tests = (
        f"@Test void number{n}() {{\nfor (int n = 0; n < {LINES}; n++) "
        'System.out.println("step " + n + " of a long way");\n'
        f"assertEquals({n + is_wrong(n)}, Tally.total({n})); }}"
        for n in range(TESTS)
    )
    names = ("static org.junit.jupiter.api.Assertions.assertEquals", "org.junit.jupiter.api.Test")
    head = "package tally;\n" + "".join(f"import {name};\n" for name in names)
    return {
        "pom.xml": (DATA / "maven/pom.xml").read_text(),
        "src/main/java/tally/Tally.java": "package tally;\nclass Tally {static int total(int n) {return n;}}",
        "src/test/java/tally/TallyTest.java": f"{head}class TallyTest {{\n" + "\n".join(tests) + "\n}\n",
    }


PROJECTS = {
    "pytest": (
        python(),
        f"PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 {sys.executable} -m pytest",
        "assert 7 == 8",
        "test_tally.py:",
    ),
    "jest": (javascript("jest"), "npm test", "Expected: 8", "tally.test.js:"),
    "vitest": (javascript("vitest"), "npm test", "expected 7 to be 8", "tally.test.js:"),
    "mocha": (javascript("mocha"), "npm test", "7 !== 8", "tally.test.js:"),
    "go test": (go(), "go test ./...", "Total = 7, want 8", "tally_test.go:"),
    "cargo test": (rust(), "cargo test --offline", "right: 8", "tests/all.rs:"),
    "Maven": (java(), "mvn -o -q -B test", "expected: <8> but was: <7>", "TallyTest.java:"),
}


async def measured(name: str, folder: Path, modules: Path | None) -> dict[str, object]:
    """One framework's figures."""
    files, command, assertion, frame = PROJECTS[name]
    repository = folder / name.replace(" ", "-")
    for path, text in files.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text(text)
    (repository / ".gitignore").write_text("node_modules\n")
    if modules and "package.json" in files:
        shutil.copytree(modules, repository / "node_modules", symlinks=True)
    git = await asyncio.create_subprocess_exec("git", "init", "-q", cwd=repository)
    await git.wait()
    bench = await make(repository, folder / f"bench-{name.replace(' ', '-')}")
    limits, sandbox = CommandLimits(), await detect("require")
    whole = replace(limits, output_bytes=50_000_000)
    plain = await run(
        bench,
        command,
        whole,
        sandbox,
        {"CARGO_TARGET_DIR": str(bench.scratch / "t"), "GOCACHE": str(bench.scratch / "g")},
    )
    report = await run_tests(bench, Suite(command, limits, sandbox))
    await discard(bench)
    text, blind = told(report), condensed(plain.output)
    return {
        "framework": name,
        "failed": len(failing(report.outcomes)),
        "bytes_in": len(plain.output.encode()),
        "tokens_in": tokens(plain.output),
        "tokens_out": tokens(text),
        "assertion": assertion in text,
        "frame": frame in text,
        "blind_tokens_out": tokens(blind),
        "blind_assertion": assertion in blind,
        "blind_frame": frame in blind,
    }


def main() -> None:
    """Measures what can be run here."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--modules", type=Path)
    modules = parser.parse_args().modules
    programs = {"go test": "go", "cargo test": "cargo", "Maven": "mvn"}
    rows = []
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        for name, (files, *_) in PROJECTS.items():
            if shutil.which(programs.get(name, "git")) and (modules or "package.json" not in files):
                rows.append(asyncio.run(measured(name, Path(folder), modules)))
                print(rows[-1], file=sys.stderr)
    print(json.dumps({"tests": TESTS, "failing": FAILING, "rows": rows}))


if __name__ == "__main__":
    main()
