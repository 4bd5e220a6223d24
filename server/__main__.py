"""From the command line to a face."""

import argparse
import os
import sys
from typing import NoReturn


def main() -> int:
    """Runs `genie` and returns its exit status."""
    if os.name == "nt":
        sys.stderr.write("Genie works on Linux and macOS. On Windows, install and run it in WSL.\n")
        return 2
    from .terminal.command import run

    return run(sys.argv[1:], _serve)


def _serve(options: argparse.Namespace) -> NoReturn:
    from .config import load

    if options.mcp:
        from .mcp.server import serve as serve_agents

        serve_agents(load(), options.folder)
    from .editor.server import serve

    serve(load)


if __name__ == "__main__":
    sys.exit(main())
