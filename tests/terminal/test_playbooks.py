"""`genie playbooks` and `genie solve --playbook` as processes."""

import json

from tests.conftest import SCRIPT, Genie


def test_playbooks_are_begun_listed_and_followed(genie: Genie) -> None:
    assert "No playbooks yet" in genie("playbooks").out
    made = genie("playbooks", "new", "Sums", "--mine").out.strip()
    assert made == str(genie.home / "playbooks" / "sums.md")
    (genie.home / "playbooks" / "sums.md").write_text("---\nspeed: 9\n---\n# Steps\n- Look at the sign\n")
    (genie.folder / "AGENTS.md").write_text("Use tabs.")
    shown = genie("playbooks").out
    assert "sums  when you choose it" in shown
    assert "line 2: a playbook has no `speed`" in shown
    assert "AGENTS.md  always" in shown
    rows = json.loads(genie("playbooks", "--json").out)
    assert [(row["name"], row["origin"], row["steps"]) for row in rows] == [
        ("sums", "user", ["Look at the sign"]),
        ("AGENTS.md", "repository", []),
    ]
    done = genie("solve", "add(2, 3) gives -1", "--playbook", "sums", "--model", genie.script(SCRIPT))
    assert "Follows “AGENTS.md” (AGENTS.md): standing instructions." in done.out
    assert f"Follows “sums” ({made}): you chose it." in done.out
    assert "○ Look at the sign" in done.out
    wrong = genie("solve", "x", "--playbook", "nothing")
    assert wrong.status == 2
    assert "There is no playbook 'nothing'. There are: sums." in wrong.err


def test_the_offline_engine_solves_beside_the_steps_of_a_playbook(genie: Genie) -> None:
    (genie.home / "playbooks").mkdir()
    (genie.home / "playbooks" / "sums.md").write_text("---\nalways: true\n---\n# Steps\n- Look at the sign\n")
    done = genie("solve", "add(2, 3) gives -1", "--json")
    assert done.status == 0, done.err
    steps = done.of("PlanChanged")[-1]["steps"]
    assert "Look at the sign" in [step["text"] for step in steps]
    assert 'Your step "Look at the sign" is left' not in done.out
    assert any(step["state"] == "done" for step in steps)
