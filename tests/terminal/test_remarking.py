"""`genie runs comment` as a process: a remark on a finished run is answered when it goes on."""

import json

from tests.conftest import SCRIPT, Genie


def test_a_remark_is_kept_answered_and_settled(genie: Genie) -> None:
    genie("solve", "add(2, 3) gives -1", "--json", "--model", genie.script(SCRIPT))
    done = genie("runs", "comment", "last", "calc.py:2", "Why not b + a?")
    assert done.status == 0, done.err
    assert done.out.startswith("Kept in thread ")
    assert "genie runs resume" in done.out
    thread = done.out.split()[3].rstrip(".")
    reply = {"calls": [{"name": "reply", "arguments": {"thread": thread, "text": "It is the same."}}]}
    model = genie.script([*SCRIPT, reply, SCRIPT[3]])
    resumed = genie("runs", "resume", "last", "--json", "--model", model)
    assert resumed.status == 0, resumed.err
    assert [event["text"] for event in resumed.of("Replied")] == ["It is the same."]
    again = genie("runs", "comment", "last", thread, "Thanks", "--resolve")
    assert again.status == 0, again.err
    shown = genie("runs", "show", "last").out
    assert f"You on calc.py:2 ({thread}): Why not b + a?" in shown
    listed = shown[shown.index("Remarks") :].split("\n")[1:6]
    assert [line.strip() for line in listed] == [
        f"{thread}  settled   calc.py:2",
        "> return a + b",
        "You: Why not b + a?",
        "Genie: It is the same.",
        "You: Thanks",
    ]


def test_a_hunk_is_rejected_with_a_reason_that_the_model_reads(genie: Genie) -> None:
    genie("solve", "add(2, 3) gives -1", "--json", "--model", genie.script(SCRIPT))
    (line,) = [row for row in genie("runs", "show", "last").out.splitlines() if "  open  " in row]
    hunk = line.split()[0]
    done = genie("runs", "reject", "last", "--hunk", hunk, "--reason", "I like b + a")
    assert done.status == 0, done.err
    assert f"Rejected {hunk}." in done.out
    assert "rejected  calc.py:2  +1 -1  I like b + a" in genie("runs", "show", "last").out
    assert genie("runs", "reject", "last").status == 2
    resumed = genie("runs", "resume", "last", "--json", "--model", genie.script([*SCRIPT, SCRIPT[3]]))
    assert resumed.of("PatchProposed")[-1]["changes"] == []


def test_what_is_no_remark_changes_nothing(genie: Genie) -> None:
    genie("solve", "add(2, 3) gives -1", "--json", "--model", genie.script(SCRIPT))
    before = genie("runs", "show", "last", "--json").out
    for words, told in (
        (("calc.py:99", "x"), "calc.py has no line 99"),
        (("gone.py:1", "x"), "proposes no change of gone.py"),
        (("calc.py", "x"), "is no place in the repository"),
        (("calc.py:2",), "nothing in this remark"),
        (("calc.py:2", "x" * 20_000), "shorten it"),
        (("calc.py:2", "--resolve"), "There is no thread"),
    ):
        done = genie("runs", "comment", "last", *words)
        assert done.status == 2
        assert told in done.err
    assert genie("runs", "show", "last", "--json").out == before


def test_the_offline_engine_says_that_it_cannot_discuss(genie: Genie) -> None:
    genie("solve", "add(2, 3) gives -1", "--json")
    done = genie("runs", "comment", "last", "calc.py:2", "Why?", "--mine")
    assert "can't discuss code" in done.out
    assert "goes on with it" not in done.out
    kinds = [json.loads(line)["kind"] for line in genie("runs", "show", "last", "--json").out.splitlines()]
    assert kinds[-2:] == ["Commented", "Replied"]
