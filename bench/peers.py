"""Others' tools that are measured beside Genie's, in an environment of their own: build/peers.

aider's repository map (what it shows its model of a project), its appliers of edits, unidiff, and hnswlib (a
graph over all vectors, as most tools keep them). Pinned in peers.lock; they are no part of Genie.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from watched import watched

HERE = Path(__file__).resolve().parent
LOCK = HERE / "peers.lock"
VENV = HERE.parent / "build" / "peers"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"


def peers_python() -> Path | None:
    """The environment's interpreter, installed if need be; None, and it is said why, where it can't be."""
    wanted = LOCK.read_text("utf-8")
    if STAMP.exists() and STAMP.read_text("utf-8") == wanted:
        return PYTHON
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # aider names Python 3.12 as its newest; what is used of it runs on later ones.
    pinned = ["--no-deps", "--require-hashes", "--ignore-requires-python", "-r", LOCK]
    for command in ([sys.executable, "-m", "venv", "--clear", VENV], [*pip, *pinned]):
        if subprocess.run(command, check=False, stdout=sys.stderr).returncode != 0:
            print("The peers can't be installed here and are left out.", file=sys.stderr)
            return None
    STAMP.write_text(wanted, "utf-8")
    return PYTHON


def repository_map(python: Path, root: Path) -> dict[str, Any]:
    """aider's map of a repository, from nothing and again: seconds of each, and the peak of memory in MB."""
    ran = watched([python, HERE / "repo_map.py", root], root, {})
    return json.loads(ran.output) | {"peak_rss_mb": round(ran.peak_mb, 1)}
