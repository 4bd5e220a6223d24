"""The database's tables, as numbered steps that are recorded in it.

A step is never edited once released. Where texts are cut or split into words in a new way, a new step deletes
from `files`, `blobs` and `segments`: the next update fills them anew.
"""

import sqlite3

STEPS = (
    """
    CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE blobs (
        id INTEGER PRIMARY KEY, hash BLOB NOT NULL, language TEXT NOT NULL,
        size INTEGER NOT NULL, text BLOB NOT NULL, UNIQUE (hash, language)
    );
    CREATE TABLE files (
        id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, stamp TEXT NOT NULL,
        blob INTEGER REFERENCES blobs (id)
    );
    CREATE INDEX files_of_blob ON files (blob);
    CREATE TABLE chunks (
        id INTEGER PRIMARY KEY, blob INTEGER NOT NULL REFERENCES blobs (id), start INTEGER NOT NULL,
        end INTEGER NOT NULL, symbol TEXT NOT NULL, kind TEXT NOT NULL, cost INTEGER NOT NULL
    );
    CREATE INDEX chunks_of_blob ON chunks (blob, start);
    CREATE TABLE symbols (
        id INTEGER PRIMARY KEY, blob INTEGER NOT NULL REFERENCES blobs (id), name TEXT NOT NULL,
        qualified TEXT NOT NULL, kind TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
        signature TEXT NOT NULL
    );
    CREATE INDEX symbols_by_name ON symbols (name);
    CREATE INDEX symbols_of_blob ON symbols (blob);
    CREATE VIRTUAL TABLE chunk_words USING fts5 (
        names, signature, docs, body, content = '', tokenize = "ascii tokenchars '_'"
    );
    CREATE VIRTUAL TABLE file_words USING fts5 (path, names, tokenize = "ascii tokenchars '_'");
    CREATE VIRTUAL TABLE chunk_terms USING fts5vocab (chunk_words, row);
    """,
    """
    DROP TABLE chunk_terms; DROP TABLE chunk_words; DROP TABLE file_words;
    DROP TABLE symbols; DROP TABLE chunks; DROP TABLE files; DROP TABLE blobs; DELETE FROM facts;
    CREATE TABLE segments (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, checksum INTEGER NOT NULL,
        postings INTEGER NOT NULL
    );
    CREATE TABLE blobs (
        id INTEGER PRIMARY KEY, hash BLOB NOT NULL, language TEXT NOT NULL, size INTEGER NOT NULL,
        text BLOB NOT NULL, segment INTEGER NOT NULL REFERENCES segments (id), place INTEGER NOT NULL,
        UNIQUE (hash, language)
    );
    CREATE INDEX blobs_of_segment ON blobs (segment, place);
    CREATE TABLE files (
        id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, stamp TEXT NOT NULL, words BLOB NOT NULL,
        blob INTEGER REFERENCES blobs (id)
    );
    CREATE INDEX files_of_blob ON files (blob);
    CREATE TABLE commits (hash TEXT PRIMARY KEY, message TEXT NOT NULL, paths TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE past (position INTEGER PRIMARY KEY, hash TEXT NOT NULL REFERENCES commits (hash));
    """,
    """
    CREATE TABLE documents (
        key BLOB PRIMARY KEY, blob INTEGER NOT NULL, start INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX documents_of_blob ON documents (blob);
    CREATE TRIGGER forget_documents AFTER DELETE ON blobs BEGIN
        DELETE FROM documents WHERE blob = old.id;
    END;
    """,
)


def migrate(connection: sqlite3.Connection) -> None:
    """Takes the steps that the database hasn't seen. Raises NewerDatabase when it knows more than we do."""
    connection.execute("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, at TEXT NOT NULL)")
    done = connection.execute("SELECT coalesce(max(number), 0) FROM migrations").fetchone()[0]
    if done > len(STEPS):
        raise NewerDatabase
    for number in range(done + 1, len(STEPS) + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE; {STEPS[number - 1]};"
            f"INSERT INTO migrations VALUES ({number}, datetime('now')); COMMIT;"
        )


class NewerDatabase(sqlite3.DatabaseError):
    """The database was written by a later version of Genie."""
