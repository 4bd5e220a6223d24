"""All that speaks for each chunk and file of a view, gathered for one task."""

from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .graph import kindred, seeds, used, users
from .history import History
from .match import CHANNELS, Matches, match
from .signals import Named, chunk_column, named
from .task import Task
from .view import DOCUMENT, FOREIGN, TEST, View

_ALL, _WHOLE, _NAMES = CHANNELS.index("all"), CHANNELS.index("whole"), CHANNELS.index("names")
_FILE, _DEFINES, _NAMED, _FRAME = 0.7, 0.5, 0.8, 0.8
_OTHER_FACTOR = 0.45
_LIKELIEST = 10


@dataclass(frozen=True, eq=False)
class Evidence:
    """Per chunk: `defines`, `definitions`, `dotted`, `used`, `users`, `chunk_guess`. Per file: `path_…`,
    `named_file`, `framed`, `alike`, `churn`, `together`, `file_guess`. A guess is a sum with weights set by
    hand, for choosing what is looked at closely.
    """

    view: View
    task: Task
    matches: Matches
    named: Named
    defines: Array
    definitions: Array
    titled: Array
    dotted: Array
    used: Array
    used_twice: Array
    tested: Array
    users: Array
    kindred: Array
    path_name: Array
    path_share: Array
    path_folders: Array
    path_title: Array
    named_file: Array
    stem_named: Array
    stem_titled: Array
    framed: Array
    alike: Array
    churn: Array
    together: Array
    chunk_guess: Array
    file_guess: Array


def gather(view: View, history: History, task: Task) -> Evidence:
    """Looks everything up."""
    matches = match(view, task.terms)
    known = named(view, task)
    defines, definitions = chunk_column(view, known.best), chunk_column(view, known.sum)
    dotted = chunk_column(view, known.dotted)
    named_file, stem_named, stem_titled, framed = _file_columns(view, known)
    standing = _standing(view, task)
    path_name, path_share, path_folders = _path_scores(view, _weighed(task, matches, title_only=False))
    path_title = _path_scores(view, _weighed(task, matches, title_only=True))[0]
    file_guess = standing * (
        scaled(matches.files[_ALL])
        + 0.5 * scaled(matches.files[_WHOLE])
        + scaled(view.by_file(matches.chunks[_ALL], np.maximum))
        + 0.6 * scaled(path_name)
        + 0.5 * view.by_file(np.minimum(definitions, 2), np.maximum)
        + _NAMED * named_file
        + 0.4 * stem_named
        + _FRAME * framed
    )
    chunk_guess = _chunk_guess(view, matches, definitions, file_guess, standing)
    first, weights = seeds(chunk_guess)
    used_once = used(view, first, weights)
    return Evidence(
        view, task, matches, known, defines, definitions, chunk_column(view, known.titled), dotted,
        used_once, used(view, *seeds(used_once)), used(view, *seeds(_of_tests(view, matches))),
        users(view, first, weights), kindred(view, first, weights),
        path_name, path_share, path_folders, path_title, named_file, stem_named, stem_titled, framed,
        history.alike(_times(task), len(view.paths)), history.churn(len(view.paths)),
        history.together(_firsts(file_guess)), chunk_guess, file_guess,
    )  # fmt: skip


def _times(task: Task) -> dict[int, float]:
    """How often the task says each stemmed part, the title doubly, dampened."""
    parts = (term for term in task.terms if not term.whole)
    return {term.number: term.telling * min(term.counts[0] + sum(term.counts), 6) ** 0.5 for term in parts}


def _firsts(guess: Array) -> Array:
    """The likeliest files' guesses; 0 for all others."""
    if len(guess) <= _LIKELIEST:
        return guess
    return np.where(guess >= np.partition(guess, -_LIKELIEST)[-_LIKELIEST], guess, 0)


def scaled(scores: Array) -> Array:
    """Shares of the highest; all 0 where nothing is above 0."""
    highest = float(scores.max(initial=0.0))
    return scores / highest if highest > 0 else scores


def _chunk_guess(
    view: View, matches: Matches, definitions: Array, file_guess: Array, standing: Array
) -> Array:
    own = (
        scaled(matches.chunks[_ALL])
        + 0.6 * scaled(matches.chunks[_WHOLE])
        + 0.4 * scaled(matches.chunks[_NAMES])
        + _DEFINES * np.minimum(definitions, 1.5)
    )
    where = np.where(view.live, view.file, 0)
    if not len(view.paths):
        return own
    return np.where(view.live, own * standing[where] + _FILE * scaled(file_guess)[where], 0).astype(
        np.float32
    )


def _standing(view: View, task: Task) -> Array:
    """Tests and documents repeat a task's words without being what it is about; nor is what others wrote."""
    factor = np.ones(len(view.paths), np.float32)
    if not task.about_tests:
        factor[(view.traits & TEST) > 0] *= _OTHER_FACTOR
    if not task.about_documents:
        factor[(view.traits & DOCUMENT) > 0] *= _OTHER_FACTOR
    factor[(view.traits & FOREIGN) > 0] *= _OTHER_FACTOR
    return factor


def _of_tests(view: View, matches: Matches) -> Array:
    """Keyword scores of chunks of tests and documents: what resembles a report shows what it is about."""
    other = (view.traits & (TEST | DOCUMENT)) > 0
    return np.where(
        view.live & other[np.maximum(view.file, 0)], matches.chunks[_ALL] + matches.chunks[_WHOLE], 0
    )


def _file_columns(view: View, known: Named) -> tuple[Array, Array, Array, Array]:
    framed = {
        file: max(1.0 if frame.depth < 0 else 1 / (1 + frame.depth) for frame in frames)
        for file, frames in known.frames.items()
    }
    found = np.zeros((4, len(view.paths)), np.float32)
    for row, values in zip(found, (known.files, known.stems, known.titled_stems, framed), strict=True):
        for file, value in values.items():
            row[file] = value
    return found[0], found[1], found[2], found[3]


def _weighed(task: Task, matches: Matches, title_only: bool) -> dict[int, float]:
    """Each stemmed part's weight: idf, times how often the task says it, dampened."""
    weights: dict[int, float] = {}
    for term in task.terms:
        times = term.counts[0] if title_only else sum(term.counts)
        if times and not term.whole and term.number in matches.idf:
            weights[term.number] = term.telling * matches.idf[term.number] * min(times, 3) ** 0.5
    return weights


def _path_scores(view: View, weights: dict[int, float]) -> tuple[Array, Array, Array]:
    """Per file: the weight of its own name's words, the share of them that the task has, the folders'."""
    nothing = np.zeros(len(view.paths), np.float32)
    if not weights or not len(view.path_words):
        return nothing, nothing, nothing
    known = np.array(sorted(weights), np.uint64)
    values = np.array([weights[int(term)] for term in known.tolist()] + [0.0], np.float32)
    at = np.minimum(np.searchsorted(known, view.path_words), len(known) - 1)
    found = np.where(known[at] == view.path_words, values[at], 0).astype(np.float32)
    starts = view.path_bounds[:-1]
    counts = view.path_words[starts].astype(np.int64)
    position = np.arange(len(found)) - np.repeat(starts, np.diff(view.path_bounds))
    own = (position > 0) & (position <= np.repeat(counts, np.diff(view.path_bounds)))
    names = np.add.reduceat(np.where(own, found, 0), starts)
    hits = np.add.reduceat(np.where(own & (found > 0), 1, 0), starts)
    folders = np.add.reduceat(np.where(own | (position == 0), 0, found), starts)
    return names, (hits / np.maximum(counts, 1)).astype(np.float32), folders
