"""Updating, and what may befall the database: other processes, damage, full disks, other versions."""

import logging
import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import pytest

from genie_engineer.errors import SetupError
from genie_engineer.index import contents
from genie_engineer.index.index import Index, open_index

Write = Callable[[dict[str, str | bytes]], None]


def age(root: Path) -> None:
    """Makes all files look as old as files mostly are."""
    for file in root.rglob("*"):
        os.utime(file, ns=(10**18, 10**18))


def paths(index: Index, query: str) -> set[str]:
    return {span.path for span in index.search(query)}


def test_a_first_update_reads_everything(project: Path, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    with open_index(tmp_path / "a" / "b" / "index.db") as index:
        counts = index.update(project, progress=lambda done, all_: steps.append((done, all_)))
        assert (counts.files, counts.read, counts.unchanged, counts.notes) == (7, 6, 0, ())
        assert counts.chunks >= 8
        assert counts.symbols >= 9
        assert steps[-1] == (7, 7)
        assert index.files() == tuple(sorted(index.files()))
        assert "logo.png" in index.files()


def test_symbols_of_a_file_come_in_its_order(index: Index) -> None:
    found = [(each.qualified, each.kind, each.start, each.end) for each in index.symbols("src/shop/cart.py")]
    assert found[:2] == [("Cart", "class", 6, 17), ("Cart.__init__", "method", 9, 10)]
    assert ("merge_carts", "function", 20, 24) in found
    assert index.symbols("README.md") == index.symbols("nowhere.py") == ()


def test_a_second_update_opens_no_file(index: Index, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    age(project)
    monkeypatch.setattr(contents, "_TICK", -(10**30))
    index.update(project)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("a file was read"))
    counts = index.update(project)
    assert (counts.unchanged, counts.read, counts.known) == (7, 0, 0)


def test_a_file_changed_within_the_clocks_tick_is_seen(index: Index, project: Path, write: Write) -> None:
    write({"src/shop/prices.py": "def lower_price():\n    a = 1\n    b = 2\n    return a\n"})
    age(project)
    assert index.update(project).read == 1
    write({"src/shop/prices.py": "def upper_price():\n    a = 1\n    b = 2\n    return a\n"})
    age(project)
    index.update(project)
    assert index.definitions("upper_price")
    assert not index.definitions("lower_price")


def test_deleted_files_are_gone_and_known_on_return(index: Index, project: Path, write: Write) -> None:
    text = (project / "src/shop/cart.py").read_text()
    (project / "src/shop/cart.py").unlink()
    assert index.update(project).removed == 1
    assert not index.definitions("merge_carts")
    assert "src/shop/cart.py" not in paths(index, "merge_carts checkout")
    write({"src/shop/cart.py": text})
    assert (index.update(project).known, index.update(project).read) == (7 - 1, 0)
    assert index.definitions("merge_carts")


def test_a_moved_file_is_not_read_anew_and_found_under_its_new_path(index: Index, project: Path) -> None:
    (project / "src/shop/cart.py").rename(project / "src/shop/basket.py")
    counts = index.update(project)
    assert (counts.read, counts.removed) == (0, 1)
    assert index.search("merge_carts")[0].path == "src/shop/basket.py"


def test_the_same_content_twice_is_cut_once_and_shown_once(index: Index, project: Path, write: Write) -> None:
    write({"vendor/cart.py": (project / "src/shop/cart.py").read_text()})
    assert index.update(project).read == 0
    assert len([span for span in index.search("merge_carts") if "merge" in span.symbol]) == 1
    assert {span.path for span in index.definitions("merge_carts")} == {"src/shop/cart.py", "vendor/cart.py"}


def test_only_the_given_files_are_kept(index: Index, project: Path) -> None:
    assert index.update(project, ["src/shop/cart.py", "missing.py", "src"]).files == 1
    assert index.files() == ("src/shop/cart.py",)


def test_stamps_of_another_folder_prove_nothing(index: Index, project: Path, tmp_path: Path) -> None:
    age(project)
    index.update(project)
    other = tmp_path / "other"
    other.mkdir()
    (other / "empty.py").write_text("def only_here():\n    pass\n")
    index.update(other)
    assert index.files() == ("empty.py",)
    assert index.definitions("only_here")


def test_odd_files_are_kept_or_left_out_with_a_note(index: Index, project: Path, write: Write) -> None:
    with (project / "huge.py").open("wb") as file:
        file.truncate(50_000_000)
    os.mkfifo(project / "pipe.py")
    write(
        {
            "latin.py": "größe_der_kiste = 1\n".encode("latin-1"),
            "crlf.py": b"def windows_lines():\r\n    a = 1\r\n    b = 2\r\n    return a\r\n",
            "nul.py": b"needle_before = 1\n" + b"# comment\n" * 1000 + b"#\0\nneedle_after = 2\n",
            "data.json": b"[" + b"1234, " * 100_000 + b"]",
            "with space/größe.py": "def far_away(): pass\n",
        }
    )
    counts = index.update(project)
    assert sorted(note.partition(":")[0] for note in counts.notes) == ["data.json", "huge.py"]
    assert {"huge.py", "data.json"} <= set(index.files())
    for name, path in [
        ("größe_der_kiste", "latin.py"),
        ("windows_lines", "crlf.py"),
        ("needle_after", "nul.py"),
        ("far_away", "with space/größe.py"),
    ]:
        assert [span.path for span in index.definitions(name)] == [path]
        assert index.search(name)[0].path == path
    assert index.text(index.definitions("windows_lines")[0]).count("\r\n") == 4


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_noted(index: Index, project: Path) -> None:
    (project / "src/shop/cart.py").chmod(0)
    assert "can't be read" in index.update(project).notes[0]


@pytest.mark.parametrize("damage", [b"this is no database " * 300, b"SQLite format 3\0" + b"\xff" * 8000])
def test_a_damaged_database_is_put_aside_and_made_again(
    project: Path, tmp_path: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    database = tmp_path / "index.db"
    database.write_bytes(damage)
    with caplog.at_level(logging.WARNING), open_index(database) as index:
        index.update(project)
        assert index.definitions("merge_carts")
    assert "made again" in caplog.text
    assert (tmp_path / "index.db.damaged").read_bytes() == damage


def test_damage_met_while_searching_is_mended(
    project: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database = tmp_path / "index.db"
    with open_index(database) as index:
        index.update(project)
    with sqlite3.connect(database) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_files_1'"
        root = connection.execute(query).fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    with database.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    with caplog.at_level(logging.WARNING), open_index(database) as index:
        index.update(project)
        assert index.definitions("merge_carts")
    assert "made again" in caplog.text


@pytest.mark.parametrize("harm", ["cut", "altered", "gone"])
def test_a_damaged_segment_is_never_searched(
    project: Path, tmp_path: Path, harm: str, caplog: pytest.LogCaptureFixture
) -> None:
    database = tmp_path / "index.db"
    with open_index(database) as index:
        index.update(project)
    (segment,) = (tmp_path / "index.db.segments").iterdir()
    raw = bytearray(segment.read_bytes())
    raw[-40] ^= 1
    segment.write_bytes(raw[:-64] if harm == "cut" else raw)
    if harm == "gone":
        segment.unlink()
    with caplog.at_level(logging.WARNING), open_index(database) as index:
        assert index.search("merge_carts") == ()
        index.update(project)
        assert index.search("merge_carts")[0].symbol == "merge_carts"
    assert "made again" in caplog.text


def test_a_later_versions_database_is_put_aside(project: Path, tmp_path: Path) -> None:
    database = tmp_path / "index.db"
    with open_index(database) as index:
        index.update(project)
    connection = sqlite3.connect(database)
    connection.execute("INSERT INTO migrations VALUES (999, '')")
    connection.commit()
    connection.close()
    with open_index(database) as index:
        assert index.files() == ()


def test_an_index_outlives_its_process(project: Path, tmp_path: Path) -> None:
    with open_index(tmp_path / "index.db") as index:
        index.update(project)
    with open_index(tmp_path / "index.db") as index:
        assert index.definitions("merge_carts")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="can't be opened"), open_index(tmp_path / "file" / "index.db"):
        pass


def test_a_full_disk_is_said_and_loses_nothing(index: Index, project: Path, write: Write) -> None:
    with index._store.writing() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    index._store._writer.execute(f"PRAGMA max_page_count = {pages}")
    write({f"new{number}.py": f"# {token_hex(20_000)}\n" for number in range(20)})
    with pytest.raises(SetupError, match="full"):
        index.update(project)
    assert index.definitions("merge_carts")


def _update_elsewhere(database: Path, project: Path) -> None:
    with open_index(database) as index:
        for _ in range(3):
            index.update(project)


def test_two_processes_may_update_and_search_at_once(index: Index, project: Path, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    other = context.Process(target=_update_elsewhere, args=(tmp_path / "cache" / "index.db", project))
    other.start()
    while other.is_alive():
        index.update(project)
        assert index.search("merge_carts")[0].symbol == "merge_carts"
    other.join()
    assert other.exitcode == 0
    assert len(index.definitions("merge_carts")) == 1


def test_a_search_from_another_thread_does_not_wait_for_an_update(index: Index) -> None:
    answers: list[int] = []
    with index._store.writing():
        thread = threading.Thread(target=lambda: answers.append(len(index.search("merge_carts"))))
        thread.start()
        thread.join(timeout=30)
    assert answers
    assert answers[0] > 0


def test_content_of_other_days_is_dropped_when_it_outweighs(
    index: Index, project: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("genie_engineer.index.compact._KEPT_DEAD_BYTES", 0)
    write({"old.py": "def of_old(): pass\n" * 1000})
    index.update(project)
    (project / "old.py").unlink()
    index.update(project)
    assert index.update(project).files == 7
    with index._store.reading() as connection:
        assert connection.execute("SELECT count(*) FROM blobs").fetchone()[0] == 6
    assert index.search("merge_carts")[0].symbol == "merge_carts"


def test_a_refresh_takes_in_a_few_files_and_leaves_the_others(
    index: Index, project: Path, write: Write
) -> None:
    write(
        {
            "src/shop/prices.py": "def net_price():\n    a = 1\n    return a\n",
            "src/new.py": "def brand_new(): pass\n",
        }
    )
    (project / "src/shop/cart.py").unlink()
    index.refresh(project, ["src/shop/prices.py", "src/new.py", "src/shop/cart.py"])
    assert index.search("net_price")[0].symbol == "net_price"
    assert index.definitions("brand_new")
    assert not index.definitions("merge_carts")
    assert not index.definitions("total_price")
    assert "README.md" in index.files()


def test_a_refresh_heeds_what_git_ignores(index: Index, project: Path, write: Write) -> None:
    subprocess.run(["git", "init", "-q", project], check=True)
    write(
        {".gitignore": "build*\n", "build/made.py": "def made(): pass\n", "build[1].py": "def odd(): pass\n"}
    )
    index.refresh(project, ["build/made.py", "build[1].py", ".gitignore"])
    assert not index.definitions("made")
    assert not index.definitions("odd")
    assert ".gitignore" in index.files()


def test_a_refresh_of_a_folder_means_all_that_was_in_it(index: Index, project: Path, write: Write) -> None:
    subprocess.run(["git", "init", "-q", project], check=True)
    write({"src/shop2/near.py": "def near_by(): pass\n", "src/new/inner.py": "def inner_one(): pass\n"})
    index.update(project)
    shutil.rmtree(project / "src" / "shop")
    (project / "src" / "new").rename(project / "src" / "newer")
    index.refresh(project, ["src/shop", "src/new", "src/newer"])
    assert [path for path in index.files() if path.startswith("src/")] == [
        "src/newer/inner.py",
        "src/shop2/near.py",
    ]
    assert index.definitions("inner_one")[0].path == "src/newer/inner.py"


def test_a_refresh_tells_what_the_index_holds(index: Index, project: Path, write: Write) -> None:
    write({"src/new.py": "def brand_new(): pass\n"})
    refreshed = index.refresh(project, ["src/new.py"])
    updated = index.update(project)
    assert (refreshed.files, refreshed.chunks) == (updated.files, updated.chunks) == (8, updated.chunks)
    assert refreshed.chunks > 0


def test_a_rebuilt_index_is_empty_until_everything_is_read_anew(index: Index, project: Path) -> None:
    index.rebuild()
    assert index.files() == index.search("merge_carts") == ()
    counts = index.update(project)
    assert (counts.files, counts.read, counts.known) == (7, 6, 0)
    assert index.search("merge_carts")[0].symbol == "merge_carts"


def test_programs_that_a_repositorys_settings_name_are_not_run(
    project: Path, tmp_path: Path, write: Write
) -> None:
    def git(*words: str, given: str = "") -> str:
        done = subprocess.run(["git", *words], cwd=project, input=given, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    trace, program = tmp_path / "trace", tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho run >> '{trace}'\n")
    program.chmod(0o755)
    git("init", "-q")
    git("add", ".")
    signed = "tree {}\nauthor n <e> 1 +0000\ncommitter n <e> 1 +0000\ngpgsig {}\n\nDoubles the prices\n"
    signature = "-----BEGIN PGP SIGNATURE-----\n \n AAAA\n -----END PGP SIGNATURE-----"
    text = signed.format(git("write-tree"), signature)
    git("update-ref", "HEAD", git("hash-object", "-t", "commit", "-w", "--stdin", given=text))
    git("config", "log.showSignature", "true")
    for setting in ("gpg.program", "core.fsmonitor", "core.pager", "diff.external"):
        git("config", setting, str(program))
    with open_index(tmp_path / "index.db") as index:
        index.update(project)
        index.refresh(project, ["src/shop/cart.py"])
        assert index._store._reader.execute("SELECT message FROM commits").fetchone() == (
            "Doubles the prices\n",
        )
    assert not trace.exists()
