"""The system's packages that the tests need: installed through apt-get as root or sudo, else named.

python3 scripts/system.py     installs what is missing; exit status 1 if something still is

Runs on any Python 3, so that an old one can be told what it lacks.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PROGRAMS = {
    "git": ["git"],
    "bubblewrap": ["bwrap"],
    "chromium-headless-shell": ["chromium-headless-shell", "chromium"],
    "g++": ["g++"],
    "make": ["make"],
}
"""Debian's package, and the programs of which one must be there."""

NODE = 20


def main() -> int:
    """Returns the exit status."""
    lacking = missing()
    if lacking and not apt_install(lacking):
        print(f"Missing: {', '.join(lacking)}. Install them with: {apt_command(lacking)}", file=sys.stderr)
    node = node_version()
    if node < NODE or not shutil.which("npm"):
        found = f"Node {node}" if node else "none"
        print(f"Node {NODE} or newer with npm is needed; found {found}.", file=sys.stderr)
    return 1 if missing() or node < NODE or not shutil.which("npm") else 0


def missing() -> list[str]:
    """The packages of which no program is found."""
    return [package for package, names in PROGRAMS.items() if not any(map(shutil.which, names))]


def node_version() -> int:
    """The major version of the user's Node; 0 without one."""
    try:
        said = subprocess.run(["node", "--version"], stdout=subprocess.PIPE, check=False).stdout.decode()
        return int(said.lstrip("v").split(".")[0])
    except (OSError, ValueError):
        return 0


def apt_install(packages: list[str]) -> bool:
    """Installs Debian packages; False where we may not, or where it failed (apt-get has said why)."""
    rights = _rights()
    if rights is None or not shutil.which("apt-get"):
        return False
    print(f"Installing {', '.join(packages)} with apt-get.", flush=True)
    apt = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    # A machine whose package lists are recent needs no update; an outdated list fails to find the files.
    return _quietly(install) or (_quietly([*apt, "update"]) and _quietly(install, silent=False))


def apt_command(packages: list[str]) -> str:
    """What a user would type."""
    return f"sudo apt-get update && sudo apt-get install -y {' '.join(packages)}"


def _rights() -> list[str] | None:
    """What to put before a command that needs root; None where nothing would do."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _quietly(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def _quietly(command: list[str], silent: bool = True) -> bool:
    hidden = subprocess.DEVNULL if silent else None
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=hidden, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
