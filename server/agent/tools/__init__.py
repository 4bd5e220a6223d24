"""The tools, in one table: each is named, described and typed once, its schema made from its arguments."""

from ..codebase import Codebase
from ..desk import Desk
from . import discussing, looking, navigating, patching, planning, testing
from .tool import Observation, Tool, read_arguments, take_arguments

TOOLS: dict[str, Tool[Desk]] = {
    tool.name: tool
    for room in (looking, navigating, planning, patching, testing, discussing)
    for tool in room.TOOLS
}
"""Every tool that a model may call, by name."""

LOOKS: dict[str, Tool[Codebase]] = {tool.name: tool for room in (looking, navigating) for tool in room.LOOKS}
"""Those of them that only look, for whoever has no run."""

__all__ = ["LOOKS", "TOOLS", "Observation", "Tool", "read_arguments", "take_arguments"]
