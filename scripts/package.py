"""Builds build/genie-engineer-X.Y.Z.vsix: the extension with the server's wheel and its pinned requirements.

Needs `npm ci` in extension/ and hatchling in .venv (or in the Python that runs this). VS Code shows pictures
of a README from https addresses alone: give the one below which docs/ can be had as the argument, or they are
left out. The last line printed is the file.
"""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTENSION = ROOT / "extension"
SERVER = EXTENSION / "server"
VENV = ROOT / ".venv" / "bin" / "python"
README = EXTENSION / "dist" / "README.md"
PICTURE = re.compile(r"!\[(.*)\]\(\.\./(docs/[\w.-]+)\)\n\n")
LARGEST = 5_000_000
"""Bytes: a user waits for it."""


def main() -> int:
    """Returns the exit status."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    manifest = json.loads((EXTENSION / "package.json").read_text("utf-8"))
    if manifest["version"] != version:
        print(f"package.json says {manifest['version']}, pyproject.toml {version}.", file=sys.stderr)
        return 1
    shutil.rmtree(SERVER, ignore_errors=True)
    SERVER.mkdir()
    python = str(VENV if VENV.exists() else sys.executable)
    run(ROOT, python, "-m", "hatchling", "build", "-t", "wheel", "-d", str(SERVER))
    shutil.copy(ROOT / "requirements.lock", SERVER)
    run(EXTENSION, "npm", "run", "--silent", "build")
    target = ROOT / "build" / f"genie-engineer-{version}.vsix"
    target.parent.mkdir(exist_ok=True)
    write_readme(*sys.argv[1:2])
    options = ("--no-dependencies", "--allow-missing-repository", "--no-rewrite-relative-links")
    readme = ("--readme-path", str(README.relative_to(EXTENSION)))
    run(EXTENSION, "node_modules/.bin/vsce", "package", *options, *readme, "--out", str(target))
    size = target.stat().st_size
    if size > LARGEST:
        print(f"{target} has {size:,} bytes, more than {LARGEST:,}.", file=sys.stderr)
        return 1
    print(target)
    return 0


def write_readme(address: str = "") -> None:
    """The extension's README with its pictures from below `address`, without one without them."""
    shown = rf"![\1]({address.rstrip('/')}/\2)\n\n" if address else ""
    text = (EXTENSION / "README.md").read_text("utf-8")
    README.write_text(PICTURE.sub(shown, text), "utf-8")


def run(folder: Path, *command: str) -> None:
    """Runs a command whose output is shown only when it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    sys.exit(main())
