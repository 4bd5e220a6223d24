"""The tools, in one table: each is named, described and typed once, its schema made from its arguments."""

from . import discussing, looking, navigating, patching, planning, testing
from .tool import Observation, Tool, read_arguments

TOOLS: dict[str, Tool] = {
    tool.name: tool
    for room in (looking, navigating, planning, patching, testing, discussing)
    for tool in room.TOOLS
}
"""Every tool that a model may call, by name."""

__all__ = ["TOOLS", "Observation", "Tool", "read_arguments"]
