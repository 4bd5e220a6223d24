"""Makes .venv and installs what the lock files pin, by hash, and this checkout in editable mode.

python3 scripts/install.py          to use Genie from the checkout, and for `make try`
python3 scripts/install.py --dev    with the tools of `make test`

A stamp makes it quick when nothing changed. Runs on any Python 3, so that an old one gets a clear answer.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from system import apt_command, apt_install

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
NEWEST = (3, 15)
LOCKS = ["requirements.lock", "requirements-checkout.lock"]


def main() -> int:
    """Returns the exit status: 2 where this machine lacks something that we can't add."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--dev", action="store_true")
    dev = parser.parse_args().dev
    if sys.version_info < OLDEST:
        return with_newer_python()
    locks = [*LOCKS, "requirements-dev.lock"] if dev else LOCKS
    stamp = VENV / ("installed-dev" if dev else "installed")
    wanted = fingerprint(locks)
    if PYTHON.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return 0
    if not make_venv():
        return 2
    install(locks)
    fetch_model()
    stamp.write_text(wanted, "utf-8")
    if dev:
        (VENV / "installed").write_text(fingerprint(LOCKS), "utf-8")
    return 0


def with_newer_python() -> int:
    """Starts again with a Python that is new enough, if there is one."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            os.execv(newer, [newer, *sys.argv])
    found = sys.version.split()[0]
    print(f"Genie needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this one is {found}.", file=sys.stderr)
    return 2


def fingerprint(locks: list[str]) -> str:
    """What the environment depends on: the pins, how we are built, the interpreter, and where we are."""
    files = [ROOT / name for name in [*locks, "pyproject.toml", "hatch_build.py"]]
    parts = [file.read_bytes() for file in files] + [sys.version.encode(), os.fsencode(ROOT)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def make_venv() -> bool:
    """A virtual environment of this Python, with pip; False, with the reason printed, if impossible."""
    if _same_python():
        return True
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if not apt_install([package]):
            print(
                f"This Python can't make virtual environments. Add what it lacks: {apt_command([package])}",
                file=sys.stderr,
            )
            return False
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
    return done.returncode == 0


def _same_python() -> bool:
    ask = "import sys, pip; print(sys.version)"
    try:
        said = subprocess.run([str(PYTHON), "-c", ask], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return said.returncode == 0 and said.stdout.strip() == sys.version.strip()


def install(locks: list[str]) -> None:
    """Ends the program with pip's own status if it fails; pip has then said why."""
    print("Installing Genie and its packages into .venv. The first time takes about a minute.", flush=True)
    pinned = [word for name in locks for word in ("-r", str(ROOT / name))]
    pip("--require-hashes", "--no-deps", *pinned)
    pip("--no-build-isolation", "--no-deps", "--editable", str(ROOT))


def fetch_model() -> None:
    """The model that searches by meaning; without it searches go by words and names."""
    subprocess.run([str(PYTHON), "-I", "-m", "genie_engineer.index.vectors.builtin"], check=False)


def pip(*words: str) -> None:
    """Runs the environment's own pip."""
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *words]
    done = subprocess.run(command, check=False)
    if done.returncode != 0:
        sys.exit(done.returncode)


if __name__ == "__main__":
    sys.exit(main())
