"""A run is handed on without secrets, and deleted with all that is its own."""

import json
import re
import subprocess
import zipfile
from pathlib import Path

from tests.conftest import PATCH, SCRIPT, Genie, git

KEY = "sk-proj-4f9Qx7LmZ2vBn8RtY1cK"
PAGE = "https://joe:hunter2@example.invalid/x"
TASK = f"add(2, 3) gives -1\n\n```\nAPI_KEY={KEY}\n```\nSee {PAGE} and `sesame-open`."


def solve(genie: Genie) -> Path:
    done = genie("solve", TASK, "--json", "--model", genie.script(SCRIPT))
    assert done.status == 0, done.end
    return next((genie.home / "runs").iterdir())


def test_an_exported_run_is_read_without_genie_and_has_no_secret(genie: Genie, tmp_path: Path) -> None:
    run = solve(genie)
    target = tmp_path / "out" / "for you"
    home = {"HOME": str(tmp_path), "VAULT_PASSWORD": "sesame-open"}
    done = genie("runs", "export", "last", "--to", str(target), **home)
    assert done.out.startswith(f"Exported to {target}. Struck out as secret: ")
    assert sorted(path.name for path in target.iterdir()) == [
        "README.md",
        "change.diff",
        "events.jsonl",
        "plan.md",
    ]
    whole = "".join(path.read_text() for path in target.iterdir())
    for secret in (KEY, "hunter2", "sesame-open", str(tmp_path)):
        assert secret not in whole
    story = (target / "README.md").read_text()
    assert story.startswith("# add(2, 3) gives -1\n")
    assert "- Repository: ~/a repo ☂ at " in story
    assert "**Solved.** 1 test that failed now passes" in story
    assert "- [ ] Mend add" in story
    assert "```diff\ndiff --git a/calc.py b/calc.py" in story
    assert "> I run the tests." in story
    assert "- tests/test_calc.py::test_add" in story
    assert re.search(r"`\d\d:\d\d:\d\d` Called `propose_patch`", story)
    assert PATCH.rstrip() in story
    records = [json.loads(line) for line in (target / "events.jsonl").read_text().splitlines()]
    kept = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    assert [one["kind"] for one in records] == [one["kind"] for one in kept]
    assert "API_KEY=[redacted]" in records[0]["text"]
    assert "https://[redacted]@example.invalid" in records[0]["text"]
    git(genie.folder, "apply", str(target / "change.diff"))
    assert "return a + b" in (genie.folder / "calc.py").read_text()


def test_one_file_by_default_and_nothing_is_overwritten(genie: Genie) -> None:
    name = solve(genie).name
    assert genie("runs", "export", "last").status == 0
    with zipfile.ZipFile(genie.folder / f"{name}.zip") as archive:
        assert f"{name}/README.md" in archive.namelist()
    again = genie("runs", "export", "last")
    assert (again.status, f"{name}.zip is there already" in again.err) == (2, True)
    (genie.folder / "occupied").write_text("mine")
    inside = genie("runs", "export", "last", "--to", "occupied/run")
    assert (inside.status, "can't be written" in inside.err) == (1, True)
    assert [
        path.name for path in genie.folder.iterdir() if path.name.startswith(".") and "draft" in path.name
    ] == []


def test_deleting_tells_what_goes_and_leaves_the_user_s_files(genie: Genie) -> None:
    patch = SCRIPT[2:]
    model = genie.script([SCRIPT[0], *patch, *patch])
    assert genie("solve", "add(2, 3) gives -1", "--json", "--model", model, "--candidates", "2").status == 0
    run = next((genie.home / "runs").iterdir())
    before = subprocess.run(
        ["git", "status", "--porcelain"], cwd=genie.folder, capture_output=True, check=True
    )
    done = genie("runs", "delete", "last")
    assert re.fullmatch(
        rf"Deleted {run.name}: its log and plan, 2 candidates: \d+(\.\d)? [kM]B\.\n", done.out
    ), done.out
    assert not run.exists()
    assert genie("runs", "list", "--json").out == ""
    after = subprocess.run(
        ["git", "status", "--porcelain"], cwd=genie.folder, capture_output=True, check=True
    )
    assert after.stdout == before.stdout
    assert genie("runs", "delete", run.name).status == 2
