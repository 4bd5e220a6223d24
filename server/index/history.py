"""What git remembers: files that commits with similar messages touched, those often touched, and together."""

import sqlite3
from collections import Counter
from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .words import numbers, tokens

_HALF_LIFE = 300
_ALIKE = 40


@dataclass(frozen=True, eq=False)
class History:
    """Commits by number, the newest first. `term` (sorted) and `message`: which message has which word.
    `commit` and `file`: which commit touched which file of the view; `width`: how many files it touched.
    """

    commits: int
    term: Array
    message: Array
    commit: Array
    file: Array
    width: Array

    def alike(self, weights: dict[int, float], files: int) -> Array:
        """For each file, how like the words' are the messages of the commits that touched it: the 40 likest
        count, each by the share of the words' weight (idf among messages) that it has.
        """
        if not self.commits or not weights:
            return np.zeros(files, np.float32)
        score = np.zeros(self.commits, np.float32)
        for number, weight in weights.items():
            begin, end = (
                np.searchsorted(self.term, np.uint64(number)),
                np.searchsorted(self.term, np.uint64(number), "right"),
            )
            holding = int(end - begin)
            if 0 < holding < self.commits / 4 + 2:
                score[self.message[begin:end]] += weight * np.log(1 + self.commits / holding)
        if self.commits > _ALIKE:
            score[score < np.partition(score, -_ALIKE)[-_ALIKE]] = 0
        share = score[self.commit] / np.sqrt(self.width[self.commit])
        return np.bincount(self.file, share, files).astype(np.float32)

    def churn(self, files: int) -> Array:
        """For each file, log(1 + commits), a commit counting half for every 300 that came after it."""
        fresh = np.exp2(-self.commit / _HALF_LIFE)
        return np.log1p(np.bincount(self.file, fresh, files)).astype(np.float32)

    def together(self, weights: Array) -> Array:
        """For each file, the weights of the files that it was changed together with, a wide commit's less."""
        own = weights[self.file]
        share = np.bincount(self.commit, own, self.commits)[self.commit] - own
        return np.bincount(self.file, share / self.width[self.commit], len(weights)).astype(np.float32)


def read_history(connection: sqlite3.Connection, numbered: dict[str, int]) -> History:
    """The noted commits; `numbered` are the files of the view."""
    query = (
        "SELECT c.message, c.paths FROM past AS p JOIN commits AS c ON c.hash = p.hash ORDER BY p.position"
    )
    rows = connection.execute(query).fetchall()
    terms: list[int] = []
    lengths: list[int] = []
    commits: list[int] = []
    files: list[int] = []
    for position, (message, paths) in enumerate(rows):
        words = {number for token in tokens(message) for number in numbers(token)[1:]}
        terms += words
        lengths.append(len(words))
        touched = [numbered[path] for path in paths.split("\n") if path in numbered]
        files += touched
        commits += [position] * len(touched)
    term = np.array(terms, np.uint64)
    order = np.argsort(term, kind="stable")
    counts = Counter(commits)
    return History(
        commits=len(rows),
        term=term[order],
        message=np.repeat(np.arange(len(rows)), lengths)[order],
        commit=np.array(commits, np.int64),
        file=np.array(files, np.int64),
        width=np.array([max(1, counts[position]) for position in range(len(rows))], np.float32),
    )
