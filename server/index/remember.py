"""Commits that led to the indexed state, noted in the database."""

from pathlib import Path

from ..errors import SetupError
from .git import git
from .store import Store

MOST_COMMITS = 3000
_MOST_PATHS = 60
_LONGEST_MESSAGE = 2000
_RECORD, _FIELD = "\x1e", "\x1f"


def remember(store: Store, where: Path, commit: str) -> None:
    """Notes the last 3,000 commits that led to `commit`, but for merges. Only unknown ones are read.

    Without a repository, or with one that git can't read, nothing is noted.
    """
    try:
        head = git(where, "rev-parse", "--verify", "--quiet", commit + "^{commit}").decode().strip()
        with store.reading() as connection:
            last = connection.execute("SELECT value FROM facts WHERE key = 'head'").fetchone()
            if last is not None and last[0] == head:
                return
            known = {hash_ for (hash_,) in connection.execute("SELECT hash FROM commits")}
        listed = git(where, "rev-list", "--no-merges", f"--max-count={MOST_COMMITS}", head).decode().split()
        rows = _read(where, [hash_ for hash_ in listed if hash_ not in known])
    except SetupError:
        head, listed, rows = "", [], []
    with store.writing() as connection:
        connection.executemany("INSERT OR IGNORE INTO commits VALUES (?, ?, ?)", rows)
        connection.execute("DELETE FROM past")
        connection.executemany("INSERT INTO past VALUES (?, ?)", enumerate(listed))
        connection.execute("INSERT OR REPLACE INTO facts VALUES ('head', ?)", (head,))


def _read(where: Path, hashes: list[str]) -> list[tuple[str, str, str]]:
    """Hash, message and paths (one a line) of each commit; paths are relative to the folder."""
    if not hashes:
        return []
    form = f"--format={_RECORD}%H{_FIELD}%B{_FIELD}"
    words = ("log", "--no-walk=unsorted", "--stdin", "--name-only", "--no-renames", "--relative", form)
    told = git(where, *words, given="\n".join(hashes).encode()).decode("utf-8", "replace")
    rows: list[tuple[str, str, str]] = []
    for record in told.split(_RECORD)[1:]:
        hash_, message, names = record.split(_FIELD, 2)
        paths = [name for name in names.split("\n") if name]
        rows.append(
            (hash_, message[:_LONGEST_MESSAGE], "\n".join(paths) if len(paths) <= _MOST_PATHS else "")
        )
    return rows
