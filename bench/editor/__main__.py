"""Measures review in the editor: `python bench/editor [--games N] [--no-window]`. The last line is JSON.

Random reviews against a file that knows where its lines are from, in several processes; what the server takes
for each action; a real VS Code with 600 proposed hunks, looked at frame by frame; a hundred of the reviews in
it; the way to a first diff; and how large it all is.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from interleavings import played
from wire import at_the_wire

ROOT = Path(__file__).resolve().parents[2]
_SHOWN = 10
_IN_A_WINDOW = 100
"""So many random reviews are played in the real editor, too."""


def main() -> None:
    """Prints what happened in the reviews, and all figures in the last line."""
    options = _options()
    figures = _interleavings(options.games, options.moves, options.seed) | at_the_wire() | _size()
    if options.window:
        figures |= _in_a_window()
    print(json.dumps(figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--games", type=int, default=10_000, metavar="N", help="random reviews")
    parser.add_argument("--moves", type=int, default=30, help="of each review")
    parser.add_argument("--seed", type=int, default=0, help="of the first review")
    parser.add_argument("--no-window", dest="window", action="store_false", help="without the real VS Code")
    return parser.parse_args()


def _interleavings(games: int, moves: int, seed: int) -> dict[str, float]:
    counts: Counter[str] = Counter()
    faults: list[str] = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for one, found in pool.map(partial(_game, moves=moves), range(seed, seed + games), chunksize=50):
            counts.update(one)
            faults += found
    print("| in random reviews | |\n|---|---|")
    for what, number in counts.most_common():
        print(f"| {what} | {number} |")
    for fault in faults[:_SHOWN]:
        print(fault, file=sys.stderr)
    return {
        "interleavings": games,
        "moves": games * moves,
        "accepted": counts["accepted"],
        "lost_characters": sum("of the user's" in fault for fault in faults),
        "faults": len(faults),
    }


def _game(seed: int, moves: int) -> tuple[dict[str, int], list[str]]:
    game = played(seed, moves)
    return game.counts, [f"review {seed}: {fault}" for fault in game.faults]


def _size() -> dict[str, float]:
    extension = ROOT / "extension"
    lines = sum(len(file.read_text("utf-8").splitlines()) for file in extension.glob("src/*.ts"))
    made = len((extension / "src" / "protocol.ts").read_text("utf-8").splitlines())
    vsix = sorted((ROOT / "build").glob("genie-engineer-*.vsix"))
    size = round(vsix[-1].stat().st_size / 1e6, 2) if vsix else 0.0
    return {"vsix_mb": size, "typescript_lines": lines - made, "protocol_lines": made}


def _in_a_window() -> dict[str, float]:
    for script in ("package.py", "vscode.py"):
        subprocess.run([sys.executable, ROOT / "scripts" / script], check=True, stdout=sys.stderr)
    return _last_line("window.mjs") | _last_line("reviews.mjs", str(_IN_A_WINDOW)) | _last_line("first.mjs")


def _last_line(script: str, *arguments: str) -> dict[str, float]:
    command = ["node", Path(__file__).with_name(script), *arguments]
    python = os.environ | {"GENIE_E2E_PYTHON": sys.executable}
    done = subprocess.run(command, env=python, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    main()
