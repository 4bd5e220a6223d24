"""Remarks on lines: what becomes of them in the fold, where their lines now stand, which of them wait."""

from collections.abc import Sequence
from dataclasses import replace

from ..edits.alignment import differs_at
from ..errors import UsageError
from .events import TaskGiven, ToolAnswered
from .remarks import Commented, Place, Replied, Side, Thread, ThreadMarked, Words
from .state import RunState, anew, told

BESIDE = 3
"""Lines above and below a remark by which its own is found again."""

LONGEST = 10_000
"""Characters of a remark."""

CANNOT = (
    "Genie's built-in engine can't discuss code, so I have no answer to this. Your remark is kept with the "
    "run, and a language model reads it when it takes the run up: `genie runs resume … --model NAME`."
)


def commented(event: Commented, state: RunState) -> RunState:
    """The thread begins or goes on, open again; the model hears of it."""
    thread = state.threads.get(event.thread)
    words = Words("user", event.text, event.id)
    if not event.thread and event.place:
        thread = Thread(event.id, event.place, (words,))
    elif thread:
        thread = replace(thread, words=(*thread.words, words), resolved=False)
    if thread is None:
        return state
    after = replace(anew(state), threads=state.threads | {thread.id: thread})
    return told(after, replace(event, place=thread.place))


def replied(event: Replied, state: RunState) -> RunState:
    """The answer stands in the thread, unless the user has taken it away meanwhile."""
    thread = state.threads.get(event.thread)
    if thread is None:
        return state
    words = (*thread.words, Words("genie", event.text))
    resolved = thread.resolved or event.resolved
    return replace(
        state, threads=state.threads | {thread.id: replace(thread, words=words, resolved=resolved)}
    )


def marked(event: ThreadMarked, state: RunState) -> RunState:
    """The model hears of it, but for a thread that is gone before it heard of that."""
    thread = state.threads.get(event.thread)
    if thread is None:
        return state
    if event.mark != "deleted":
        now = replace(thread, resolved=event.mark == "resolved")
        return told(replace(state, threads=state.threads | {thread.id: now}), event)
    rest = {name: one for name, one in state.threads.items() if name != thread.id}
    waiting = {remark.id for remark in unheard(state)}
    words = tuple(
        (number, turn)
        for number, turn in state.words
        if not (isinstance(turn, Commented) and _in(thread, turn))
    )
    after = replace(state, threads=rest, words=words)
    return after if thread.id in waiting else told(after, event)


def unheard(state: RunState) -> list[Commented]:
    """The remarks that the model hears of at its next turn."""
    return [turn for _, turn in state.words if isinstance(turn, Commented)]


def unanswered(state: RunState) -> list[Thread]:
    """The open threads in which the last word is the user's."""
    return [one for one in state.threads.values() if not one.resolved and one.words[-1].by == "user"]


def was_reminded(state: RunState, threads: Sequence[Thread]) -> bool:
    """Whether the model has wished to finish before in spite of the last remark of each of these threads."""
    ids = {thread.words[-1].id for thread in threads}
    known = [turn.data for turn in state.turns if isinstance(turn, ToolAnswered) and turn.tool == "finish"]
    return any(ids <= set(data.get("unanswered", ())) for data in known if isinstance(data, dict))


def remark(state: RunState, said: Commented) -> tuple[Commented | Replied, ...]:
    """What is recorded of the user's remark; nothing when it was before, as by one who tried again.

    An engine that can't discuss says so, once in a thread. Raises UsageError.
    """
    if any(said.id == words.id for thread in state.threads.values() for words in thread.words):
        return ()
    if not said.text.strip():
        raise UsageError("There is nothing in this remark.")
    if len(said.text) > LONGEST:
        raise UsageError(
            f"A remark may have {LONGEST:,} characters, and this one has {len(said.text):,}: shorten it."
        )
    thread = state.threads.get(said.thread)
    if said.thread and thread is None:
        raise UsageError(f"There is no thread {said.thread!r} in this run.")
    before = thread.words if thread else ()
    if can_discuss(state) or any(words.text == CANNOT for words in before):
        return (said,)
    return said, Replied(said.thread or said.id, CANNOT)


def changed_paths(state: RunState) -> set[str]:
    """The files that can be remarked on: those of the proposal, and those with something accepted."""
    return {change.path for change in state.changes} | {one.path for one in state.taken.values()}


def can_discuss(state: RunState) -> bool:
    """Whether who works on the run understands words."""
    task = state.task or TaskGiven("", "", "", "")
    return task.model != "offline" or bool(task.profile)


def offer(state: RunState, working: bool) -> str:
    """The question whether a run that rests should go on with the remarks that wait; "" where none do."""
    count = len(unheard(state))
    if working or not count or not can_discuss(state):
        return ""
    what = "your remark" if count == 1 else f"your {count} remarks"
    return f"Genie isn't at work on this. Go on with {what}?"


def place_at(path: str, side: Side, lines: Sequence[str], line: int) -> Place:
    """The place of the 1-based `line` in a file's `lines` (without endings). Raises UsageError."""
    if not 1 <= line <= max(len(lines), 1):
        raise UsageError(f"{path} has no line {line}.")
    at = line - 1
    quote = lines[at] if lines else ""
    return Place(
        path, line, side, quote, tuple(lines[max(0, at - BESIDE) : at]), tuple(lines[line : line + BESIDE])
    )


def whereabouts(place: Place, lines: Sequence[str]) -> int:
    """Where the place's line now stands in `lines` (0-based), -1 when it is gone.

    Of several such lines it is the one with most of the old lines beside it, then the nearest. A line without
    a word in it, as there are many, needs one of them at least.
    """
    needed = 0 if any(sign.isalnum() for sign in place.quote) or not (place.above or place.below) else 1
    spots = [(_alike(place, lines, at), at) for at, line in enumerate(lines) if line == place.quote]
    fit = [(-alike, abs(at - place.line + 1), at) for alike, at in spots if alike >= needed]
    return min(fit)[-1] if fit else -1


def nearby(place: Place, lines: Sequence[str]) -> int:
    """Where in `lines` (0-based) the line of the place, which is gone, would be: by most of those beside it.

    What stands there now may have come in its place, or be what stood below it.
    """
    above = place.above[::-1]

    def beside(at: int) -> int:
        below = max(differs_at(place.below, lines[start : start + BESIDE]) for start in (at, at + 1))
        return differs_at(above, lines[max(0, at - BESIDE) : at][::-1]) + below

    spots = [(-beside(at), abs(at - place.line + 1), at) for at in range(len(lines))]
    return min(spots)[-1] if spots else 0


def _alike(place: Place, lines: Sequence[str], at: int) -> int:
    """How many of the lines beside the place stand beside the 0-based line `at`, outward."""
    above = lines[max(0, at - len(place.above)) : at]
    below = lines[at + 1 : at + 1 + len(place.below)]
    return differs_at(place.above[::-1], above[::-1]) + differs_at(place.below, below)


def _in(thread: Thread, turn: Commented) -> bool:
    return thread.id in (turn.id, turn.thread)
