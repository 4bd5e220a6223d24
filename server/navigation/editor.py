"""The editor's own providers: the user's language extensions are warm, and know their settings."""

from pathlib import Path
from typing import Protocol

from .places import Place, Read, Wish


class EditorProviders(Protocol):
    """The editor's side, which its face puts into effect by requests to the editor."""

    async def locate(self, root: Path, wish: Wish, place: Place, read: Read) -> tuple[Place, ...]:
        """Places in the folder `root`; none when the editor has no answer, or one about other texts.

        The editor sees the user's files, we ask about the private copy: `read` gives its texts, and an answer
        counts only if those that it is about are the same.
        """
        ...
