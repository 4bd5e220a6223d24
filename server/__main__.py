"""From the command line to a face."""

import sys
from typing import NoReturn


def main() -> int:
    """Runs `genie` and returns its exit status."""
    from .terminal.command import run

    return run(sys.argv[1:], _serve)


def _serve() -> NoReturn:
    from .config import load
    from .editor.server import serve

    serve(load)


if __name__ == "__main__":
    sys.exit(main())
