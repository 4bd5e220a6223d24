"""What a crash, a full disk, another process and damage do to the vectors."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from genie_engineer.index.vectors.codes import Floats
from genie_engineer.index.vectors.store import Vectors, open_vectors

from .conftest import DIMENSIONS, clustered, key

BATCH = 20

WRITER = """
import sys
from pathlib import Path
import numpy as np
from genie_engineer.index.vectors.store import open_vectors

kept = np.load(sys.argv[2])
with open_vectors(Path(sys.argv[1]), "a model", kept.shape[1]) as vectors:
    for start in range(0, len(kept), 20):
        keys = [row.to_bytes(16, "big") for row in range(start, start + 20)]
        vectors.add(keys, kept[start : start + 20])
        print(start + 20, flush=True)
"""

ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from genie_engineer.errors import SetupError
from genie_engineer.index.vectors.store import open_vectors

kept = np.load(sys.argv[2])
with open_vectors(Path(sys.argv[1]), "a model", kept.shape[1]) as vectors:
    keys = [row.to_bytes(16, "big") for row in range(len(kept))]
    vectors.add(keys[:20], kept[:20])
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
    try:
        vectors.add(keys[20:], kept[20:])
    except SetupError as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(vectors.search(kept[7], 1)[0] == keys[7:8], vectors.count)
    vectors.add(keys, kept)
    print(vectors.count)
"""


def opened(folder: Path) -> Vectors:
    (file,) = folder.glob("*.db")
    return Vectors(file, DIMENSIONS)


def check_whole(vectors: Vectors, kept: Floats) -> int:
    """Whole batches, from the first on, each vector findable; returns how many vectors there are."""
    count = vectors.count
    assert count % BATCH == 0
    assert vectors.missing([key(row) for row in range(len(kept))]) == [
        key(row) for row in range(count, len(kept))
    ]
    for row in range(0, count, 3 * BATCH - 1):
        keys, scores = vectors.search(kept[row], count, scan=count - 1)
        assert keys[0] == key(row)
        assert np.allclose(scores[0], 1, atol=0.01)
    return count


def test_a_log_cut_anywhere(tmp_path: Path) -> None:
    kept = clustered(240)
    folder = tmp_path / "whole"
    with open_vectors(folder, "a model", DIMENSIONS) as vectors:
        for start in range(0, 240, BATCH):
            vectors.add([key(row) for row in range(start, start + BATCH)], kept[start : start + BATCH])
        shutil.copytree(folder, tmp_path / "copy")
    (log,) = (tmp_path / "copy").glob("*.db-wal")
    whole = log.read_bytes()
    counts = []
    for cut in range(0, len(whole), 2_053):  # A prime: all places of a frame are met.
        log.write_bytes(whole[:cut])
        shutil.copytree(tmp_path / "copy", tmp_path / "cut", dirs_exist_ok=True)
        for shared in (tmp_path / "cut").glob("*-shm"):
            shared.unlink()
        vectors = opened(tmp_path / "cut")
        counts.append(check_whole(vectors, kept))
        vectors.close()
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert 200 < counts[-1] <= 240
    assert not list((tmp_path / "cut").glob("*.damaged"))


@pytest.mark.parametrize("after", [1, 7, 30])
def test_a_killed_writer(tmp_path: Path, after: int) -> None:
    kept = clustered(4_000)
    np.save(tmp_path / "kept.npy", kept)
    command = [sys.executable, "-I", "-c", WRITER, str(tmp_path / "cache"), str(tmp_path / "kept.npy")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(after):
            said = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
    vectors = opened(tmp_path / "cache")
    assert check_whole(vectors, kept) >= said
    vectors.close()


def test_a_reader_beside_a_writer(tmp_path: Path) -> None:
    kept = clustered(2_000)
    np.save(tmp_path / "kept.npy", kept)
    command = [sys.executable, "-I", "-c", WRITER, str(tmp_path / "cache"), str(tmp_path / "kept.npy")]
    with (
        open_vectors(tmp_path / "cache", "a model", DIMENSIONS) as vectors,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer,
    ):
        assert writer.stdout is not None
        for line in writer.stdout:
            number = int(line)
            keys, _ = vectors.search(kept[number - 1], 1)
            assert keys == [key(number - 1)]
            assert vectors.count % BATCH == 0
        assert check_whole(vectors, kept) == 2_000


def test_two_writers(tmp_path: Path) -> None:
    kept = clustered(1_000)
    np.save(tmp_path / "kept.npy", kept)
    command = [sys.executable, "-I", "-c", WRITER, str(tmp_path / "cache"), str(tmp_path / "kept.npy")]
    writers = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [writer.wait() for writer in writers] == [0, 0]
    vectors = opened(tmp_path / "cache")
    assert check_whole(vectors, kept) == 1_000
    vectors.close()


def test_two_that_are_open_see_each_other(tmp_path: Path) -> None:
    kept = clustered(900)
    keys = [key(row) for row in range(900)]
    with (
        open_vectors(tmp_path, "a model", DIMENSIONS) as one,
        open_vectors(tmp_path, "a model", DIMENSIONS) as other,
    ):
        for start in range(0, 900, 300):
            other.remove([b"unknown" + bytes(9)])
            one.add(keys[start : start + 150], kept[start : start + 150])
            assert other.search(kept[start + 7], 1, scan=100)[1][0] > 0.99
            other.add(keys[start + 150 : start + 300], kept[start + 150 : start + 300])
            assert one.count == other.count == start + 300
        one.remove(keys[:400])
        assert other.missing(keys) == keys[:400]
        found, _ = other.search(kept[0], 900, scan=400)
        assert not {*found} & {*keys[:400]}


def test_a_full_disk(tmp_path: Path) -> None:
    np.save(tmp_path / "kept.npy", clustered(2_000))
    command = [
        sys.executable,
        "-I",
        "-c",
        ON_A_FULL_DISK,
        str(tmp_path / "cache"),
        str(tmp_path / "kept.npy"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    error, kept, count = done.stdout.splitlines()
    assert "Is there space on the disk" in error
    assert kept == "True 20"
    assert count == "2000"


def broken_head(file: Path) -> None:
    file.write_bytes(b"not a database at all" * 1000)


def broken_middle(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    file.write_bytes(data)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:9_000])


def newer(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def short_record(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("UPDATE vectors SET records = x'00' WHERE place = (SELECT min(place) FROM vectors)")
    connection.commit()
    connection.close()


def lost_table(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("DROP TABLE vectors")
    connection.close()


@pytest.mark.parametrize("damage", [broken_head, broken_middle, cut, newer, short_record, lost_table])
def test_a_damaged_file_is_put_aside(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    kept = clustered(300)
    with open_vectors(tmp_path, "a model", DIMENSIONS) as vectors:
        vectors.add([key(row) for row in range(300)], kept)
        file = vectors.path
    damage(file)
    with open_vectors(tmp_path, "a model", DIMENSIONS) as vectors:
        assert vectors.search(kept[0])[0] == []
        assert vectors.add([key(1)], kept[1:2]) == 1
        assert vectors.search(kept[1])[0] == [key(1)]
    assert file.with_name(file.name + ".damaged").exists()


def test_damage_beside_a_log(tmp_path: Path) -> None:
    kept = clustered(2_000)
    keys = [key(row) for row in range(2_000)]
    with open_vectors(tmp_path / "whole", "a model", DIMENSIONS) as vectors:
        vectors.add(keys[:1_999], kept[:1_999])
    with open_vectors(tmp_path / "whole", "a model", DIMENSIONS) as vectors:
        vectors.add(keys[1_999:], kept[1_999:])
        shutil.copytree(tmp_path / "whole", tmp_path / "copy")
    (file,) = (tmp_path / "copy").glob("*.db")
    assert file.with_name(file.name + "-wal").stat().st_size > 0
    file.write_bytes(b"\xa5" * file.stat().st_size)
    damaged = opened(tmp_path / "copy")
    assert damaged.search(kept[0], 2_000)[0] == []
    damaged.add(keys, kept)
    assert check_whole(damaged, kept) == 2_000
    damaged.close()


def test_a_file_deleted_under_our_feet(tmp_path: Path) -> None:
    kept = clustered(300)
    with open_vectors(tmp_path / "cache", "a model", DIMENSIONS) as vectors:
        vectors.add([key(row) for row in range(300)], kept)
        shutil.rmtree(tmp_path / "cache")
        assert vectors.search(kept[0])[0] == []
        vectors.add([key(5)], kept[5:6])
        with open_vectors(tmp_path / "cache", "a model", DIMENSIONS) as other:
            assert key(5) in other
