import json
from pathlib import Path

import pytest

from genie_engineer.workbench.report import Frame, TestOutcome
from genie_engineer.workbench.results import Results, read_results

END = {"kind": "end", "id": "t", "status": "passed", "message": "", "frames": [], "lines": {}}


def folded(file: Path, *lines: str) -> Results:
    file.write_text("\n".join(lines))
    return read_results(file, "cut")


def test_a_test_that_did_not_end_has_failed(tmp_path: Path) -> None:
    lines = [json.dumps({"kind": "start", "id": name}) for name in ("t", "u")]
    results = folded(tmp_path / "r", *lines, json.dumps(END))
    assert list(results.outcomes.values()) == [TestOutcome("t", "passed"), TestOutcome("u", "failed", "cut")]


def test_lines_and_frames_are_read(tmp_path: Path) -> None:
    failed = END | {
        "status": "failed",
        "message": "m",
        "frames": [["a.py", 3, "f"]],
        "lines": {"a.py": [2, 1]},
    }
    passing = {"kind": "passing", "lines": {"a.py": [[1, 2]]}}
    results = folded(tmp_path / "r", json.dumps(failed), json.dumps(passing), json.dumps(passing))
    assert results.outcomes["t"] == TestOutcome("t", "failed", "m", (Frame("a.py", 3, "f"),))
    assert (results.failing, results.passing) == ({"t": {"a.py": [2, 1]}}, {("a.py", 1): 4})


@pytest.mark.parametrize(
    "line",
    [
        *("", "torn {", "[]", "1", "{}", '{"kind": "end"}', '{"kind": "finish", "exit": "x"}', "[" * 100_000),
        *(json.dumps(END | {"status": "great"}), json.dumps(END | {"frames": [1]})),
        json.dumps(END | {"lines": {"a": "x"}}),
    ],
)
def test_nonsense_is_passed_over(tmp_path: Path, line: str) -> None:
    results = folded(tmp_path / "r", line, json.dumps(END | {"id": "after"}))
    assert "after" in results.outcomes


def test_what_is_no_file_of_ours_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(json.dumps(END))
    (tmp_path / "link").symlink_to("secret")
    for name in ("link", "missing", "."):
        assert read_results(tmp_path / name, "cut") == Results()
