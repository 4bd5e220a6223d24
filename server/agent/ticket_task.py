"""A task that is given as a ticket's address or number."""

from pathlib import Path

from git import GitError, InvalidGitRepositoryError, Repo

from ..config import Settings
from ..tickets.place import is_ticket, place
from ..tickets.read import read_ticket, task_text
from .repositories import root_of


async def task_of(text: str, folder: Path, settings: Settings) -> str:
    """The text itself, or, where it is nothing but a ticket's address or number, what the ticket says.

    Raises UsageError or SetupError when the ticket can't be read.
    """
    if not is_ticket(text):
        return text
    return task_text(await read_ticket(place(text, _remote(folder), settings.tickets)))


def _remote(folder: Path) -> str:
    """The URL of the remote "origin"; "" where there is none."""
    try:
        with Repo(root_of(folder)) as repo:
            return next((one.url for one in repo.remotes if one.name == "origin"), "")
    except (InvalidGitRepositoryError, GitError, ValueError):
        return ""
