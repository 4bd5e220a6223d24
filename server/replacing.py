"""A file that others read is written whole, or stays as it was."""

import os
import tempfile
from pathlib import Path


def replace_file(path: Path, data: bytes | None, mode: int) -> None:
    """Puts `data` in the place of the file at once (None: deletes it). Raises OSError."""
    if data is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".genie-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
