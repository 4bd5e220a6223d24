"""What was accepted, taken back, or is left to decide, as a person reads it in the terminal."""

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from ..agent.review import Reviewed
from ..agent.state import RunState
from ..edits.changes import mode_words


def told_applied(applied: Reviewed, quiet: bool = False) -> None:
    """Says what reached the checkout; `quiet` keeps standard output for JSON."""
    console = Console(highlight=False, soft_wrap=True, stderr=quiet)
    for path in applied.paths:
        console.print(f"Applied to {escape(path)}.")
    for problem in applied.problems:
        console.print(Text(f"Not applied: {problem}", style="yellow"))


def told_undone(undone: Reviewed) -> None:
    """Says what was taken out of the checkout again."""
    console = Console(highlight=False, soft_wrap=True)
    for path in undone.paths:
        console.print(f"Taken back from {escape(path)}.")
    for problem in undone.problems:
        console.print(Text(f"Not taken back: {problem}", style="yellow"))


def told_hunks(state: RunState) -> None:
    """Names every hunk that is proposed or accepted, with what was decided on it."""
    proposed = {hunk.id: (change.path, hunk) for change in state.changes for hunk in change.hunks}
    known = {hunk: (one.path, one.hunk) for hunk, one in state.taken.items()} | proposed
    if not known:
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print("", "[bold]Hunks[/]", sep="\n")
    for name, (path, hunk) in sorted(known.items(), key=lambda one: (one[1][0], one[1][1].start)):
        decided = state.decisions.get(name)
        decision = decided.decision if decided else "open"
        what = mode_words(hunk) if hunk.is_mode else f"+{len(hunk.after)} -{len(hunk.before)}"
        place = path if hunk.is_mode else f"{path}:{hunk.start}"
        said = f"  {decided.reason}" if decided and decided.decision == "rejected" else ""
        console.print(f"  {name}  {decision:<8}  {escape(place)}  [dim]{what}{escape(said)}[/]")
