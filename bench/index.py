"""Measures the index on Python sources of this machine: `python bench/index.py [--lines N] [--memory SIZE]`.

The sources are the standard library's and the installed packages', copied with other identifiers until there
are N lines (2,000,000), in a folder that git lists. Beside the index, in the same run: a bare tree-sitter
parse of the same files by as many processes, `git grep`, aider's map of the repository, and for vectors one
hnswlib index over all of them (`bench/vectors.py`). Memory is the sum of the resident memory of all our
processes, sampled 20 times a second. With the embedding model at hand (`genie index --vectors` fetches it),
searches are timed with it too, and the first minute of embedding everything is measured. Ends in one line of
JSON.
"""

import argparse
import json
import math
import os
import re
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import tree_sitter_python
from peers import peers_python, repository_map
from tree_sitter import Language, Parser
from watched import Ran, watched

from genie_engineer.agent.indexing import open_repository_index
from genie_engineer.config import IndexSettings
from genie_engineer.index.bounds import bounds, megabytes
from genie_engineer.index.index import Index
from genie_engineer.index.spans import Span
from genie_engineer.index.vectors.choose import chosen_model
from genie_engineer.processes import own_peak_bytes, resident_bytes

FIRST_SEARCH_LINES = 500_000
QUERIES = 60
IDENTIFIER = re.compile(rb"\b([a-z]\w{8,})\b")
DOCSTRING = re.compile(r'^\s+"""([A-Z][^"\n]{25,120})', re.MULTILINE)


def main() -> None:
    """The command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--vectors", type=int, default=200_000)
    parser.add_argument("--memory", default="512MB", help="what the index may take (512MB)")
    parser.add_argument("--search", type=Path, help=argparse.SUPPRESS)
    wish = parser.parse_args()
    settings = IndexSettings(memory_mb=megabytes(wish.memory))
    if wish.search:
        print(json.dumps(searched(wish.search, settings)))
        return
    with tempfile.TemporaryDirectory() as name:
        result = first_search(Path(name, "small"), min(FIRST_SEARCH_LINES, wish.lines))
        result |= whole(Path(name, "large"), wish.lines, wish.memory)
    print(json.dumps(result | vectors(wish.vectors)))


def corpus(root: Path, lines: int) -> int:
    """Writes sources below `root` until there are so many lines; returns how many there are."""
    root.mkdir()
    subprocess.run(["git", "init", "-q", root], check=True)
    written = 0
    for copy in range(1000):
        for place, file in enumerate(sources()):
            raw = file.read_bytes()
            if copy:
                raw = IDENTIFIER.sub(rb"\1_%d" % copy, raw)
            target = root / f"copy{copy}" / f"part{place // 200}" / f"{place}_{file.name}"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(raw)
            written += raw.count(b"\n")
            if written >= lines:
                return written
    return written


def sources() -> Iterator[Path]:
    """Python files of this interpreter and its packages, in the order of their paths."""
    places = sorted({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})
    seen: set[Path] = set()
    for place in places:
        for file in sorted(Path(place).rglob("*.py")):
            if file not in seen and file.stat().st_size < 500_000:
                seen.add(file)
                yield file


def run(home: Path, folder: Path, *words: str, most_seconds: float = math.inf) -> Ran:
    """Runs a `genie` command with a home of its own."""
    command = [sys.executable, "-m", "genie_engineer", *words]
    return watched(command, folder, {"GENIE_HOME": str(home)}, most_seconds)


def first_search(root: Path, lines: int) -> dict[str, Any]:
    """From nothing to the answer of one search, as a user waits for it."""
    written = corpus(root, lines)
    ran = run(root.with_name("small-home"), root, "search", "parse the header of a request", "--json")
    assert json.loads(ran.output)
    return {"first_search_lines": written, "first_search_s": round(ran.seconds, 2)}


def whole(root: Path, lines: int, memory: str) -> dict[str, Any]:
    """The index of everything, beside a bare parse; then searching it in another process, and embedding."""
    written = corpus(root, lines)
    files = [file for file in root.rglob("*.py") if file.is_file()]
    for file in files:
        os.utime(file, (1, 1))
    home = root.with_name("large-home")
    indexed = run(home, root, "index", "--memory", memory)
    bare, bare_cpu = parsed(files)
    again = run(home, root, "index", "--memory", memory)
    command = [sys.executable, __file__, "--search", root, "--memory", memory]
    environment = {**os.environ, "GENIE_HOME": str(home)}
    said = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=environment)
    grep = grepped(root)
    others = peers_python()
    mapped = repository_map(others, root) if others else None
    result = {
        "lines": written,
        "files": len(files),
        "index_s": round(indexed.seconds, 1),
        "index_cpu_s": round(indexed.cpu, 1),
        "parse_s": round(bare, 1),
        "parse_cpu_s": round(bare_cpu, 1),
        "index_over_parse": round(indexed.seconds / bare, 2),
        "index_cpu_over_parse_cpu": round(indexed.cpu / bare_cpu, 2),
        "index_again_s": round(again.seconds, 2),
        "disk_mb": sum(file.stat().st_size for file in home.rglob("*") if file.is_file()) >> 20,
        "git_grep_p50_ms": grep,
        "aider_map": mapped,
        **json.loads(said.stdout),
    }
    peaks = [indexed.peak_mb, again.peak_mb, result["search_peak_rss_mb"]]
    if "meaning_peak_rss_mb" in result:
        embedding = run(home, root, "index", "--memory", memory, "--vectors", most_seconds=60)
        peaks += [result["meaning_peak_rss_mb"], embedding.peak_mb]
        result["embedding_peak_rss_mb"] = round(embedding.peak_mb, 1)
    return result | {"memory": memory, "peak_rss_mb": round(max(peaks), 1)}


def parse(paths: list[Path]) -> float:
    """Parses files and nothing else; returns the CPU seconds."""
    parser = Parser(Language(tree_sitter_python.language()))
    started = time.process_time()
    for path in paths:
        parser.parse(path.read_bytes())
    return time.process_time() - started


def parsed(files: list[Path]) -> tuple[float, float]:
    """Wall and CPU seconds of parsing by as many processes as the index has workers."""
    workers = min(bounds().workers, os.cpu_count() or 1)
    started = time.perf_counter()
    with ProcessPoolExecutor(workers) as pool:
        cpu = sum(pool.map(parse, [files[number::workers] for number in range(workers)]))
    return time.perf_counter() - started, cpu


def searched(root: Path, settings: IndexSettings) -> dict[str, Any]:
    """Opens the index of a folder and searches by sentences of doc strings; runs in a process of its own."""
    started = time.perf_counter()
    with open_repository_index(root, replace(settings, vectors="off")) as index:
        index.search("parse the header of a request")
        opened = time.perf_counter() - started
        asked = queries(index)
        milliseconds = [timed(index, query) for query in asked]
        saved = saving(index, root)
    result = {
        "reopen_s": round(opened, 2),
        **spread("search", milliseconds),
        "saved_file_found_ms": round(saved, 1),
        "search_peak_rss_mb": round(own_peak_bytes() / 1e6, 1),
    }
    if not bounds(settings.memory_mb).vectors or chosen_model(settings.vectors) is None:
        return result
    with open_repository_index(root, settings) as index:
        first = [timed(index, query) for query in asked]
        warm = [timed(index, query) for query in asked]
        peak = resident_bytes()
    return result | {
        **spread("first_search_by_meaning", first),
        **spread("search_by_meaning", warm),
        "meaning_peak_rss_mb": round(peak / 1e6, 1),
    }


def spread(name: str, milliseconds: list[float]) -> dict[str, float]:
    return {
        f"{name}_p50_ms": round(statistics.median(milliseconds), 1),
        f"{name}_p95_ms": round(statistics.quantiles(milliseconds, n=20)[-1], 1),
    }


def queries(index: Index) -> list[str]:
    """Sentences of doc strings, from files all over the index."""
    found: list[str] = []
    for path in index.files()[:: max(1, len(index.files()) // (4 * QUERIES))]:
        for symbol in index.symbols(path)[:3]:
            text = index.text(Span(path, symbol.start, symbol.end))
            found += DOCSTRING.findall(text)[:1]
    return found[:QUERIES]


def timed(index: Index, query: str) -> float:
    started = time.perf_counter()
    index.search(query)
    return 1000 * (time.perf_counter() - started)


def saving(index: Index, root: Path) -> float:
    """Milliseconds from a saved file to a search that finds what was written."""
    target = root / index.files()[0]
    body = "".join(f"    value_{number} = {number}\n" for number in range(5))
    target.write_text(f"{target.read_text('utf-8', 'replace')}\n\ndef freshly_written_function():\n{body}")
    started = time.perf_counter()
    index.refresh(root, [index.files()[0]])
    assert index.search("freshly_written_function")[0].symbol == "freshly_written_function"
    return 1000 * (time.perf_counter() - started)


def grepped(root: Path) -> float:
    """Milliseconds of one plain word looked for by git, the median of five."""
    command = ["git", "grep", "-c", "--untracked", "header"]
    times: list[float] = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run(command, cwd=root, stdout=subprocess.DEVNULL, check=False)
        times.append(1000 * (time.perf_counter() - started))
    return round(statistics.median(times), 1)


def vectors(count: int) -> dict[str, Any]:
    """What bench/vectors.py says, with its names made clear."""
    command = [sys.executable, Path(__file__).with_name("vectors.py"), "--vectors", str(count)]
    said = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.splitlines()[-1])
    return {
        "vectors": said["vectors"],
        "vector_recall_at_10": said["vector_recall_at_10"],
        "vector_search_p50_ms": said["search_p50_ms"],
        "vector_peak_rss_mb": said["peak_rss_mb"],
        "hnswlib": said.get("hnswlib"),
    }


if __name__ == "__main__":
    main()
