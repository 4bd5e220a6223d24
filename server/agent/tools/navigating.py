"""The tools that follow a name: to its definition, and to its uses."""

import asyncio
from dataclasses import dataclass

from ..codebase import Codebase
from ..desk import Desk
from ..events import Found
from ..navigation import Located, definitions, place_of, references
from .looking import told
from .tool import Observation, Tool, about, at_desk

MOST_USES = 50


@dataclass(frozen=True)
class GoToDefinition:
    """Arguments of go_to_definition."""

    name: str = about("A symbol, perhaps dotted: parse or Parser.parse.")
    path: str = about("The file it is used in, if known: then types and imports are followed.", default="")
    line: int = about("The line it is used on there, if known.", default=0)


@dataclass(frozen=True)
class FindReferences:
    """Arguments of find_references."""

    name: str = about("A symbol's name.")
    path: str = about("A file where it is defined or used: else same-named others are found too.", default="")
    line: int = about("The line it stands on there.", default=0)


async def go_to_definition(code: Codebase, wish: GoToDefinition) -> Observation:
    """Where a symbol is defined, whole, and who says so."""
    return _definition_told(code, wish, await _definition(code, wish))


async def go_to_definition_at_desk(desk: Desk, wish: GoToDefinition) -> Observation:
    """The same, as an event of the run."""
    located = await _definition(desk.codebase, wish)
    if located.spans:
        desk.run.record(Found(f"definition of {wish.name}", located.spans))
    return _definition_told(desk.codebase, wish, located)


async def find_references(code: Codebase, wish: FindReferences) -> Observation:
    """Where a symbol is used, and who says so. A name that is defined once needs no place."""
    place = place_of(code, wish.name, wish.path, wish.line)
    known = () if place else await asyncio.to_thread(code.index.definitions, wish.name)
    if len(known) == 1:
        place = place_of(code, wish.name, known[0].path, known[0].start)
    located = await references(code, wish.name, place)
    return _told(code, located, f"The index knows no use of {wish.name}.")


async def _definition(code: Codebase, wish: GoToDefinition) -> Located:
    place = place_of(code, wish.name, wish.path, wish.line)
    return await definitions(code, wish.name, place, wish.path)


def _definition_told(code: Codebase, wish: GoToDefinition, located: Located) -> Observation:
    return _told(code, located, f"The index knows no definition of {wish.name}.")


def _told(code: Codebase, located: Located, nothing: str) -> Observation:
    head = [located.words]
    if len(located.spans) > MOST_USES:
        head.append(f"{len(located.spans)} places; the first {MOST_USES} are shown.")
    if located.outside:
        places = ", ".join(f"{one.path}:{one.line}" for one in located.outside[:5])
        head.append(f"Outside of the repository: {places}.")
        nothing = ""
    more = {"source": located.source, "server_mb": located.server_mb}
    return told(code, located.spans[:MOST_USES], nothing, " ".join(head), more)


LOOKS = (
    Tool("go_to_definition", "Shows where a symbol is defined.", GoToDefinition, go_to_definition),
    Tool("find_references", "Shows where a symbol is used.", FindReferences, find_references),
)

TOOLS = tuple(at_desk(tool, {"go_to_definition": go_to_definition_at_desk}.get(tool.name)) for tool in LOOKS)
