"""The tools that only look, for other agents in the editor: on the files as the editor shows them."""

import asyncio
from pathlib import Path

from pygls.workspace import Workspace

from ..agent.codebase import LARGEST_FILE, Read, users_own
from ..agent.lending import LENT, PATIENCE, look, read_wish
from ..errors import UsageError
from ..protocol.lending import Look, Looked
from ..workbench.files import read_below
from .files import real, real_of_uri
from .indexes import Indexes
from .providers import Providers
from .wire import Server

UNFINISHED = "The index is being made: there may be more to find.\n\n"


class Lending:
    """Answers with the index, and where a name stands at a place with what the editor's extensions know."""

    def __init__(self, server: Server, indexes: Indexes) -> None:
        self._server, self._indexes = server, indexes
        self._providers = Providers(server)

    async def look(self, wish: Look) -> Looked:
        """What a tool says. Raises UsageError, SetupError, WorkbenchError."""
        if wish.tool not in LENT:
            raise UsageError(f"There is no tool {wish.tool!r}; there are {', '.join(LENT)}.")
        arguments = read_wish(wish.tool, wish.arguments)
        upkeep = await self._indexes.of(wish.folder)
        index = await asyncio.to_thread(upkeep.index)
        whole = await upkeep.settled(PATIENCE)
        read = _shown(self._server.workspace, upkeep.root)
        seen = await look(wish.tool, users_own(upkeep.root, index, read, self._providers), arguments)
        return Looked(seen.text if whole else UNFINISHED + seen.text, seen.ok)


def _shown(workspace: Workspace, root: Path) -> Read:
    """Reads unsaved text where there is some. It is looked up once, as this is called in threads."""
    unsaved = {real_of_uri(uri): document.source for uri, document in workspace.text_documents.items()}

    def read(path: str) -> bytes | None:
        text = unsaved.get(real(root / path))
        return read_below(root, path, LARGEST_FILE) if text is None else text.encode("utf-8", "replace")

    return read
