"""What Genie keeps, over the wire: listed in words, and cleaned."""

import shutil
from pathlib import Path

from .client import editor


async def test_what_is_kept_is_listed_and_cleaned(home: Path, repository: Path) -> None:
    gone = repository.with_name("gone")
    shutil.copytree(repository, gone)
    async with editor(home, gone) as client:
        await client.request("genie/findCode", {"folder": str(gone), "query": "add"})
    shutil.rmtree(gone)
    async with editor(home, repository) as client:
        before = await client.request("genie/store", {})
        done = await client.request("genie/cleanStore", {"everything": False})
        after = await client.request("genie/store", {})
    (row,) = [item for item in before["items"] if item["what"] == "index"]
    assert row["about"] == f"{gone} · can be cleaned"
    assert before["bound"].endswith("of 2.0 GB.")
    assert done["told"].startswith("Removed 1: ")
    assert [item for item in after["items"] if item["what"] == "index"] == []
