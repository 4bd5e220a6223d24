"""What names a ticket, and where it is then read, and with which token."""

import pytest

from genie_engineer.config import TicketHost
from genie_engineer.errors import UsageError
from genie_engineer.tickets.place import is_ticket, place

WORK = {
    "git.work.example": TicketHost("gitlab", token="t0ken"),
    "code.example": TicketHost("github", "http://127.0.0.1:1/", "CODE_TOKEN"),
}


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("https://github.com/o/r/issues/12", True),
        (" https://gitlab.com/a/b/c/-/issues/3\n", True),
        ("#12", True),
        ("12", True),
        ("owner/repo.js#7", True),
        ("Fix https://github.com/o/r/issues/12", False),
        ("add(2, 3) gives -1", False),
        ("#12 is back", False),
        ("", False),
    ],
)
def test_only_a_text_that_is_nothing_else_names_a_ticket(text: str, yes: bool) -> None:
    assert is_ticket(text) is yes


@pytest.mark.parametrize(
    ("text", "remote", "address"),
    [
        ("https://github.com/o/r/issues/12", "", "https://api.github.com/repos/o/r/issues/12"),
        ("https://github.com/o/r/pull/12/?x=1#c", "", "https://api.github.com/repos/o/r/issues/12"),
        ("https://me:secret@git.corp/o/r/issues/1", "", "https://git.corp/api/v3/repos/o/r/issues/1"),
        ("https://code.example/o/r/issues/1", "", "http://127.0.0.1:1/repos/o/r/issues/1"),
        (
            "https://gitlab.com/a/b/c/-/issues/3",
            "",
            "https://gitlab.com/api/v4/projects/a%2Fb%2Fc/issues/3",
        ),
        ("https://git.corp/a/b/-/work_items/3", "", "https://git.corp/api/v4/projects/a%2Fb/issues/3"),
        ("#5", "git@github.com:o/r.git", "https://api.github.com/repos/o/r/issues/5"),
        ("5", "https://token@github.com/o/r", "https://api.github.com/repos/o/r/issues/5"),
        ("p/q#5", "ssh://git@github.com:22/o/r.git", "https://api.github.com/repos/p/q/issues/5"),
        (
            "5",
            "git@git.work.example:a/b/c.git",
            "https://git.work.example/api/v4/projects/a%2Fb%2Fc/issues/5",
        ),
    ],
)
def test_where_a_ticket_is_read(text: str, remote: str, address: str) -> None:
    assert place(text, remote, WORK).address == address


@pytest.mark.parametrize(
    ("text", "remote", "why"),
    [
        ("https://example.com/o/r/wiki", "", "is not the address of an issue"),
        ("https://me:secret@example.com/x", "", r"^example\.com/x is not"),
        ("https://github.com/o/issues/1", "", "is not the address of an issue"),
        ("#5", "", "no remote named origin"),
        ("#5", "/srv/git/r.git", "no remote named origin"),
    ],
)
def test_what_names_none_is_said(text: str, remote: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        place(text, remote, WORK)


def test_a_token_goes_only_where_it_was_meant_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "of github")
    monkeypatch.setenv("CODE_TOKEN", "of code")
    tokens = {
        host: place(f"https://{host}/o/r/issues/1", "", WORK).token
        for host in ("github.com", "code.example", "github.com.evil.example", "evil.example")
    }
    assert tokens == {
        "github.com": "of github",
        "code.example": "of code",
        "github.com.evil.example": "",
        "evil.example": "",
    }
    assert place("https://git.work.example/o/r/-/issues/1", "", WORK).token == "t0ken"
    assert "t0ken" not in repr(WORK)
