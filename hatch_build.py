"""Editable installs need `build/dev/genie_engineer` to lead to `server/`, the folder in the repository."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class EditableLink(BuildHookInterface):  # type: ignore[type-arg]
    """Makes the link (a junction on Windows) for editable installs and leaves other builds alone."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """`version` is hatchling's name for the kind of build: "editable" or "standard"."""
        link = Path(self.root, "build", "dev", "genie_engineer")
        if version != "editable" or link.is_symlink() or link.exists():
            return
        link.parent.mkdir(parents=True, exist_ok=True)
        if sys.platform == "win32":
            import _winapi

            _winapi.CreateJunction(str(Path(self.root, "server")), str(link))
        else:
            link.symlink_to("../../server", target_is_directory=True)
