"""From the command line to a face."""

import sys


def main() -> int:
    """Runs `genie` and returns its exit status."""
    from .terminal.command import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
