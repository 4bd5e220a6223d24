"""What Genie keeps on the disk, for the editor: listed, and cleaned."""

import asyncio

from ..agent.storage import KINDS, Item, bounded, clean, cleaned, items, standing, words
from ..config import Settings
from ..protocol.store import Cleaned, CleanStore, KeptItem, Store


async def list_store(settings: Settings) -> Store:
    """All that is kept; runs are one row, as the user removes them one by one."""
    kept = await asyncio.to_thread(items)
    runs = [item for item in kept if item.kind == "run"]
    rows = [
        KeptItem(KINDS[one.kind], one.name, words(one.bytes), _about(one))
        for one in kept
        if one.kind != "run"
    ]
    if runs:
        taken = words(sum(item.bytes for item in runs))
        rows.append(KeptItem(f"{len(runs)} runs", "", taken, "removed one by one, under Runs"))
    return Store(tuple(rows), bounded(kept, settings.store))


async def clean_store(wish: CleanStore) -> Cleaned:
    """Removes what nobody misses, or all that nothing uses."""
    return Cleaned(cleaned(await asyncio.to_thread(clean, wish.everything)))


def _about(item: Item) -> str:
    return " · ".join(filter(None, (item.about, standing(item))))
