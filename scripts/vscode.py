"""Puts the real VS Code into build/vscode, for the end-to-end tests: code-server and Node 24, both from npm.

Run it as often as you like: a stamp makes the second time quick. It needs npm, a C++ compiler, make and
python3 (one native module, the log writer, is compiled; without it VS Code has no output channels).
The last line printed is the folder.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

CODE_SERVER = "4.139.1"
"""VS Code 1.139.1. It refuses any major version of Node but 24."""
NODE = "24.21.0"
HOME = Path(__file__).resolve().parent.parent / "build" / "vscode"
NODE_PACKAGE = f"node-linux-{'arm64' if platform.machine() in ('aarch64', 'arm64') else 'x64'}"

UNUSED_MODULES = (
    "@github",
    "@microsoft/mxc-sdk",
    "@parcel/watcher-linux-x64-musl",
    "node-pty/prebuilds/win32-*",
    "node-pty/prebuilds/darwin-*",
)
UNUSED_EXTENSIONS = (
    *("copilot", "github", "github-authentication", "microsoft-authentication", "tunnel-forwarding"),
    *("ms-vscode.*", "mermaid-markdown-features", "markdown-math", "terminal-suggest", "simple-browser"),
    *("debug-*", "emmet", "grunt", "gulp", "jake", "npm", "php-language-features", "ipynb"),
    *("typescript-language-features", "css-language-features", "html-language-features"),
    *("notebook-renderers", "git", "git-base", "merge-conflict", "extension-editing"),
)
"""Built-in extensions that no test of ours needs: a third of the start time and 100 MB."""


def main() -> int:
    """Installs what isn't there and prints the folder; returns the exit status."""
    stamp = HOME / "stamp"
    wanted = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    if not (stamp.exists() and stamp.read_text() == wanted):
        missing = [tool for tool in ("npm", "g++", "make") if shutil.which(tool) is None]
        if missing:
            print(f"VS Code can't be installed without {', '.join(missing)}.", file=sys.stderr)
            return 2
        started = time.monotonic()
        install()
        stamp.write_text(wanted)
        print(f"VS Code installed in {time.monotonic() - started:.0f} s.", file=sys.stderr)
    print(HOME)
    return 0


def install() -> None:
    """Downloads, compiles the log writer, and removes what the tests don't need."""
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    (HOME / "package.json").write_text('{"private": true}\n')
    npm(HOME, "install", "--ignore-scripts", f"{NODE_PACKAGE}@{NODE}")
    npm(HOME, "install", "--ignore-scripts", "--omit=dev", f"code-server@{CODE_SERVER}")
    vscode = HOME / "node_modules" / "code-server" / "lib" / "vscode"
    npm(vscode, "install", "--no-save", "--ignore-scripts", "--omit=dev")
    npm(vscode, "rebuild", "@vscode/spdlog")
    slim(vscode)


def npm(folder: Path, *arguments: str) -> None:
    """Runs npm in `folder` with our Node first; its output is shown only when it fails."""
    node = HOME / "node_modules" / NODE_PACKAGE
    environment = os.environ | {
        "PATH": f"{node / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "npm_config_nodedir": str(node),
    }
    command = ["npm", *arguments, "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed in {folder}:\n{done.stdout}{done.stderr}")


def slim(vscode: Path) -> None:
    """Deletes what no test needs: 617 MB become 343."""
    node = HOME / "node_modules" / NODE_PACKAGE
    doomed = [node / "include", node / "share"]
    doomed += [path for name in UNUSED_MODULES for path in (vscode / "node_modules").glob(name)]
    doomed += [path for name in UNUSED_EXTENSIONS for path in (vscode / "extensions").glob(name)]
    for folder in doomed:
        shutil.rmtree(folder, ignore_errors=True)
    for file in (vscode / "node_modules" / "@vscode" / "ripgrep-universal").rglob("*"):
        if file.is_file() and file.stat().st_size > 1_000_000 and NODE_PACKAGE[5:] not in str(file):
            file.unlink()


if __name__ == "__main__":
    sys.exit(main())
