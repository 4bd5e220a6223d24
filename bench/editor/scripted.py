"""Random reviews written down for a real window: `python bench/editor/scripted.py HOME FOLDER [--games N]`.

Each review is a file in the git repository FOLDER, a run in HOME (GENIE_HOME), and a list of what the user
and Genie do, each with the text that the file has after it by the model of `interleavings.py`. They are
printed as one line of JSON. A window that is told to do the same must come to the same texts.
"""

import argparse
import json
import os
import subprocess
from pathlib import Path
from random import Random
from typing import Any

from buffer import Line, text_of
from interleavings import PATH, Game, begun, go_on, look

from genie_engineer.agent.events import Event, Finished, HunkDecided, Record, TaskGiven
from genie_engineer.agent.log import LOG, Run, now, to_json
from genie_engineer.agent.store import run_folder
from genie_engineer.editor.places import stand
from genie_engineer.edits.alignment import differs_at
from genie_engineer.edits.text import split

HASTY = 0.3
"""How often the user types on while what they accepted is under way."""

_KINDS = {"accepted": "accept", "conflict": "accept", "rejected": "reject", "undone": "takeBack"}

Step = dict[str, Any]


def main() -> None:
    """Writes everything and prints the reviews."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--games", type=int, default=100, metavar="N")
    parser.add_argument("--moves", type=int, default=30, metavar="N")
    options = parser.parse_args()
    os.environ["GENIE_HOME"] = str(options.home)
    options.folder.mkdir(parents=True)
    reviews = [written(options.folder.resolve(), seed, options.moves) for seed in range(options.games)]
    for words in ("init -q", "add .", "-c user.name=B -c user.email=b@example.invalid commit -qm Files"):
        subprocess.run(["git", *words.split()], cwd=options.folder, check=True)
    print(json.dumps(reviews))


def written(folder: Path, seed: int, moves: int) -> Step:
    """The files of a review, and what happens in it."""
    run, place = f"20260101-000000-review-{seed:04}", folder / f"review_{seed:04}"
    game = begun(seed, at_once=1)
    place.mkdir()
    (place / PATH).write_text(text_of(game.lines), "utf-8")
    log = Run.create(run_folder(run))
    task = TaskGiven(f"Review {seed}", str(place), "", "offline")
    for event in (task, *game.events, Finished("solved", "Proposed.")):
        log.record(event)
    log.close()
    dice = Random(seed)
    steps: list[Step] = []
    for number in range(moves):
        if not game.ended:
            steps += _steps(game, f"hasty_{number}\n" if dice.random() < HASTY else "")
    shown = {"file": str(place / PATH), "run": run, "log": str(run_folder(run) / LOG)}
    return {**shown, "steps": steps, "open": _open(game), "faults": game.faults}


def _steps(game: Game, hasty: str) -> list[Step]:
    """One move of the game. `hasty` is a line that the user types while what they accepted is under way."""
    before, past, future, heard = text_of(game.lines), list(game.past), list(game.future), len(game.events)
    move = go_on(game)
    text = text_of(game.lines)
    if move in ("undo", "redo"):
        return [{"kind": move, "text": text}] if (past if move == "undo" else future) else []
    if text == before:
        game.past, game.future = past, future  # an editor has nothing to undo there
    if move == "type":
        return [_typed(before, text)] if text != before else []
    steps = [_step(event, text) for event in game.events[heard:]]
    if hasty and move == "accept" and text != before:
        game.lines = (Line(hasty, "user"), *game.lines)
        game.past, game.future = [], []  # which of both came first can't be told
        look(game)
        steps = [{**step, "hasty": hasty, "text": text_of(game.lines)} for step in steps]
    return steps


def _step(event: Event, text: str) -> Step:
    if isinstance(event, HunkDecided):
        return {"kind": _KINDS[event.decision], "hunk": event.hunk, "text": text}
    return {"kind": "propose", "event": json.loads(to_json(Record(0, now(), event))), "text": text}


def _typed(before: str, after: str) -> Step:
    """The lines `first` to `end` (0-based, half-open) become `lines`."""
    old, new = split(before), split(after)
    first = differs_at(old, new)
    below = differs_at(old[first:][::-1], new[first:][::-1])
    lines = "".join(new[first : len(new) - below])
    return {"kind": "type", "first": first, "end": len(old) - below, "lines": lines, "text": after}


def _open(game: Game) -> dict[str, int]:
    """Where the open hunks stand at the end, by id."""
    file, decisions = game.file, game.state.decisions
    pairs = [(change, hunk) for change in game.state.changes for hunk in change.text_hunks]
    standings = {hunk.id: stand(change, hunk, decisions.get(hunk.id), file) for change, hunk in pairs}
    return {hunk: standing.line for hunk, standing in standings.items() if standing.state == "open"}


if __name__ == "__main__":
    main()
