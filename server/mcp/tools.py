"""The tools that are offered: those of the engineer's that only look, as they are."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from ..agent.codebase import Codebase
from ..agent.tools import LOOKS, Observation, take_arguments
from ..errors import WorkbenchError
from ..models.contract import Json
from ..workbench.files import within

OFFERED = {
    name: LOOKS[name]
    for name in ("search_code", "list_files", "open_file", "go_to_definition", "find_references")
}
"""Not search_text: a regular expression can take for ever, and every agent has a search of its own."""

LONGEST_TEXT = 40_000
"""Characters of an answer: some 10,000 tokens, which is where clients begin to warn or to cut."""


def listed() -> list[Json]:
    """The tools as `tools/list` has them."""
    return [
        {
            "name": tool.name,
            "description": tool.description,
            "inputSchema": dict(tool.spec.parameters),
            "annotations": {"readOnlyHint": True, "openWorldHint": False},
        }
        for tool in OFFERED.values()
    ]


def read_wish(name: str, arguments: dict[str, Json]) -> Any:
    """The arguments of a tool, as its dataclass. Raises ValueError with words for the model."""
    return take_arguments(OFFERED[name], arguments)


async def call(name: str, code: Codebase, wish: Any) -> Observation:
    """What a tool says, clipped. Raises WorkbenchError for a path outside of the repository."""
    seen = await OFFERED[name].run(code, _inside(code.repository, wish))
    return replace(seen, text=_clipped(seen.text))


def _inside(root: Path, wish: Any) -> Any:
    """A path may be absolute, as other agents like them; it is made relative."""
    if "path" not in {one.name for one in fields(wish)} or not wish.path:
        return wish
    path = Path(wish.path)
    if path.is_absolute():
        if not path.resolve().is_relative_to(root):
            raise WorkbenchError(f"{wish.path} lies outside of {root}, which is all that is served.")
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
