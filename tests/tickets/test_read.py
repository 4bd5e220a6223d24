"""Tickets from a double at the HTTP boundary: their text, and every way in which there is none."""

from typing import Any

import pytest

from genie_engineer.config import TicketHost
from genie_engineer.errors import GenieError, SetupError, UsageError
from genie_engineer.tickets.place import Place
from genie_engineer.tickets.read import LONGEST_TEXT, MOST_BYTES, read_ticket, task_text
from tests.doubles.ticket_server import Answer, TicketServer

ISSUE = {
    "title": " add is wrong ",
    "body": "It gives\r\n-1.",
    "comments": 2,
    "html_url": "https://github.com/o/r/issues/7",
}
SAID = [
    {"user": {"login": "ann"}, "body": "Here too."},
    {"user": None, "body": "And here."},
]


def github(server: TicketServer, token: str = "") -> Place:
    return Place("github.com", TicketHost("github", server.url, "NO_SUCH_VARIABLE", token), "o/r", 7)


def answers(issue: Any, said: Any = SAID, status: int = 200) -> dict[str, Answer]:
    return {"/repos/o/r/issues/7": (status, {}, issue), "/repos/o/r/issues/7/comments": (200, {}, said)}


async def test_an_issue_of_github_becomes_a_task() -> None:
    with TicketServer(answers(ISSUE)) as server:
        ticket = await read_ticket(github(server, "t0ken"))
        assert set(server.requests.values()) == {"Bearer t0ken"}
    assert task_text(ticket) == (
        "add is wrong\n\nIt gives\n-1.\n\nann commented:\nHere too.\n\nSomebody commented:\nAnd here.\n\n"
        "(https://github.com/o/r/issues/7)"
    )


async def test_an_issue_of_gitlab_becomes_a_task() -> None:
    issue = {"title": "add", "description": None, "user_notes_count": 1, "web_url": "https://gitlab.com/x"}
    notes = [
        {"author": {"username": "bot"}, "body": "added label", "system": True},
        {"author": {"username": "bob"}, "body": "It subtracts.", "system": False},
    ]
    table: dict[str, Answer] = {
        "/projects/a%2Fb%2Fc/issues/3": (200, {}, issue),
        "/projects/a%2Fb%2Fc/issues/3/notes": (200, {}, notes),
    }
    with TicketServer(table) as server:
        ticket = await read_ticket(Place("gitlab.com", TicketHost("gitlab", server.url), "a/b/c", 3))
        assert set(server.requests.values()) == {""}
    assert task_text(ticket) == "add\n\nbob commented:\nIt subtracts.\n\n(https://gitlab.com/x)"


async def test_what_is_too_long_is_clipped_and_said() -> None:
    many = [{"user": {"login": "ann"}, "body": "words " * 20}] * 100
    with TicketServer(answers(ISSUE | {"comments": 230}, many)) as server:
        assert (await read_ticket(github(server))).missing == "The first 100 of 230 comments."
    with TicketServer(answers(ISSUE | {"body": "A line of words.\n" * 4000})) as server:
        text = task_text(await read_ticket(github(server)))
    assert len(text) < LONGEST_TEXT + 200
    assert text.endswith("the rest is left out.\n\n(https://github.com/o/r/issues/7)")


async def test_comments_that_cannot_be_had_lose_no_ticket() -> None:
    table = answers(ISSUE) | {"/repos/o/r/issues/7/comments": (401, {}, {})}
    with TicketServer(table) as server:
        ticket = await read_ticket(github(server))
    assert (ticket.title, ticket.comments) == ("add is wrong", ())
    assert ticket.missing.startswith("The comments could not be read: github.com refuses")


LIMIT = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000000"}


@pytest.mark.parametrize(
    ("answer", "kind", "why"),
    [
        (
            (404, {}, {}),
            UsageError,
            "no ticket o/r#7 at github.com .* private: then put a token into NO_SUCH",
        ),
        ((410, {}, {}), UsageError, "There is no ticket"),
        ((401, {}, {}), UsageError, "refuses the token in NO_SUCH_VARIABLE"),
        ((403, {}, {}), UsageError, "doesn't let you read"),
        (
            (403, LIMIT, {}),
            SetupError,
            "too often; it answers again at 08:00 UTC. With a token .* Nothing is lost",
        ),
        ((429, {"retry-after": "60"}, {}), SetupError, "answers again in 60 s"),
        ((429, {}, {}), SetupError, "wait for some minutes"),
        ((502, {}, "<html>"), SetupError, "status 502"),
        ((200, {}, "<html>"), SetupError, "is no ticket"),
        ((200, {}, "[" * 100_000), SetupError, "is no ticket"),
        ((200, {}, [1]), SetupError, "is no ticket"),
        ((200, {}, {"title": None}), SetupError, "is no ticket"),
        ((200, {}, "x" * (MOST_BYTES + 1)), SetupError, "too long"),
        ((302, {"Location": "/repos/o/r/issues/7"}, ""), SetupError, "can't be reached .*redirect"),
    ],
)
async def test_why_there_is_no_ticket_is_said(answer: Answer, kind: type[GenieError], why: str) -> None:
    with TicketServer({"/repos/o/r/issues/7": answer}) as server, pytest.raises(kind, match=f"(?s){why}"):
        await read_ticket(github(server))


async def test_a_moved_ticket_is_followed_and_the_token_stays_with_its_host() -> None:
    with TicketServer(answers(ISSUE)) as new:
        moved = (301, {"Location": f"{new.url}/repos/o/r/issues/7"}, "")
        with TicketServer({"/repos/o/r/issues/7": moved}) as old:
            assert (await read_ticket(github(old, "t0ken"))).title == "add is wrong"
            assert old.requests["/repos/o/r/issues/7"] == "Bearer t0ken"
        assert new.requests["/repos/o/r/issues/7"] == ""


async def test_a_host_that_is_not_there_is_said() -> None:
    with TicketServer({}) as server:
        gone = github(server)
    with pytest.raises(SetupError, match=r"github.com can't be reached .* paste the ticket's text"):
        await read_ticket(gone)


async def test_a_garbled_token_is_not_sent() -> None:
    with TicketServer(answers(ISSUE)) as server:
        with pytest.raises(UsageError, match="characters that no token has"):
            await read_ticket(github(server, "t0ken\nx"))
        assert server.requests == {}
