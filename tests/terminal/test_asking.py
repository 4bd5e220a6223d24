"""Questions in a real terminal: choices, other words, stopping while one is open, and the same one again."""

import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.conftest import PATCH, Genie

ASK = {
    "calls": [
        {
            "name": "ask_user",
            "arguments": {"question": "Which sign?", "choices": ["+", "-"], "assume": "Plus."},
        },
        {"name": "ask_user", "arguments": {"question": "Why so?"}},
    ]
}
PROPOSE = {"calls": [{"name": "propose_patch", "arguments": {"patch": PATCH}}]}
FINISH = {"calls": [{"name": "finish", "arguments": {"outcome": "solved", "summary": "Done."}}]}


class Screen:
    """A process whose standard input is a terminal."""

    def __init__(self, process: subprocess.Popen[bytes], typing: int) -> None:
        self.process, self._typing, self.seen = process, typing, ""

    def until(self, words: str) -> None:
        assert self.process.stderr is not None
        while words not in self.seen:
            piece = os.read(self.process.stderr.fileno(), 4096).decode()
            assert piece, self.seen
            self.seen += piece

    def type(self, line: str) -> None:
        os.write(self._typing, f"{line}\n".encode())

    def end(self) -> str:
        out, _ = self.process.communicate(timeout=120)
        return out.decode()


@contextmanager
def terminal(genie: Genie, *words: str) -> Iterator[Screen]:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        genie.command(*words),
        cwd=genie.folder,
        env=genie.environment,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield Screen(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)


def test_a_question_is_answered_by_number_by_words_or_left(genie: Genie) -> None:
    model = genie.script([ASK, PROPOSE, FINISH])
    with terminal(genie, "solve", "add(2, 3) gives -1", "--model", model) as screen:
        screen.until(
            "Which sign? (1 of 2)\n  1  +\n  2  -\n(number or other words; empty: Decide for me: Plus.) > "
        )
        screen.type("")
        screen.until("Why so? (2 of 2)\n(your words; empty: Decide for me) > ")
        screen.type("since it adds")
        shown = screen.end()
    assert screen.process.returncode == 0
    assert "Which sign?\n  You: Decide for me" in shown
    assert "Why so?\n  You: since it adds" in shown
    assert "Assumed\n  Plus." in shown


def test_a_question_that_is_open_when_the_run_is_stopped_is_asked_again(genie: Genie) -> None:
    model = genie.script([ASK, PROPOSE, FINISH])
    with terminal(genie, "solve", "add(2, 3) gives -1", "--model", model) as screen:
        screen.until("Which sign?")
        screen.process.send_signal(signal.SIGINT)
        assert "genie runs resume" in screen.end()
        assert screen.process.returncode == 130
    with terminal(genie, "runs", "resume", "last", "--model", model) as screen:
        screen.until("Which sign?")
        screen.type("1")
        screen.until("Why so?")
        screen.process.kill()
        screen.end()
    with terminal(genie, "runs", "resume", "last", "--model", model) as screen:
        screen.until("Why so?")
        assert "Which sign?" not in screen.seen
        screen.type("so")
        screen.end()
    assert screen.process.returncode == 0
    log = genie("runs", "show", "last", "--json")
    assert [one["answer"] for one in log.of("Answered")] == ["+", "so"]
    assert len({one["id"] for one in log.of("Asked")}) == 2


def test_a_command_without_a_sandbox_is_shown_approved_listed_and_revoked(
    genie: Genie, no_bubblewrap: None
) -> None:
    command = "grep -q 'a + b' calc.py"
    words = ("solve", "add(2, 3) gives -1", "--model", genie.script([PROPOSE, FINISH]), "--test", command)
    refused = genie(*words, "--json")
    assert refused.status == 2
    assert f"Not run: {command}" in refused.end["why"]

    with terminal(genie, *words) as screen:
        screen.until(f"Run this without a sandbox?\n  $ {command}\n  in a private copy of {genie.folder}\n")
        screen.until("3  Don't run\n(number; empty: Don't run) > ")
        screen.type("2")
        assert "You: Always for this command in this workspace" in screen.end()
    assert screen.process.returncode == 0
    assert genie(*words, "--json").status == 0

    assert f"{command}\n  in {genie.folder}, since 20" in genie("approvals").out
    assert [one["command"] for one in genie("approvals", "--json").events] == [command]
    assert genie("approvals", "revoke", "grep").status == 2
    assert genie("approvals", "revoke", command).out == "Revoked 1: Genie asks again.\n"
    assert genie(*words, "--json").status == 2
