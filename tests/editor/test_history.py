"""Runs as a whole over the wire: handed on, and deleted with what is known of them."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from .client import Refused, editor
from .conftest import OLD
from .turns import ASK, is_asking, solve


async def test_a_deleted_run_is_gone_from_the_list_and_from_the_lenses(
    home: Path, repository: Path, written_run: Callable[..., str]
) -> None:
    run = written_run({"calc.py": OLD.replace("1", "10")})
    async with editor(home, repository) as client:
        await client.request("genie/show", {"run": run})
        document = {"textDocument": {"uri": client.open(repository / "calc.py")}}
        assert await client.request("textDocument/codeLens", document)
        told = await client.request("genie/beforeDeleting", {"run": run})
        assert told["title"] == "Fix it"
        assert told["told"].startswith("its log and plan: ")
        await client.request("genie/deleteRun", {"run": run})
        assert await client.request("textDocument/codeLens", document) == []
        assert (await client.request("genie/runs", {"folder": str(repository)}))["runs"] == []
        for method in ("genie/show", "genie/beforeDeleting", "genie/deleteRun"):
            with pytest.raises(Refused, match="There is no run"):
                await client.request(method, {"run": run})
    assert (repository / "calc.py").read_text() == OLD


async def test_a_run_under_way_is_exported_and_not_deleted(
    home: Path, repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "script.json").write_text(json.dumps([ASK]))
    target = tmp_path / "run.zip"
    async with editor(home, repository) as client:
        run = await solve(client, repository, f"scripted:{tmp_path / 'script.json'}")
        await client.view(run, is_asking)
        for method in ("genie/beforeDeleting", "genie/deleteRun"):
            with pytest.raises(Refused, match="stop it first"):
                await client.request(method, {"run": run})
        for _ in range(2):
            made = await client.request("genie/exportRun", {"run": run, "path": str(target)})
        assert made["uri"] == target.as_uri()
        with pytest.raises(Refused, match="no absolute path"):
            await client.request("genie/exportRun", {"run": run, "path": "run.zip"})
    with zipfile.ZipFile(target) as archive:
        assert "> Which?" in archive.read("run/README.md").decode()
    assert (home / "runs" / run).is_dir()
