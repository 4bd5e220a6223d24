"""Worker processes make what one process makes, die with their parent, and may be killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from genie_engineer.index import update
from genie_engineer.index.builders import builders
from genie_engineer.index.index import Index, open_index

CONTENT = (b"def one(): pass\n", "python")


def test_many_files_are_indexed_by_workers_as_by_one_process(
    index: Index, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update, "_BATCH_FILES", 2)
    with open_index(tmp_path / "other.db") as other:
        counts = other.update(project)
        assert (counts.files, counts.read) == (7, 6)
        assert len(list((tmp_path / "other.db.segments").iterdir())) >= 3
        for query in ("total price", "fetchWithRetry", "merge carts"):
            assert [span.symbol for span in other.search(query)] == [
                span.symbol for span in index.search(query)
            ]


def test_many_small_segments_are_merged(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update, "_BATCH_FILES", 1)
    for number in range(9):
        (project / f"part{number}.py").write_text(f"def part_number_{number}():\n    a = 1\n    return a\n")
    with open_index(tmp_path / "other.db") as other:
        other.update(project)
        with other._store.viewing() as view:
            assert len(view.segments) == 1
        assert [span.path for span in other.definitions("part_number_7")] == ["part7.py"]
        assert other.search("part_number_3")[0].path == "part3.py"


def test_a_killed_worker_costs_nothing(tmp_path: Path) -> None:
    with builders() as makers:
        makers.start()
        assert makers.submit([CONTENT], tmp_path / "first.segment")().postings > 0
        for child in psutil.Process().children():
            if "spawn_main" in " ".join(child.cmdline()):
                os.kill(child.pid, signal.SIGKILL)
        for name in ("a", "b"):
            assert makers.submit([CONTENT], tmp_path / f"{name}.segment")().postings > 0


OWNER = """
import sys, time
from pathlib import Path
from genie_engineer.index.builders import builders

if __name__ == "__main__":
    with builders() as makers:
        makers.start()
        makers.submit([(b"def one(): pass", "python")], Path(sys.argv[1]))()
        print("ready", flush=True)
        sys.stdin.read()
"""


def test_workers_die_with_their_parent(tmp_path: Path) -> None:
    script = tmp_path / "owner.py"
    script.write_text(OWNER)
    command = [sys.executable, str(script), str(tmp_path / "x.segment")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"ready\n"
        workers = psutil.Process(owner.pid).children(recursive=True)
        assert workers
        owner.kill()
        _, alive = psutil.wait_procs(workers, timeout=30)
        assert not alive
