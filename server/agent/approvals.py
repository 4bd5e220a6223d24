"""Commands that the user lets run without a sandbox for good, by repository and exact command line.

They lie in the user's data folder, each in a file of its own, so that two runs don't disturb each other.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import cattrs

from ..config import data_home
from ..errors import SetupError
from ..replacing import replace_file

ONCE = "Once"
ALWAYS = "Always for this command in this workspace"
NO = "Don't run"


@dataclass(frozen=True)
class Approved:
    """A command line that may always run in a private copy of `repository`, since `at` (UTC, RFC 3339)."""

    repository: str
    command: str
    at: str = ""


def approvals_home() -> Path:
    """Where they are kept."""
    return data_home() / "approvals"


def approved() -> list[Approved]:
    """All of them, by repository and command. A file that can't be read approves nothing."""
    found = [one for file in approvals_home().glob("*.json") if (one := _read(file))]
    return sorted(found, key=lambda one: (one.repository, one.command))


def is_approved(repository: str, command: str) -> bool:
    """Whether exactly this command is approved in this repository."""
    known = _read(_file(repository, command))
    return known is not None and (known.repository, known.command) == (repository, command)


def approve(repository: str, command: str) -> None:
    """Remembers it. Raises SetupError where it can't be written."""
    file = _file(repository, command)
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    text = json.dumps(asdict(Approved(repository, command, now)), indent=1)
    try:
        replace_file(file, text.encode(), 0o600)
    except OSError as error:
        raise SetupError(f"The approval can't be remembered in {file}: {error.strerror}.") from error


def revoke(gone: Iterable[Approved]) -> int:
    """From now on the user is asked again. Returns how many were there. Raises SetupError."""
    count = 0
    for one in gone:
        file = _file(one.repository, one.command)
        try:
            file.unlink()
            count += 1
        except FileNotFoundError:
            continue
        except OSError as error:
            raise SetupError(f"The approval in {file} can't be taken back: {error.strerror}.") from error
    return count


def _file(repository: str, command: str) -> Path:
    name = sha256(f"{repository}\0{command}".encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return approvals_home() / f"{name}.json"


def _read(file: Path) -> Approved | None:
    try:
        return cattrs.structure(json.loads(file.read_text("utf-8")), Approved)
    except (OSError, ValueError, KeyError, TypeError, cattrs.BaseValidationError):
        return None
