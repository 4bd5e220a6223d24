"""`genie runs show` with numbers, and `genie runs branch`, as processes."""

import json

from tests.conftest import PATCH, SCRIPT, Genie


def test_a_run_is_gone_back_to_and_both_are_kept(genie: Genie) -> None:
    genie("solve", "add(2, 3) gives -1", "--json", "--model", genie.script(SCRIPT))
    (parent,) = [row["run"] for row in map(json.loads, genie("runs", "list", "--json").out.splitlines())]
    log = (genie.home / "runs" / parent / "events.jsonl").read_bytes()
    shown = genie("runs", "show", "last").out
    listed = genie("runs", "branch", "last").out
    (row,) = [line for line in listed.splitlines() if "before the first patch" in line]
    seq = row.split()[0]
    assert f"\n{int(seq) + 1:>4} I mend.\n" in shown
    assert f"\n{int(seq) + 2:>4} Change\n       diff --git" in shown
    assert "\n       → propose_patch\n" in shown
    other = {"calls": [{"name": "propose_patch", "arguments": {"patch": PATCH.replace("a + b", "b + a")}}]}
    model = genie.script([*SCRIPT[:2], other, SCRIPT[3]])
    done = genie("runs", "branch", "last", "--at", seq, "--say", "Write b + a.", "--json", "--model", model)
    assert done.status == 0, done.err
    assert done.of("Branched") == [{**done.of("Branched")[0], "run": parent, "seq": int(seq)}]
    assert done.of("PatchProposed")[-1]["changes"][0]["hunks"][0]["after"] == ["    return b + a\n"]
    assert (genie.home / "runs" / parent / "events.jsonl").read_bytes() == log
    rows = [json.loads(line) for line in genie("runs", "list", "--json").out.splitlines()]
    assert {row["run"]: row["branched"] and row["branched"]["run"] for row in rows} == {
        parent: None,
        done_run(rows, parent): parent,
    }
    assert f"↳ {parent} at {seq}" in genie("runs").out
    assert f"Branched from {parent} behind its event {seq}." in genie("runs", "show", "last").out


def done_run(rows: list[dict[str, str]], parent: str) -> str:
    return next(row["run"] for row in rows if row["run"] != parent)


def test_a_branch_may_rest_to_be_edited_first(genie: Genie) -> None:
    genie("solve", "add(2, 3) gives -1", "--json", "--model", genie.script(SCRIPT))
    made = genie("runs", "branch", "last", "--at", "2", "--rest", "--test", "python -m pytest -q tests")
    assert made.status == 0, made.err
    name = made.out.strip()
    assert genie("runs", "edit", name, "--task", "mul is right, add isn't").status == 0
    resumed = genie("runs", "resume", name, "--json", "--model", genie.script(SCRIPT))
    assert resumed.end["outcome"] == "solved"
    assert {one["command"] for one in resumed.of("TestsRan")} == {"python -m pytest -q tests"}
    wrong = genie("runs", "branch", name, "--at", "5000")
    assert wrong.status == 2
    assert "has the events 0 to" in wrong.err
