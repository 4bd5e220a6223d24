"""Playbooks for the editor: listed, and begun from a template."""

import asyncio
from pathlib import Path

from ..agent.playbooks import applies, new_playbook, playbooks
from ..agent.repositories import locate
from ..errors import SetupError
from ..protocol.playbooks import NewPlaybook, PlaybookFile, PlaybookItem, Playbooks
from ..protocol.runs import Folder
from .files import folder_at


async def list_playbooks(wish: Folder) -> Playbooks:
    """The user's own and those of the repository around the folder; none outside of a repository."""
    try:
        root, _ = await asyncio.to_thread(locate, folder_at(wish.folder))
    except SetupError:
        return Playbooks(())
    found = await asyncio.to_thread(playbooks, root)
    return Playbooks(
        tuple(
            PlaybookItem(one.name, Path(root, one.path).as_uri(), one.origin, applies(one), one.problems)
            for one in found
        )
    )


async def make_playbook(wish: NewPlaybook) -> PlaybookFile:
    """Writes a template. Raises UsageError, SetupError."""
    root, _ = await asyncio.to_thread(locate, folder_at(wish.folder))
    return PlaybookFile(new_playbook(root, wish.name, wish.mine).as_uri())
