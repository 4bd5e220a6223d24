"""Tasks and outcomes to begin from."""

import json
from pathlib import Path
from typing import Any

from genie_engineer.evaluate.record import Outcome

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def gold(file: str = "a.py", **fields: Any) -> dict[str, Any]:
    return {"file": file, "is_test": False, "score_lines": [1], "functions": ["f"]} | fields


def task(**fields: Any) -> dict[str, Any]:
    """A line of a tasks' file, as it is given to us: with fields that we don't need."""
    return {
        "instance_id": "acme__shop-1",
        "repo": "acme/shop",
        "base_commit": COMMIT,
        "problem_statement": "It is broken.",
        "created_at": "2020-01-02T03:04:05Z",
        "patch": "--- a/a.py",
        "gold": [gold()],
    } | fields


def write(file: Path, *rows: dict[str, Any]) -> Path:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def outcome(name: str = "acme__shop-1", **fields: Any) -> Outcome:
    known: dict[str, Any] = {
        "repository": "acme/shop",
        "files": {"a.py": 1},
        "functions": {"a.py::f": 1},
        "lines": {"4000": 0.5, "8000": 0.5, "16000": 1.0, "32000": 1.0},
        "absent": 0,
        "search_ms": 10.0,
        "update_seconds": 0.1,
        "peak_mb": 50.0,
    }
    return Outcome(instance_id=name, **(known | fields))
