"""What is kept on the disk is bounded: leftovers and idle caches go, and nothing that is used."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import SCRIPT, Genie

TASK = "add(2, 3) gives -1"


def bounded(genie: Genie, megabytes: int) -> None:
    settings = genie.home / "settings.toml"
    settings.write_text(f'[index]\nvectors = "off"\n[store]\nmegabytes = {megabytes}\n')


def rows(genie: Genie, kind: str) -> list[dict[str, object]]:
    found = [json.loads(line) for line in genie("store", "--json").out.splitlines()]
    return [row for row in found if row["kind"] == kind]


def solved(genie: Genie) -> None:
    done = genie("solve", TASK, "--json", "--model", genie.script(SCRIPT))
    assert done.status == 0, done.end


def test_it_tells_what_takes_how_much(genie: Genie) -> None:
    solved(genie)
    (index,), (run,), copies = rows(genie, "index"), rows(genie, "run"), rows(genie, "copy")
    assert (index["repository"], index["in_use"], index["stale"]) == (str(genie.folder), False, False)
    assert run["repository"] == str(genie.folder)
    assert copies == []
    folder = genie.home / "cache" / "index"
    assert index["bytes"] == sum(
        path.lstat().st_blocks * 512 for path in (*folder.iterdir(), *folder.glob("*/*"))
    )
    shown = genie("store").out
    assert "1 runs" in shown
    assert "of 2.0 GB" in shown


def test_the_index_of_a_repository_that_is_gone_is_cleaned_and_no_run(genie: Genie) -> None:
    solved(genie)
    assert genie("store", "clean").out.startswith("Removed 0")
    moved = genie.folder.rename(genie.folder.with_name("elsewhere"))
    there = Genie(genie.home, moved)
    assert there("store", "clean").out.startswith("Removed 1")
    assert list((genie.home / "cache" / "index").iterdir()) == []
    assert len(rows(there, "run")) == 1
    assert there("search", "add").status == 0
    assert there("store", "clean").out.startswith("Removed 0")
    assert there("store", "clean", "--all").out.startswith("Removed 1")
    assert there("search", "add").status == 0


@contextmanager
def under_way(genie: Genie, kind: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A run whose tests never end, from its first event of the kind on; it is killed at the end."""
    command = genie.command("solve", TASK, "--json", "--test", "sleep 1000", "--model", genie.script(SCRIPT))
    process = subprocess.Popen(
        command, cwd=genie.folder, env=genie.environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        while json.loads(process.stdout.readline())["kind"] != kind:
            pass
        yield process
    finally:
        process.kill()
        process.communicate()


def test_what_is_in_use_is_not_cleaned(genie: Genie) -> None:
    with under_way(genie, "PlanChanged"):
        (index,), (copy,), (run,) = (rows(genie, kind) for kind in ("index", "copy", "run"))
        assert [one["in_use"] for one in (index, copy, run)] == [True] * 3
        assert genie("store", "clean", "--all").out.startswith("Removed 0")
        refused = genie("runs", "delete", "last")
        assert (refused.status, "stop it first" in refused.err) == (2, True)
    assert genie("runs", "delete", "last").status == 0
    assert rows(genie, "run") == []


def test_the_next_start_of_anything_sweeps_what_a_killed_run_left(genie: Genie) -> None:
    copies = genie.home / "cache" / "workbenches"
    with under_way(genie, "PlanChanged"):
        genie("runs")
        assert len(list(copies.iterdir())) == 1
    assert len(list(copies.iterdir())) == 1
    genie("runs")
    assert list(copies.iterdir()) == []


def test_idle_indexes_make_room_for_a_copy(genie: Genie, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(genie.folder, other)
    solved(Genie(genie.home, other))
    (genie.folder / "big.bin").write_bytes(os.urandom(950_000))
    bounded(genie, 2)
    solved(genie)
    assert [row["repository"] for row in rows(genie, "index")] == [str(genie.folder)]


def test_a_copy_that_can_never_fit_is_refused_before_it_is_made(genie: Genie) -> None:
    (genie.folder / "big.bin").write_bytes(os.urandom(1_500_000))
    bounded(genie, 2)
    done = genie("solve", TASK, "--json", "--model", genie.script(SCRIPT))
    assert done.status != 0
    assert "would take 3.0 MB, and Genie's store may have 2.0 MB: set `megabytes`" in done.end["why"]
    assert not list((genie.home / "cache").glob("workbenches/*"))
