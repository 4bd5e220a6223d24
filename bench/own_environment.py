"""Virtual environments of their own for what is measured with and beside Genie, and is no part of it."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def python_of(folder: Path, lock: Path, options: Sequence[str] = ()) -> Path | None:
    """The interpreter of the environment in `folder` with what `lock` pins; None where pip can't install it.

    It is made anew when the lock has changed; `options` go to pip, whose words go to stderr.
    """
    python, stamp, wanted = folder / "bin" / "python", folder / "installed", lock.read_text("utf-8")
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return python
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pinned = ["--no-deps", "--require-hashes", *options, "-r", lock]
    for command in ([sys.executable, "-m", "venv", "--clear", folder], [*pip, *pinned]):
        if subprocess.run(command, check=False, stdout=sys.stderr).returncode != 0:
            return None
    stamp.write_text(wanted, "utf-8")
    return python
