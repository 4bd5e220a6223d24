"""Which ticket a text names: by its address, or by its number in the repository's own host."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit

from ..config import TicketHost
from ..errors import UsageError

HOSTS = {
    "github.com": TicketHost("github", "https://api.github.com", "GITHUB_TOKEN"),
    "gitlab.com": TicketHost("gitlab", "https://gitlab.com/api/v4", "GITLAB_TOKEN"),
}

_PATHS = {
    "github": re.compile(r"/([\w.-]+/[\w.-]+)/(?:issues|pull)/(\d+)"),
    "gitlab": re.compile(r"/([\w.-]+(?:/[\w.-]+)+)/-/(?:issues|work_items)/(\d+)"),
}
_NUMBER = re.compile(r"(?:([\w.-]+(?:/[\w.-]+)+)#|#)?(\d{1,12})")
_SSH = re.compile(r"(?:[\w.-]+@)?([\w.-]+):(?!//)(.+)")


@dataclass(frozen=True)
class Place:
    """A ticket: `number` in `project` (as in its address) at `name`, which `host` tells how to ask."""

    name: str
    host: TicketHost
    project: str
    number: int

    @property
    def address(self) -> str:
        """Of what its API says of it."""
        if self.host.kind == "github":
            return f"{self.host.api}/repos/{self.project}/issues/{self.number}"
        return f"{self.host.api}/projects/{quote(self.project, safe='')}/issues/{self.number}"

    @property
    def token(self) -> str:
        """The user's token for this host, "" for none."""
        return self.host.token or os.environ.get(self.host.token_env, "").strip()

    def __str__(self) -> str:
        return f"{self.project}#{self.number} at {self.name}"


def is_ticket(text: str) -> bool:
    """Whether a task's text is nothing but the address or the number of a ticket."""
    text = text.strip()
    return bool(_NUMBER.fullmatch(text)) or bool(re.fullmatch(r"https?://\S+", text))


def place(text: str, remote: str, hosts: Mapping[str, TicketHost]) -> Place:
    """The ticket that `text` names. A number is one of the repository whose remote's URL is `remote`.

    `hosts` are the user's settings. Raises UsageError with what can be named.
    """
    text = text.strip()
    number = _NUMBER.fullmatch(text)
    if number is None:
        return _at_address(text, hosts)
    host, project = _of_remote(remote)
    if not host:
        raise UsageError(
            f"{text} names a ticket by its number, but the repository has no remote named origin that tells "
            "where tickets are. Give the ticket's address, or the task in words."
        )
    kind = "gitlab" if (HOSTS | dict(hosts)).get(host, HOSTS["github.com"]).kind == "gitlab" else "github"
    return Place(host, _host(host, kind, hosts), number[1] or project, int(number[2]))


def _at_address(text: str, hosts: Mapping[str, TicketHost]) -> Place:
    url = urlsplit(text)
    for kind, pattern in _PATHS.items():
        if found := pattern.fullmatch(url.path.rstrip("/")):
            name = url.netloc.rpartition("@")[2].lower()
            return Place(name, _host(name, kind, hosts), found[1], int(found[2]))
    raise UsageError(
        f"{url.netloc.rpartition('@')[2]}{url.path} is not the address of an issue on GitHub or GitLab. "
        "Give the task in words instead."
    )


def _host(name: str, kind: str, hosts: Mapping[str, TicketHost]) -> TicketHost:
    """How a host is asked. A token goes only where the user or we have named it for."""
    known = hosts.get(name) or HOSTS.get(name) or TicketHost("gitlab" if kind == "gitlab" else "github")
    usual = f"https://{name}/api/v4" if known.kind == "gitlab" else f"https://{name}/api/v3"
    api = known.api or (HOSTS[name].api if name in HOSTS else usual)
    return replace(known, api=api.rstrip("/"))


def _of_remote(remote: str) -> tuple[str, str]:
    """Host and project of a remote's URL, as git has them; "" for one that has none."""
    url = urlsplit(remote)
    if url.scheme in ("http", "https", "ssh", "git") and url.hostname:
        host, path = url.hostname, url.path
    elif found := _SSH.fullmatch(remote):
        host, path = found[1], found[2]
    else:
        return "", ""
    return host.lower(), path.strip("/").removesuffix(".git")
