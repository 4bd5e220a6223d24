"""The tools that follow a name: to its definition, and to its uses."""

import asyncio
from dataclasses import dataclass

from ..desk import Desk
from ..events import Found
from ..navigation import Located, definitions, place_of, references
from .looking import told
from .tool import Observation, Tool, about

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


async def go_to_definition(desk: Desk, wish: GoToDefinition) -> Observation:
    """Where a symbol is defined, whole, and who says so."""
    place = place_of(desk, wish.name, wish.path, wish.line)
    located = await definitions(desk, wish.name, place, wish.path)
    if located.spans:
        desk.run.record(Found(f"definition of {wish.name}", located.spans))
    return _told(desk, located, f"The index knows no definition of {wish.name}.")


async def find_references(desk: Desk, wish: FindReferences) -> Observation:
    """Where a symbol is used, and who says so. A name that is defined once needs no place."""
    place = place_of(desk, wish.name, wish.path, wish.line)
    known = () if place else await asyncio.to_thread(desk.index.definitions, wish.name)
    if len(known) == 1:
        place = place_of(desk, wish.name, known[0].path, known[0].start)
    located = await references(desk, wish.name, place)
    return _told(desk, located, f"The index knows no use of {wish.name}.")


def _told(desk: Desk, located: Located, nothing: str) -> Observation:
    head = [located.words]
    if len(located.spans) > MOST_USES:
        head.append(f"{len(located.spans)} places; the first {MOST_USES} are shown.")
    if located.outside:
        places = ", ".join(f"{one.path}:{one.line}" for one in located.outside[:5])
        head.append(f"Outside of the repository: {places}.")
        nothing = ""
    more = {"source": located.source, "server_mb": located.server_mb}
    return told(desk, located.spans[:MOST_USES], nothing, " ".join(head), more)


TOOLS = (
    Tool("go_to_definition", "Shows where a symbol is defined.", GoToDefinition, go_to_definition),
    Tool("find_references", "Shows where a symbol is used.", FindReferences, find_references),
)
