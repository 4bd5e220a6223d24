"""The engineer's tools that only look, lent to other agents: over MCP, and in VS Code."""

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from ..errors import UsageError, WorkbenchError
from ..models.contract import Json
from ..workbench.files import within
from .codebase import Codebase
from .tools import LOOKS, Observation, take_arguments

LENT = {
    name: LOOKS[name]
    for name in ("search_code", "list_files", "open_file", "go_to_definition", "find_references")
}
"""Not search_text: a regular expression can take for ever, and every agent has a search of its own."""

PATIENCE = 5.0
"""Seconds that an agent waits for the index; the first one of a large repository takes minutes."""

LONGEST_TEXT = 40_000
"""Characters of an answer: some 10,000 tokens, which is where agents begin to warn or to cut."""


def read_wish(name: str, arguments: Mapping[str, Json]) -> Any:
    """The arguments of a tool, as its dataclass. Raises UsageError with words for the model."""
    try:
        return take_arguments(LENT[name], arguments)
    except ValueError as error:
        raise UsageError(str(error)) from error


async def look(name: str, code: Codebase, wish: Any) -> Observation:
    """What a tool says, clipped. Raises WorkbenchError for a path outside of the repository."""
    seen = await LENT[name].run(code, _inside(code.repository, wish))
    return replace(seen, text=_clipped(seen.text))


def _inside(root: Path, wish: Any) -> Any:
    """A path may be absolute, as other agents like them; it is made relative."""
    if "path" not in {one.name for one in fields(wish)} or not wish.path:
        return wish
    path = Path(wish.path)
    if path.is_absolute():
        if not path.resolve().is_relative_to(root):
            raise WorkbenchError(f"{wish.path} lies outside of {root}, which is all that is shown.")
        wish = replace(wish, path=path.resolve().relative_to(root).as_posix())
    if wish.path not in (".", "./"):
        within(root, wish.path)
    return wish


def _clipped(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    kept = text[:LONGEST_TEXT].rpartition("\n")[0]
    left = text.count("\n", len(kept)) or 1
    return f"{kept}\n… {left:,} more lines are left out. Ask for fewer at a time."
