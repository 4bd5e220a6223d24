"""One turn of the model: the prompt, the whole answer, and what to do when there is none."""

import json
from collections.abc import Sequence
from dataclasses import replace

from ..edits.parse import parse
from ..errors import AnswerCut, ContextOverflow, ModelBusy, ModelError
from ..models.cast import Cast, Part
from ..models.contract import (
    CallMade,
    Chunk,
    Done,
    Message,
    Model,
    TextDelta,
    Thoughts,
    ToolCall,
    ToolSpec,
    Usage,
)
from ..models.counting import Count, counter
from ..models.prices import cost, price_of
from ..models.thoughts import without_thoughts
from .condensing import fading, request
from .context import Read, build, pins, prompt_tokens
from .desk import Desk
from .events import Condensed, ModelSpoke, Said, Warned
from .spans import place_of
from .tools import TOOLS

NUDGE = "You called no tool. Call one to go on, or call finish if you are done."
SMALLEST_BUDGET = 4_000
CUTS = 2
MOST_CALLS = 50
"""In one answer."""


class Asking:
    """Asks for one run whoever has the turn. Remembers how much of a conversation they turned out to take."""

    def __init__(self, desk: Desk, cast: Cast) -> None:
        self._desk = desk
        self._cast = cast
        self._budget = desk.settings.limits.context_tokens
        self._specs = [
            tool.spec for tool in TOOLS.values() if not (desk.headless and tool.name == "ask_user")
        ]
        self._counts = {part.model.name: counter(part.settings.tokenizer) for part in cast}
        for part in cast:
            if price_of(part.settings, desk.settings.prices) is None:
                self._warn_once(
                    f"What {part.model.name} costs is not known here: the limit of "
                    f"${desk.settings.limits.money:,.2f} can't hold, those of turns, tokens and time do. "
                    "Prices can be set under [prices] in the settings."
                )

    async def turn(self) -> None:
        """Records the model's answer, and what it cost. Raises ModelError when there is none to be had."""
        run = self._desk.run
        part = self._cast.speaker(planned=bool(run.state.plan))
        if self._cast.condense:
            await self._condense(self._cast.condense, self._prompt(part.model))
        heard = run.state.count
        spoken = await self._patiently(part.model)
        calls = spoken.calls[:MOST_CALLS]
        run.record(replace(spoken, calls=calls, heard=heard, cost=self._dollars(part, spoken.usage)))
        if not calls:
            run.record(Said(NUDGE, by="genie"))
        elif len(spoken.calls) > MOST_CALLS:
            left = len(spoken.calls) - MOST_CALLS
            run.record(
                Said(f"You made too many calls at once: the last {left} are not carried out.", "genie")
            )

    async def _condense(self, part: Part, prompt: Sequence[Message]) -> None:
        """What `prompt` masks is condensed first, for the next one to show."""
        run = self._desk.run
        for observation in fading(run.state, prompt):
            try:
                spoken = await listen(part.model, request(run.state, observation), ())
            except ModelError as error:
                self._warn_once(f"{part.model.name} could not condense what is masked: {error}")
                return
            dollars = self._dollars(part, spoken.usage)
            text = spoken.text.strip()
            run.record(Condensed(observation.call_id, text, part.model.name, spoken.usage, dollars))

    def _dollars(self, part: Part, usage: Usage) -> float | None:
        price = price_of(part.settings, self._desk.settings.prices)
        return None if price is None else cost(price, usage)

    def _prompt(self, model: Model) -> tuple[Message, ...]:
        state, count = self._desk.run.state, self._counts[model.name]
        budget = int(self._budget / state.factors.get(model.name, 1.0))
        read = self._desk.span_text
        self._warn_of_pins(read, count, budget)
        return build(state, budget, self._specs, read, self._desk.headless, count)

    async def _patiently(self, model: Model) -> ModelSpoke:
        """An answer cut off in the middle is asked for again; a prompt found too long is halved."""
        cuts = 0
        while True:
            prompt = self._prompt(model)
            counted = prompt_tokens(prompt, self._specs, self._counts[model.name])
            try:
                return replace(await listen(model, prompt, self._specs), counted=counted)
            except ContextOverflow:
                if self._budget // 2 < SMALLEST_BUDGET:
                    raise
                self._budget //= 2
                self._warn(
                    f"The prompt is too long for the model: from now on {self._budget:,} tokens at most."
                )
            except AnswerCut as error:
                cuts += 1
                if cuts > CUTS:
                    raise
                self._warn(f"{error} Asking again.")

    def _warn_of_pins(self, read: Read, count: Count, budget: int) -> None:
        _, left = pins(self._desk.run.state, read, count, budget)
        for place in map(place_of, left):
            told = f"What you pinned is too much for the prompt: Genie isn't shown {place} by itself."
            self._warn_once(told)

    def _warn_once(self, words: str) -> None:
        if not any(record.event == Warned(words) for record in self._desk.run.records):
            self._warn(words)

    def _warn(self, words: str) -> None:
        self._desk.run.record(Warned(words))


async def listen(model: Model, messages: Sequence[Message], specs: Sequence[ToolSpec]) -> ModelSpoke:
    """One whole answer, without its thoughts. A patch in plain text becomes a call. Raises ModelError."""
    chunks: list[Chunk] = []
    try:
        async for chunk in model.stream(messages, specs):
            chunks.append(chunk)
    except ModelBusy as error:
        if any(isinstance(chunk, TextDelta | CallMade) for chunk in chunks):
            raise AnswerCut(str(error)) from error
        raise
    done = next((chunk for chunk in chunks if isinstance(chunk, Done)), None)
    if done is None:
        raise AnswerCut(f"The answer of {model.name} was cut off in the middle.")
    words = without_thoughts(_whole("".join(chunk.text for chunk in chunks if isinstance(chunk, TextDelta))))
    calls = [chunk.call for chunk in chunks if isinstance(chunk, CallMade)]
    thoughts = next((chunk for chunk in chunks if isinstance(chunk, Thoughts)), None)
    if not calls and parse(words).edits:
        arguments = json.dumps({"patch": words, "reason": ""})
        calls.append(ToolCall(f"text-{len(messages)}", "propose_patch", arguments))
    return ModelSpoke(words, tuple(_distinct(calls)), done.usage, model=model.name, thoughts=thoughts)


def _distinct(calls: Sequence[ToolCall]) -> list[ToolCall]:
    """Ids made unique where a server repeats or omits them: an answer must find its one call."""
    seen: set[str] = set()
    out: list[ToolCall] = []
    for place, call in enumerate(calls):
        name = call.id if call.id and call.id not in seen else f"{call.id or 'call'}-{place}"
        seen.add(name)
        out.append(ToolCall(name, call.name, _whole(call.arguments)))
    return out


def _whole(text: str) -> str:
    """Without half characters, which can stand in JSON and be sent to nobody."""
    return text.encode("utf-8", "replace").decode()
