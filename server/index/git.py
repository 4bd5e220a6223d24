"""Git asked for lists, without the programs that a repository's settings name and the caller's variables."""

import os
import subprocess
from pathlib import Path

from ..errors import SetupError

SECONDS = 120.0

MODEST = (
    *("-c", "core.packedGitWindowSize=1m"),
    *("-c", "core.packedGitLimit=16m"),
    *("-c", "core.deltaBaseCacheLimit=8m"),
)
"""Git's memory counts as ours, and by itself it maps whole packs and keeps 96 MB of what it unpacks."""


def git(where: Path, *words: str, given: bytes = b"") -> bytes:
    """What git prints for a work tree or a bare repository. Raises SetupError with git's own words."""
    command = [
        *("git", "-C", str(where), *MODEST),
        *("-c", "core.fsmonitor=false"),
        *("-c", "core.quotePath=false"),
        *("-c", "log.showSignature=false"),
        "--literal-pathspecs",
        *words,
    ]
    try:
        done = subprocess.run(
            command, env=environment(), input=given, capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SetupError(f"git can't be asked about {where}: {error}") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise SetupError(f"git can't tell about {where}: {said}")
    return done.stdout


def environment() -> dict[str, str]:
    """Ours without what would lead git to another repository; nothing is fetched for it."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return kept | {"GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"}
