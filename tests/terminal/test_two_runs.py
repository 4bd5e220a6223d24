"""Two runs at once in one repository, and a user who goes on working there meanwhile."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import CALC, PATCH, SCRIPT, Genie, git

Fingerprint = Callable[[Path], dict[str, str]]

OTHER_PATCH = (
    "--- a/calc.py\n+++ b/calc.py\n@@ -5,2 +5,2 @@\n def mul(a, b):\n-    return a * b\n+    return b * a\n"
)
FINISH = SCRIPT[3]


def turns(patch: str, *before: dict[str, Any]) -> list[dict[str, Any]]:
    return [*before, {"calls": [{"name": "propose_patch", "arguments": {"patch": patch}}]}, FINISH]


def start(genie: Genie, name: str, script: list[dict[str, Any]], test: str) -> "subprocess.Popen[bytes]":
    path = genie.home / f"{name}.json"
    path.write_text(json.dumps(script))
    command = genie.command("solve", name, "--json", "--test", test, "--model", f"scripted:{path}")
    return subprocess.Popen(
        command,
        cwd=genie.folder,
        env=genie.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )


def end(process: "subprocess.Popen[bytes]") -> list[dict[str, Any]]:
    out, error = process.communicate(timeout=300)
    events = [json.loads(line) for line in out.splitlines()]
    assert events[-1]["kind"] == "Finished", error
    return events


def run_of(genie: Genie, name: str) -> str:
    (folder,) = (genie.home / "runs").glob(f"*-{name}-*")
    return folder.name


def test_both_finish_with_their_own_proposals_and_both_can_be_accepted(
    genie: Genie, fingerprint: Fingerprint
) -> None:
    before = fingerprint(genie.folder)
    test = "python3 -m pytest"
    both = [start(genie, "first", turns(PATCH), test), start(genie, "second", turns(OTHER_PATCH), test)]
    first, second = (end(process) for process in both)
    assert fingerprint(genie.folder) == before
    for events, line in ((first, "    return a + b\n"), (second, "    return b * a\n")):
        proposed = [event for event in events if event["kind"] == "PatchProposed"][-1]
        assert [h["after"] for change in proposed["changes"] for h in change["hunks"]] == [[line]]
    assert [events[-1]["outcome"] for events in (first, second)] == ["solved", "unsolved"]
    assert list((genie.home / "cache" / "workbenches").iterdir()) == []
    for name in ("first", "second"):
        assert genie("runs", "apply", run_of(genie, name)).status == 0
    assert (genie.folder / "calc.py").read_text() == CALC.replace("a - b", "a + b").replace("a * b", "b * a")
    assert genie("runs", "undo", run_of(genie, "first")).status == 0
    assert (genie.folder / "calc.py").read_text() == CALC.replace("a * b", "b * a")


def waits(process: "subprocess.Popen[bytes]") -> None:
    """Until the run's tests are under way."""
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["kind"] == "ModelSpoke":
            return


def test_accepted_committed_and_checked_out_while_the_other_works(genie: Genie) -> None:
    """The other run goes on in its copy; its proposal then finds its place, or says that it can't."""
    end(start(genie, "first", turns(PATCH), "true"))
    rival = PATCH.replace("+    return a + b", "+    return b + a")
    asks = {"calls": [{"name": "run_tests", "arguments": {}}]}
    second = start(genie, "second", turns(OTHER_PATCH, asks), "true")
    third = start(genie, "third", turns(rival, asks), "true")
    for process in (second, third):
        waits(process)
    assert genie("runs", "apply", run_of(genie, "first")).status == 0
    git(genie.folder, "add", "calc.py")
    git(genie.folder, "commit", "-qm", "mended")
    git(genie.folder, "checkout", "-q", "-b", "elsewhere")
    text = (genie.folder / "calc.py").read_text()
    (genie.folder / "calc.py").write_text("# mine\n" + text)
    for process in (second, third):
        rest, _ = process.communicate(timeout=300)
        assert json.loads(rest.splitlines()[-1])["kind"] == "Finished"
    assert genie("runs", "apply", run_of(genie, "second")).status == 0
    now = "# mine\n" + text.replace("a * b", "b * a")
    assert (genie.folder / "calc.py").read_text() == now
    refused = genie("runs", "apply", run_of(genie, "third"))
    assert refused.status == 1
    assert "were changed since" in refused.out
    assert (genie.folder / "calc.py").read_text() == now
