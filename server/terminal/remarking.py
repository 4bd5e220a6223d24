"""`genie runs comment`: remarks on lines of a run's change, and what is said in their threads."""

import argparse
import sys
from pathlib import Path
from secrets import token_hex

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from ..agent.log import Run
from ..agent.proposed_files import PROPOSED
from ..agent.remarks import Commented, Place, Replied, Side, ThreadMark, ThreadMarked, Words
from ..agent.spans import span_at
from ..agent.state import RunState
from ..agent.store import find_run
from ..agent.threads import can_discuss, changed_paths, place_at, remark, whereabouts
from ..edits.text import contents, decode
from ..errors import EditError, UsageError
from .options import SOLVED, Verbs
from .tested import Lines

MARKED: dict[ThreadMark, str] = {"open": "Opened again", "resolved": "Settled", "deleted": "Taken back"}


def add_to(acts: Verbs) -> None:
    """Adds the act."""
    act = acts.add_parser("comment", help="remarks on a line of a run's change, or replies to Genie")
    act.add_argument("run", help='its name, a part of it, or "last"')
    act.add_argument("where", metavar="PATH:LINE", help="the line, or the id of a thread as `show` names it")
    act.add_argument("text", nargs="?", default="", help="what there is to say")
    act.add_argument("--mine", action="store_true", help="the line is one of your file, not of the proposed")
    marks = act.add_mutually_exclusive_group()
    marks.add_argument("--resolve", dest="mark", action="store_const", const="resolved", help="it is settled")
    marks.add_argument("--reopen", dest="mark", action="store_const", const="open", help="it is not")
    marks.add_argument("--delete", dest="mark", action="store_const", const="deleted", help="take it back")
    act.set_defaults(verb=_comment)


def _comment(options: argparse.Namespace) -> int:
    run = Run.open(find_run(options.run))
    try:
        said = _said(run, options)
        for event in said:
            run.record(event)
        thread = said[0].thread or getattr(said[0], "id", "")
        if not isinstance(said[0], ThreadMarked):
            next_word = f"genie runs resume {run.id} goes on with it." if can_discuss(run.state) else ""
            sys.stdout.write(f"Kept in thread {thread}. {next_word}\n")
        for line in (line for event in said[1:] for line in of_remarks(event)):
            sys.stdout.write(f"{line}\n")
    finally:
        run.close()
    return SOLVED


def _said(run: Run, options: argparse.Namespace) -> list[Commented | Replied | ThreadMarked]:
    """The events that the options ask for. Raises UsageError."""
    known = options.where in run.state.threads
    if options.mark and not known:
        raise UsageError(f"There is no thread {options.where!r}; `genie runs show` lists them.")
    said: list[Commented | Replied | ThreadMarked] = []
    if options.text or not options.mark:
        thread = options.where if known else ""
        place = None if known else _place(run, options.where, options.mine)
        said += remark(run.state, Commented(token_hex(4), options.text, place, thread))
    return said + ([ThreadMarked(options.where, options.mark)] if options.mark else [])


def _place(run: Run, where: str, mine: bool) -> Place:
    span = span_at(where)
    state = run.state
    if span.path not in changed_paths(state):
        raise UsageError(f"This run proposes no change of {span.path}, so it can't be remarked on.")
    side: Side = "user" if mine or not (run.folder / PROPOSED / span.path).is_file() else "proposed"
    return place_at(span.path, side, _lines(run.folder, state, span.path, side), span.start)


def _lines(folder: Path, state: RunState, path: str, side: Side) -> tuple[str, ...]:
    root = folder / PROPOSED if side == "proposed" else Path(state.task.repository if state.task else "")
    try:
        return contents(decode((root / path).read_bytes()).lines)
    except (OSError, EditError):
        return ()


def of_remarks(event: Commented | Replied | ThreadMarked) -> Lines:
    """What a run tells of a remark."""
    match event:
        case Commented(place=Place() as place):
            return ["", Text(f"You on {place.path}:{place.line} ({event.id}): {event.text}"), _quoted(place)]
        case Commented():
            return [Text(f"You in {event.thread}: {event.text}")]
        case Replied():
            done = " Settled." if event.resolved else ""
            return [Text(f"Genie in {event.thread}: {event.text}{done}", style="cyan")]
        case ThreadMarked():
            return [f"[dim]{MARKED[event.mark]}: {escape(event.thread)}[/]"]


def told_threads(folder: Path, state: RunState) -> None:
    """Lists the threads with their place as it now is, and all that was said."""
    if not state.threads:
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print("", "[bold]Remarks[/]", sep="\n")
    for thread in state.threads.values():
        place = thread.place
        at = whereabouts(place, _lines(folder, state, place.path, place.side))
        where = f"{place.path}:{at + 1}" if at >= 0 else f"{place.path}:{place.line}, outdated"
        done = "settled" if thread.resolved else "open"
        console.print(f"  {thread.id}  {done:<8}  {escape(where)}")
        console.print(_quoted(place))
        for words in thread.words:
            console.print(Text(f"    {_who(words)}: {words.text}"))


def _who(words: Words) -> str:
    return "You" if words.by == "user" else "Genie"


def _quoted(place: Place) -> Text:
    return Text(f"    > {place.quote.strip()}", style="dim")
