"""Writes the lock files from pyproject.toml: for every platform, with the hashes of all files.

python3 scripts/lock.py       keeps the pins that still fit
python3 scripts/lock.py -U    takes the newest versions
"""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "build" / "lock"

FILES = {
    "requirements.lock": ["pyproject.toml"],
    "requirements-checkout.lock": ["--group", "checkout", "-c", "requirements.lock"],
    "requirements-dev.lock": [
        "--group",
        "dev",
        "-c",
        "requirements.lock",
        "-c",
        "requirements-checkout.lock",
    ],
    "server/index/vectors/requirements.lock": [
        *("--group", "vectors", "--no-deps", "-c", "requirements.lock"),
        *("-c", "requirements-dev.lock"),
    ],
    "bench/mutants/requirements.lock": ["--group", "mutants"],
    "bench/ranking/requirements.lock": ["--group", "ranking", "-c", "requirements.lock"],
}


def main() -> None:
    """uv resolves; it lives in a virtual environment of its own."""
    uv = TOOLS / "bin" / "uv"
    if not uv.exists():
        venv.create(TOOLS, with_pip=True)
        pip = [str(TOOLS / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv"]
        subprocess.run(pip, check=True)
    resolve = [str(uv), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    resolve += [
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
        "--no-emit-index-url",
        "--no-emit-find-links",
    ]
    for target, source in FILES.items():
        subprocess.run([*resolve, *sys.argv[1:], *source, "-o", target], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
