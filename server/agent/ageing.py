"""What becomes of a conversation that is longer than its room: old observations shrink to a line, then go.

Masking comes in steps of half of the room, and what is masked stays so: between two steps each prompt
begins with the last one, byte for byte, which is what providers' prompt caches ask for. What the user said
and the plan as it stands are never masked.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..models.contract import Message, ToolCall
from ..models.counting import Count

FRAME, CALL_FRAME = 4, 8
"""Tokens around a message and around a call."""

LINES_SHARE = 0.25
"""Of the room: what masked turns may take before the oldest half of them goes."""

LONGEST_TEXT, LONGEST_ARGUMENTS, LONGEST_LINE = 240, 240, 120
"""Characters that a masked message keeps of its text, of each call's arguments, and of an observation."""

CLIPPED = "\n[… clipped to fit …]\n"
LEFT_OUT = "[{} earlier turns are left out here to save room.]"
NOTE = 24
"""Tokens that LEFT_OUT takes at most."""


@dataclass(frozen=True)
class Piece:
    """A message of the conversation. `short` stands for it once it has aged; what is `lasting` has none."""

    message: Message
    short: Message
    lasting: bool


def lasting(message: Message) -> Piece:
    """What is never masked."""
    return Piece(message, message, True)


def passing(message: Message, condensed: str = "") -> Piece:
    """What is masked when it ages, and at last left out. `condensed` is the short of it, if there is one."""
    short = f"[condensed to save room]\n{condensed}"
    if condensed and len(short) < len(message.text):
        return Piece(message, replace(message, text=short, data=None), False)
    return Piece(message, _shortened(message), False)


def size(message: Message, count: Count) -> int:
    """Tokens of a message as a provider would count it, roughly."""
    thoughts = count(json.dumps(message.thoughts.items)) if message.thoughts else 0
    calls = sum(count(call.name) + count(call.arguments) + CALL_FRAME for call in message.calls)
    return FRAME + count(message.text) + thoughts + calls


def fitted(pieces: Sequence[Piece], room: int, count: Count) -> list[Message]:
    """The conversation in at most `room` tokens.

    The newest observation is the last to be touched. Where even lines don't fit, the longest of what is left
    is clipped in its middle: the user's own words only if they alone are too long.
    """
    whole = [size(piece.message, count) for piece in pieces]
    over = sum(whole) + NOTE - room
    if over <= NOTE:
        return [piece.message for piece in pieces]
    step = max(1, room // 2)
    goal = -(-over // step) * step
    gone, masked = _aged(pieces, whole, count, over, goal, room)
    messages = [piece.short if place < masked else piece.message for place, piece in enumerate(pieces)]
    return _clipped(pieces, messages, gone, room, count)


def _aged(
    pieces: Sequence[Piece], whole: Sequence[int], count: Count, over: int, goal: int, room: int
) -> tuple[set[int], int]:
    """The places of the pieces that go, and the place before which the others are masked."""
    short = [size(piece.short, count) for piece in pieces]
    newest = max((place for place, piece in enumerate(pieces) if piece.message.role == "tool"), default=0)
    turns, gone = _turns(pieces, newest), set[int]()
    saved, lines, masked = 0, 0, 0

    def drop_oldest() -> None:
        nonlocal saved, lines
        oldest = turns.pop(0)
        gone.update(oldest)
        saved += sum(short[place] for place in oldest)
        lines -= sum(short[place] for place in oldest)

    while masked < newest and saved < goal:
        saved += whole[masked] - short[masked]
        lines += 0 if pieces[masked].lasting else short[masked]
        masked += 1
        if lines > LINES_SHARE * room:
            while lines > LINES_SHARE / 2 * room and turns and turns[0][-1] < masked:
                drop_oldest()
    while saved < over and turns:
        drop_oldest()
    return gone, masked


def _turns(pieces: Sequence[Piece], newest: int) -> list[list[int]]:
    """The places of what goes together: an answer with its observations. The newest turn stays."""
    turns: list[list[int]] = []
    for place, piece in enumerate(pieces):
        if piece.message.role == "tool" and turns:
            turns[-1].append(place)
        elif not piece.lasting:
            turns.append([place])
    return [turn for turn in turns if turn[-1] < newest and not any(pieces[one].lasting for one in turn)]


def _clipped(
    pieces: Sequence[Piece], messages: Sequence[Message], gone: set[int], room: int, count: Count
) -> list[Message]:
    """What stays, with a note in place of what goes; clipped where it is still too long."""
    stays = [place for place in range(len(pieces)) if place not in gone]
    sizes = {place: size(messages[place], count) for place in stays}
    over = sum(sizes.values()) + (NOTE if gone else 0) - room
    out = dict(zip(stays, (messages[place] for place in stays), strict=True))
    for last_resort in (False, True):
        for place in sorted(stays, key=lambda one: -sizes[one]):
            if over > 0 and pieces[place].lasting == last_resort:
                out[place] = clip(out[place], sizes[place] - over, count)
                over -= sizes[place] - size(out[place], count)
    if gone:
        turns = sum(messages[place].role == "assistant" for place in gone)
        out[min(gone)] = Message("user", LEFT_OUT.format(turns))
    return [out[place] for place in sorted(out)]


def clip(message: Message, most: int, count: Count) -> Message:
    """`message` shortened in its middle until it has `most` tokens, or hardly any text."""
    text, keep = message.text, len(message.text)
    while size(message, count) > most and keep > len(CLIPPED):
        excess = size(message, count) - most
        share = 1 - excess / max(1, count(message.text))
        keep = min(keep - 16, int(keep * max(0.0, share)))
        middle = max(0, keep - len(CLIPPED))
        start, end = text[: middle * 2 // 3], text[len(text) - middle // 3 :]
        message = replace(message, text=start + CLIPPED + end)
    return message


def _shortened(message: Message) -> Message:
    if message.role == "tool":
        first = message.text[:LONGEST_LINE].partition("\n")[0]
        short = f"[masked to save room: {first} … call the tool again to see it]"
        return message if len(message.text) <= len(short) else replace(message, text=short, data=None)
    if message.role == "assistant":
        text = message.text
        if len(text) > LONGEST_TEXT:
            text = text[:LONGEST_TEXT] + " [masked to save room]"
        return replace(message, text=text, calls=tuple(map(_short_call, message.calls)), thoughts=None)
    return message


def _short_call(call: ToolCall) -> ToolCall:
    if len(call.arguments) <= LONGEST_ARGUMENTS:
        return call
    return replace(call, arguments=json.dumps({"masked": f"{len(call.arguments)} characters"}))
