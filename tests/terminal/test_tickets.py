"""`genie solve` with a ticket's address or number for a task."""

import pytest

from tests.conftest import SCRIPT, Genie, git
from tests.doubles.ticket_server import TicketServer

ISSUE = {
    "title": "add subtracts",
    "body": "2 and 3 give -1.",
    "comments": 0,
    "html_url": "https://github.com/o/r/issues/7",
}


@pytest.mark.parametrize("ticket", ["https://github.com/o/r/issues/7", "#7"])
def test_a_ticket_is_read_and_solved(genie: Genie, ticket: str) -> None:
    git(genie.folder, "remote", "add", "origin", "git@github.com:o/r.git")
    table = {"/repos/o/r/issues/7": (200, {}, ISSUE), "/repos/o/r/issues/7/comments": (200, {}, [])}
    with TicketServer(table) as server:
        settings = genie.home / "settings.toml"
        host = f'[tickets."github.com"]\nkind = "github"\napi = "{server.url}"\ntoken_env = "MY_TOKEN"\n'
        settings.write_text(settings.read_text() + 'sandbox = "off"\n' + host)
        words = ("--verbose", "solve", ticket, "--json", "--model", genie.script(SCRIPT))
        done = genie(*words, MY_TOKEN="s3cret-t0ken")
        assert set(server.requests.values()) == {"Bearer s3cret-t0ken"}
    assert done.status == 0, done.err
    [given] = done.of("TaskGiven")
    assert given["text"] == "add subtracts\n\n2 and 3 give -1.\n\n(https://github.com/o/r/issues/7)"
    assert "s3cret" not in done.err
    for file in genie.home.rglob("*.*"):
        assert not file.is_file() or b"s3cret" not in file.read_bytes()


def test_a_ticket_that_cannot_be_read_begins_no_run(genie: Genie) -> None:
    done = genie("solve", "#7")
    assert done.status == 2
    assert "no remote named origin" in done.err
    assert not (genie.home / "runs").exists()
