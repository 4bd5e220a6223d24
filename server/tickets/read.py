"""Reading a ticket by its host's public HTTP API.

https://docs.github.com/en/rest/issues and https://docs.gitlab.com/api/issues, as of 2026.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx2

from ..errors import GenieError, SetupError, UsageError
from .place import Place

SECONDS = 20.0
MOST_BYTES = 4_000_000
"""Of one answer."""

MOST_COMMENTS = 100
LONGEST_TEXT = 40_000
"""Characters of a ticket's text; what comes first stays."""

_STILL = "Nothing is lost: try again, or paste the ticket's text."


@dataclass(frozen=True)
class Comment:
    """What somebody wrote below a ticket."""

    author: str
    text: str


@dataclass(frozen=True)
class Ticket:
    """An issue; `missing` says why there may be more comments than these, "" where there aren't."""

    url: str
    title: str
    body: str
    comments: tuple[Comment, ...]
    missing: str = ""


async def read_ticket(place: Place) -> Ticket:
    """The ticket with its comments. Raises UsageError (no such one) or SetupError (it can't be had now).

    Comments that can't be had are said to be missing.
    """
    async with _client(place) as line:
        issue = await _got(line, place, place.address)
        if not isinstance(issue, dict) or not isinstance(issue.get("title"), str):
            raise SetupError(f"What {place.name} says of {place} is no ticket. {_STILL}")
        kind = "comments" if place.host.kind == "github" else "notes"
        address = f"{place.address}/{kind}?per_page={MOST_COMMENTS}&sort=asc"
        try:
            listed, missing = await _got(line, place, address), ""
        except GenieError as error:
            listed, missing = [], f"The comments could not be read: {error}"
    comments = tuple(_comments(listed if isinstance(listed, list) else []))
    count = issue.get("comments") if place.host.kind == "github" else issue.get("user_notes_count")
    if not missing and isinstance(count, int) and count > len(comments) == MOST_COMMENTS:
        missing = f"The first {MOST_COMMENTS} of {count} comments."
    url = issue.get("html_url") or issue.get("web_url") or ""
    body = issue.get("body") or issue.get("description") or ""
    return Ticket(str(url), issue["title"].strip(), str(body).strip(), comments, missing)


def task_text(ticket: Ticket) -> str:
    """The ticket as the text of a task: its title, its body, its comments, where it is from."""
    parts = [ticket.title, ticket.body]
    parts += [f"{one.author} commented:\n{one.text}" for one in ticket.comments]
    parts += [ticket.missing]
    text = "\n\n".join(filter(None, parts)).replace("\r\n", "\n")
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT].rpartition("\n")[0] + "\n… The ticket is longer; the rest is left out."
    return f"{text}\n\n({ticket.url})"


def _client(place: Place) -> httpx2.AsyncClient:
    headers = {"Accept": "application/json", "User-Agent": "genie-engineer"}
    token = place.token
    if not (token.isascii() and (token.isprintable() or not token)):
        raise UsageError(f"The token for {place.name} holds characters that no token has: set it anew.")
    if token:
        headers["Authorization"] = f"Bearer {token}"  # Taken away by httpx where a redirect leads elsewhere.
    return httpx2.AsyncClient(headers=headers, timeout=SECONDS, follow_redirects=True, max_redirects=3)


async def _got(line: httpx2.AsyncClient, place: Place, address: str) -> object:
    try:
        async with line.stream("GET", address) as answer:
            data = b""
            async for piece in answer.aiter_bytes():
                data += piece
                if len(data) > MOST_BYTES:
                    raise SetupError(f"What {place.name} says of {place} is too long. {_STILL}")
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        why = str(error) or type(error).__name__
        raise SetupError(f"{place.name} can't be reached ({why}). {_STILL}") from error
    if answer.status_code != 200:
        raise _refusal(place, answer.status_code, answer.headers)
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SetupError(f"What {place.name} says of {place} is no ticket. {_STILL}") from error


def _refusal(place: Place, status: int, headers: Mapping[str, str]) -> GenieError:
    """What a status means: both hosts say 404 of what the asker may not see."""
    variable = place.host.token_env or "the setting tickets"
    if status in (404, 410):
        private = "" if place.token else f", or it is private: then put a token into {variable}"
        return UsageError(f"There is no ticket {place} that can be read{private}.")
    if status == 401:
        return UsageError(f"{place.name} refuses the token in {variable}. Set it anew.")
    if status == 429 or (status == 403 and headers.get("x-ratelimit-remaining") == "0"):
        more = "" if place.token else f" With a token in {variable} it allows more."
        return SetupError(f"{place.name} was asked too often; {_when(headers)}.{more} {_STILL}")
    if status == 403:
        return UsageError(f"{place.name} doesn't let you read {place}: look at the token in {variable}.")
    return SetupError(f"{place.name} answers with status {status}. {_STILL}")


def _when(headers: Mapping[str, str]) -> str:
    for name in ("x-ratelimit-reset", "ratelimit-reset"):
        if headers.get(name, "").isdigit():
            return f"it answers again at {datetime.fromtimestamp(int(headers[name]), UTC):%H:%M} UTC"
    if headers.get("retry-after", "").isdigit():
        return f"it answers again in {headers['retry-after']} s"
    return "wait for some minutes"


def _comments(listed: list[object]) -> list[Comment]:
    """Both hosts' forms; what GitLab itself notes (labels, mentions) is no comment."""
    found = []
    for one in listed:
        if isinstance(one, dict) and not one.get("system") and isinstance(one.get("body"), str):
            who = one.get("user") or one.get("author") or {}
            name = (who.get("login") or who.get("username") or "Somebody") if isinstance(who, dict) else ""
            found.append(Comment(str(name), one["body"].strip()))
    return found
