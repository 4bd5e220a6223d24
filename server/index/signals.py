"""What a task names outright: definitions, files and modules, lines of stack traces and links."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from .arrays import Array
from .task import Frame, Task
from .view import View, plain
from .words import whole

MOST_DEFINITIONS = 80
_MOST_FRAMES = 60
_MOST_ALIKE = 20
_SHORTEST_STEM = 3


@dataclass(frozen=True, eq=False)
class Named:
    """By chunk number: `best` and `sum` of its definitions' weights, `titled` the best of names in the title,
    `dotted` where the name before the dot fits too, `defines` the names. By file number: `files`, how surely
    its path or module is named; `stems`, how surely a word of the task is its name without extension, however
    that is written; `titled_stems`, the same for words of the title; `frames`.
    """

    best: dict[int, float] = field(default_factory=dict)
    sum: dict[int, float] = field(default_factory=dict)
    titled: dict[int, float] = field(default_factory=dict)
    dotted: dict[int, float] = field(default_factory=dict)
    defines: dict[int, list[str]] = field(default_factory=dict)
    files: dict[int, float] = field(default_factory=dict)
    stems: dict[int, float] = field(default_factory=dict)
    titled_stems: dict[int, float] = field(default_factory=dict)
    frames: dict[int, list[Frame]] = field(default_factory=dict)


def named(view: View, task: Task) -> Named:
    """Looks up what the task names."""
    found = Named()
    _definitions(view, task, found)
    finder = _Paths(view)
    for end in dict.fromkeys([*task.paths, *_modules(task)]):
        fits = finder.ending_with(end)
        for file in fits:
            found.files[file] = max(found.files.get(file, 0.0), len(fits) ** -0.5)
    for term in task.terms:
        if term.whole and len(term.shown) >= _SHORTEST_STEM:
            for file in (files := view.files_by_plain_stem.get(plain(term.shown), [])):
                found.stems[file] = max(found.stems.get(file, 0.0), len(files) ** -0.5)
                if term.counts[0]:
                    found.titled_stems[file] = max(found.titled_stems.get(file, 0.0), len(files) ** -0.5)
    for frame in task.frames[:_MOST_FRAMES]:
        for file in finder.ending_with(frame.path):
            found.frames.setdefault(file, []).append(frame)
    return found


def _definitions(view: View, task: Task, found: Named) -> None:
    """The rarer a name is defined, the heavier it weighs."""
    table = view.symbols
    parents: dict[str, set[int]] = {}
    for names in task.dotted:
        for before, name in pairwise(names):
            parents.setdefault(name, set()).add(whole(before))
    titled = {term.shown for term in task.terms if term.whole and term.counts[0]}
    for name in task.names:
        rows = table.named(whole(name))
        count = rows.stop - rows.start
        if not 0 < count <= MOST_DEFINITIONS:
            continue
        for chunk, parent in zip(table.chunk[rows].tolist(), table.parent[rows].tolist(), strict=True):
            weight = count**-0.5
            if parent in parents.get(name, ()):
                weight = 1.0
                found.dotted[chunk] = 1.0
            found.best[chunk] = max(found.best.get(chunk, 0.0), weight)
            if name in titled:
                found.titled[chunk] = max(found.titled.get(chunk, 0.0), weight)
            found.sum[chunk] = found.sum.get(chunk, 0.0) + weight
            found.defines.setdefault(chunk, []).append(name)


def _modules(task: Task) -> Iterable[str]:
    """Dotted names as paths, longest first: `a.b.c` may be the file a/b/c or a/b."""
    return ("/".join(names[:count]) for names in task.dotted for count in range(len(names), 1, -1))


class _Paths:
    """Finds files by the end of their path, with or without extension."""

    def __init__(self, view: View) -> None:
        self._view = view

    def ending_with(self, end: str) -> list[int]:
        """File numbers; a longer path is cut from the left until something fits, but to its name only where
        that has an extension. Nothing where over 20 files fit.
        """
        names = [name for name in end.split("/") if name not in ("", ".", "..")]
        if not names or len(names[-1]) < 2:
            return []
        files = self._with_name(names[-1])
        for at in range(len(names) if "." in names[-1] else 1):
            wanted = "/" + "/".join(names[at:])
            fits = [file for file in files if _ends(self._view.paths[file], wanted)]
            if fits and len(fits) <= _MOST_ALIKE:
                return fits
        return []

    def _with_name(self, name: str) -> list[int]:
        return self._view.files_by_name.get(name, [])


def _ends(path: str, wanted: str) -> bool:
    whole_path = "/" + path
    stem = whole_path.rpartition(".")[0] or whole_path
    package = stem.removesuffix("/__init__")
    return whole_path.endswith(wanted) or stem.endswith(wanted) or package.endswith(wanted)


def chunk_column(view: View, values: dict[int, float]) -> Array:
    """A value for each chunk, 0 where there is none."""
    column = np.zeros(len(view.file), np.float32)
    if values:
        column[np.fromiter(values.keys(), np.int64)] = np.fromiter(values.values(), np.float32)
    return column
