"""Makes aider's repository map of the git repository in argv[1] twice; runs in the peers' environment."""

import json
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

from aider.repomap import RepoMap

NAMES = {"parse", "header", "request"}
TOKENS = 1024


def made(root: Path) -> tuple[float, str]:
    """Seconds and the map, as for a chat without files in which some names were mentioned."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=root,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    model = SimpleNamespace(token_count=lambda text: len(text) / 4)
    said = SimpleNamespace(
        read_text=lambda path: Path(path).read_text("utf-8", "replace"),
        tool_output=lambda *_: None,
        tool_warning=lambda *_: None,
        tool_error=lambda *_: None,
    )
    files = [str(root / name) for name in listed.stdout.splitlines()]
    started = time.perf_counter()
    map_of = RepoMap(map_tokens=TOKENS, root=str(root), main_model=model, io=said)
    text = map_of.get_repo_map([], files, mentioned_idents=NAMES)
    return time.perf_counter() - started, text or ""


if __name__ == "__main__":
    first, again = made(Path(sys.argv[1])), made(Path(sys.argv[1]))
    print(json.dumps({"s": round(first[0], 1), "again_s": round(again[0], 1), "characters": len(first[1])}))
