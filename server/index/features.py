"""Evidence as the columns that a ranking model reads; one row for each file, then one for each chunk."""

from collections.abc import Callable, Container

import numpy as np

from .arrays import Array
from .evidence import Evidence, scaled
from .match import CHANNELS
from .view import CODE, DOCUMENT, FOREIGN, MODULE, TEST
from .words import numbers

_ALL = CHANNELS.index("all")

_TRAITS = {"test": TEST, "document": DOCUMENT, "code": CODE, "foreign": FOREIGN}

Columns = dict[str, Array]


def file_features(known: Evidence, files: Array) -> Columns:
    """Columns for the files of these numbers, each as long as `files`."""
    view, task, matches = known.view, known.task, known.matches
    columns: Columns = {}
    for channel, name in enumerate(CHANNELS):
        columns[f"file_{name}"] = scaled(matches.files[channel])[files]
        columns[f"best_{name}"] = scaled(view.by_file(matches.chunks[channel], np.maximum))[files]
    columns["spread_all"] = scaled(np.sqrt(view.by_file(matches.chunks[_ALL] ** 2, np.add)))[files]
    columns["covered"] = matches.covered[files]
    for name in ("path_name", "path_folders", "path_title"):
        columns[name] = scaled(getattr(known, name))[files]
    columns["path_share"] = known.path_share[files]
    columns |= _gathered(known, lambda scores, gather: view.by_file(scores, gather)[files])
    columns["named_file"] = known.named_file[files]
    columns["stem_named"] = known.stem_named[files]
    columns["stem_titled"] = known.stem_titled[files]
    columns["framed"] = known.framed[files]
    columns["alike"] = scaled(known.alike)[files]
    columns["churn"] = known.churn[files]
    columns["together"] = scaled(known.together)[files]
    columns["guess"] = scaled(known.file_guess)[files]
    for name, trait in _TRAITS.items():
        columns[name] = ((view.traits[files] & trait) > 0).astype(np.float32)
    columns["length"] = np.log1p(view.file_length[view.owner[files]])
    columns["chunks"] = np.log1p(view.last[files] - view.first[files])
    columns["depth"] = np.array([view.paths[file].count("/") for file in files.tolist()], np.float32)
    columns["main_language"] = view.extension_share[files]
    return columns | _of_task(known, len(files), task.length)


def _gathered(known: Evidence, by_file: Callable[[Array, np.ufunc], Array]) -> Columns:
    return {
        "defines": by_file(known.defines, np.maximum),
        "definitions": np.minimum(by_file(known.definitions, np.add), 6),
        "titled": by_file(known.titled, np.maximum),
        "dotted": by_file(known.dotted, np.maximum),
        "used": by_file(scaled(known.used), np.maximum),
        "used_sum": by_file(known.used, np.add),
        "used_twice": by_file(scaled(known.used_twice), np.maximum),
        "tested": by_file(scaled(known.tested), np.maximum),
        "tested_sum": by_file(known.tested, np.add),
        "kindred": by_file(scaled(known.kindred), np.maximum),
        "users": by_file(scaled(known.users), np.maximum),
        "users_sum": by_file(known.users, np.add),
    }


def _of_task(known: Evidence, rows: int, length: int) -> Columns:
    """The same in every row: by them a tree can weigh the others."""
    task = known.task
    values = {
        "task_length": np.log1p(length),
        "task_names": np.log1p(len(task.names)),
        "task_frames": float(min(len(known.named.frames), 5)),
        "task_files": float(min(len(known.named.files), 5)),
        "task_about_tests": float(task.about_tests),
        "task_about_documents": float(task.about_documents),
        "repository_files": np.log1p(len(known.view.paths)),
    }
    return {name: np.full(rows, value, np.float32) for name, value in values.items()}


def chunk_features(known: Evidence, chunks: Array, files: Array, scores: Array, ranks: Array) -> Columns:
    """Columns for chunks, each in the file of the same row; with the score and rank (from 0) of that file."""
    view, matches = known.view, known.matches
    best = scores.max(initial=-np.inf)
    columns: Columns = {"file_score": scores, "file_gap": scores - best, "file_rank": 1 / (1 + ranks)}
    for channel, name in enumerate(CHANNELS):
        score = scaled(matches.chunks[channel])
        best = scaled(view.by_file(matches.chunks[channel], np.maximum))[files]
        columns[f"chunk_{name}"] = score[chunks]
        columns[f"in_file_{name}"] = score[chunks] / np.maximum(best, 1e-6)
    for name in ("defines", "definitions", "titled", "dotted"):
        columns[name] = getattr(known, name)[chunks]
    for name in ("used", "used_twice", "tested", "users", "kindred", "chunk_guess"):
        score = getattr(known, name)
        columns[name] = scaled(score)[chunks]
        columns[f"in_file_{name}"] = score[chunks] / np.maximum(view.by_file(score, np.maximum)[files], 1e-6)
    names = [view.symbol(chunk).rpartition(".") for chunk in chunks.tolist()]
    columns["framed"] = _framed(known, chunks, files, [name for *_, name in names])
    columns |= _name_shares(known, names)
    everything = scaled(matches.chunks[_ALL])
    columns["before"] = np.where(chunks > view.first[files], everything[np.maximum(chunks - 1, 0)], 0)
    after = np.minimum(chunks + 1, len(everything) - 1)
    columns["after"] = np.where(chunks + 1 < view.last[files], everything[after], 0)
    columns["kind"] = view.kind[chunks].astype(np.float32)
    columns["lines"] = np.log1p(view.end[chunks] - view.start[chunks])
    columns["cost"] = np.log1p(view.cost[chunks])
    columns["first"] = (chunks == view.first[files]).astype(np.float32)
    columns["module"] = (view.kind[chunks] == MODULE).astype(np.float32)
    columns["position"] = (chunks - view.first[files]) / np.maximum(view.last[files] - view.first[files], 1)
    columns["chunks_of_file"] = np.log1p(view.last[files] - view.first[files])
    for name, trait in _TRAITS.items():
        columns[name] = ((view.traits[files] & trait) > 0).astype(np.float32)
    columns["file_named"] = known.named_file[files]
    return columns | _of_task(known, len(chunks), known.task.length)


def _name_shares(known: Evidence, names: list[tuple[str, str, str]]) -> Columns:
    """How much of a chunk's own name, and of what it is in, the task and its title have."""
    said = {term.number: term.counts[0] > 0 for term in known.task.terms}
    titled = {number for number, in_title in said.items() if in_title}
    rows = [
        (*_share(name, said), _share(name, titled)[0], _share(around.rpartition(".")[2], said)[0])
        for around, _, name in names
    ]
    table_ = np.array(rows, np.float32).reshape(len(rows), 4)
    return dict(zip(("name_share", "name_hits", "name_titled", "parent_share"), table_.T, strict=True))


def _share(name: str, said: Container[int]) -> tuple[float, float]:
    """The share of a name's parts that are said, and how many."""
    parts = numbers(name)[1:]
    hits = sum(part in said for part in parts)
    return hits / max(1, len(parts)), float(hits)


def _framed(known: Evidence, chunks: Array, files: Array, names: list[str]) -> Array:
    """1 for the innermost frame's lines or function, less for those further out; links count as innermost."""
    view = known.view
    found = np.zeros(len(chunks), np.float32)
    for file, frames in known.named.frames.items():
        rows = np.flatnonzero(files == file)
        for frame in frames:
            inside = (view.start[chunks[rows]] <= frame.line) & (frame.line <= view.end[chunks[rows]])
            inside |= np.array([names[row] == frame.function != "" for row in rows.tolist()], bool)
            found[rows[inside]] = np.maximum(found[rows[inside]], 1 / (1 + max(frame.depth, 0)))
    return found


def table(columns: Columns) -> Array:
    """The columns side by side, float32 (rows × columns)."""
    return np.column_stack([column.astype(np.float32) for column in columns.values()])
