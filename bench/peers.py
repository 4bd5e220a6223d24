"""Others' tools that are measured beside Genie's, in an environment of their own: build/peers.

aider's repository map (what it shows its model of a project), its appliers of edits, unidiff, and hnswlib (a
graph over all vectors, as most tools keep them). Pinned in peers.lock; they are no part of Genie.
"""

import json
import sys
from pathlib import Path
from typing import Any

from own_environment import python_of
from watched import watched

HERE = Path(__file__).resolve().parent
LOCK = HERE / "peers.lock"
VENV = HERE.parent / "build" / "peers"


def peers_python() -> Path | None:
    """The environment's interpreter, installed if need be; None, and it is said why, where it can't be."""
    # aider names Python 3.12 as its newest; what is used of it runs on later ones.
    python = python_of(VENV, LOCK, ("--ignore-requires-python",))
    if python is None:
        print("The peers can't be installed here and are left out.", file=sys.stderr)
    return python


def repository_map(python: Path, root: Path) -> dict[str, Any]:
    """aider's map of a repository, from nothing and again: seconds of each, and the peak of memory in MB."""
    ran = watched([python, HERE / "repo_map.py", root], root, {})
    return json.loads(ran.output) | {"peak_rss_mb": round(ran.peak_mb, 1)}
