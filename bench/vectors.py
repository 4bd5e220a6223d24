"""Measures the store of vectors: `python bench/vectors.py [--vectors N] [--file F.npy] [--scan N]`.

N (200,000) vectors of 384 dimensions are added 1,000 at a time and searched one by one, in one process;
beside it, in a process of its own, the naive way: all of them in one hnswlib index (`bench/peers.py`).
Vectors are drawn from overlapping clusters of clusters, made about as hard to search as MiniLM's embeddings
of Python functions, or taken from a float32 file; 300 more, drawn alike, are the queries. Recall@10 is
against an exact scan of float32. Memory is the peak of the process's resident set, the interpreter included.
The last line is JSON.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
DIMENSIONS = 384
QUERIES = 300
NEAREST = 10
BLOCK = 1_000
LEVELS, BRANCHES, DECAY = 4, 12, 0.8
SPECTRUM, SPREAD = 0.55, 2.2


def drawn(count: int) -> Iterator[Floats]:
    """Blocks of vectors of length 1: a tree of centres, uneven in popularity, and noise of uneven width."""
    random = np.random.default_rng(0)
    strength = np.arange(1, DIMENSIONS + 1) ** -SPECTRUM
    strength = (strength / np.linalg.norm(strength)).astype(np.float32)
    centres = np.zeros((1, DIMENSIONS), np.float32)
    for level in range(LEVELS):
        offsets = random.standard_normal((len(centres) * BRANCHES, DIMENSIONS), np.float32)
        centres = np.repeat(centres, BRANCHES, axis=0) + offsets * strength * np.float32(DECAY**level)
    popular = random.permutation(random.zipf(1.4, len(centres)).clip(1, 1000))
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start)
        members = random.choice(len(centres), size, p=popular / popular.sum())
        width = random.uniform(0.2 * SPREAD, 1.4 * SPREAD, (size, 1)).astype(np.float32)
        block = centres[members] + random.standard_normal((size, DIMENSIONS), np.float32) * strength * width
        yield block / np.linalg.norm(block, axis=1, keepdims=True)


def write(target: Path, blocks: Iterator[Floats]) -> None:
    """The vectors one after another, as raw float32."""
    with target.open("wb") as out:
        for block in blocks:
            out.write(np.ascontiguousarray(block, "<f4").tobytes())


def read(source: Path, start: int, stop: int) -> Floats:
    """Rows of that file, read and not mapped."""
    count = (stop - start) * DIMENSIONS
    rows = np.fromfile(source, "<f4", count, offset=4 * DIMENSIONS * start)
    return rows.reshape(-1, DIMENSIONS)


def exact(source: Path, count: int) -> NDArray[np.int64]:
    """(queries, 10) the rows nearest to each query."""
    queries = read(source, count, count + QUERIES)
    scores = np.empty((QUERIES, 0), np.float32)
    rows = np.empty((QUERIES, 0), np.int64)
    for start in range(0, count, BLOCK):
        block = read(source, start, min(count, start + BLOCK))
        numbers = np.broadcast_to(np.arange(start, start + len(block)), (QUERIES, len(block)))
        scores = np.concatenate([scores, queries @ block.T], axis=1)
        rows = np.concatenate([rows, numbers], axis=1)
        best = np.argsort(-scores, axis=1)[:, :NEAREST]
        scores, rows = np.take_along_axis(scores, best, 1), np.take_along_axis(rows, best, 1)
    return rows


def ours(source: Path, count: int, scan: int, folder: Path) -> None:
    """Builds and searches the store; prints one line."""
    from genie_engineer.index.vectors.store import SCAN, open_vectors

    with open_vectors(folder, "bench", DIMENSIONS) as vectors:

        def add(start: int, block: Floats) -> None:
            vectors.add([(start + row).to_bytes(16, "big") for row in range(len(block))], block)

        def search(query: Floats) -> list[int]:
            return [int.from_bytes(key, "big") for key in vectors.search(query, NEAREST, scan or SCAN)[0]]

        measure(source, count, add, search)


def naive(source: Path, count: int, scan: int, folder: Path) -> None:
    """The same with one hnswlib index over everything, on one thread; `scan` has no meaning."""
    import hnswlib

    index = hnswlib.Index(space="ip", dim=DIMENSIONS)
    index.init_index(max_elements=count, ef_construction=200, M=16)
    index.set_num_threads(1)
    index.set_ef(128)

    def add(start: int, block: Floats) -> None:
        index.add_items(block, np.arange(start, start + len(block)))

    def search(query: Floats) -> list[int]:
        return [int(row) for row in index.knn_query(query, NEAREST)[0][0]]

    measure(source, count, add, search)
    folder.mkdir()
    index.save_index(str(folder / "index"))


def measure(
    source: Path, count: int, add: Callable[[int, Floats], None], search: Callable[[Floats], list[int]]
) -> None:
    """Runs in the process that is measured, and prints what it found as one line of JSON."""
    cpu = 0.0
    for start in range(0, count, BLOCK):
        block = read(source, start, min(count, start + BLOCK))
        started = time.process_time()
        add(start, block)
        cpu += time.process_time() - started
    built = peak_mb()
    found, milliseconds, searching = [], [], time.process_time()
    for query in read(source, count, count + QUERIES):
        started = time.perf_counter()
        found.append(search(query))
        milliseconds.append(1000 * (time.perf_counter() - started))
    searching = time.process_time() - searching
    said = {"build_cpu_s": round(cpu, 1), "build_peak_rss_mb": built, "peak_rss_mb": peak_mb()}
    said["search_p50_ms"] = round(statistics.median(milliseconds), 2)
    said["search_p95_ms"] = round(statistics.quantiles(milliseconds, n=20)[-1], 2)
    said["search_cpu_ms"] = round(1000 * searching / QUERIES, 2)
    print(json.dumps(said | {"found": found}))


def peak_mb() -> int:
    """The process's own peak: getrusage's begins with its parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def run(
    python: str | Path, way: str, source: Path, count: int, scan: int, truth: NDArray[np.int64]
) -> dict[str, Any]:
    """What one way says of itself, with its recall and its size on the disk."""
    folder = source.with_name(way)
    command = [python, __file__, "--way", way, "--source", str(source), "--folder", str(folder)]
    command += ["--vectors", str(count), "--scan", str(scan)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    hits = [len({*one} & {*other}) for one, other in zip(said.pop("found"), truth.tolist(), strict=True)]
    said["vector_recall_at_10"] = round(sum(hits) / NEAREST / QUERIES, 4)
    said["disk_mb"] = sum(file.stat().st_size for file in folder.iterdir()) >> 20
    print(way, json.dumps(said), file=sys.stderr, flush=True)
    return said


def main() -> None:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--vectors", type=int, default=200_000)
    parser.add_argument("--file", type=Path, help="float32 (n, 384) as .npy, instead of drawn vectors")
    parser.add_argument(
        "--scan", type=int, default=0, help="vectors of the nearest lists that are read (as in use)"
    )
    parser.add_argument("--way", choices=("ours", "naive"), help=argparse.SUPPRESS)
    parser.add_argument("--source", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.way:
        way = ours if chosen.way == "ours" else naive
        way(chosen.source, chosen.vectors, chosen.scan, chosen.folder)
        return
    from peers import peers_python

    with tempfile.TemporaryDirectory() as name:
        source, count = Path(name, "vectors"), chosen.vectors
        if chosen.file:
            given = np.load(chosen.file, mmap_mode="r")
            count = len(given) - QUERIES
            write(source, (given[start : start + BLOCK] for start in range(0, len(given), BLOCK)))
        else:
            write(source, drawn(count + QUERIES))
        truth = exact(source, count)
        result = {
            "vectors": count,
            "scan": chosen.scan,
            **run(sys.executable, "ours", source, count, chosen.scan, truth),
        }
        if others := peers_python():
            result["hnswlib"] = run(others, "naive", source, count, chosen.scan, truth)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
