"""Getting to know a model behind HTTP before it is first used, and what there is to choose from."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..config import ModelSettings
from ..errors import ModelBusy, ModelError
from .choose import is_behind_http
from .endpoint import LOCAL, OPENAI, endpoint
from .facts import Facts, known, remember, remembered

SILENCE_SECONDS = 120.0
MOST_SECONDS = 900.0
"""How long a run waits in a probe for the next piece of an answer, and for all of it: a small model without a
GPU talks slowly. A probe that was asked for has no bound."""

LOOK_SECONDS = 2.0
"""How long a local server has to tell what it offers."""


@dataclass(frozen=True)
class Offer:
    """A model that can answer. `where` says in words who has it; `base_url` is "" for the built-in engine.

    `name` is what the user chooses; `facts` is None while it hasn't been probed.
    """

    name: str
    where: str
    base_url: str = ""
    facts: Facts | None = None


async def acquaint(settings: ModelSettings) -> Facts | None:
    """Probes and remembers a model that nobody has met yet; None where there is nothing to find out.

    Where the settings say how tools are called, that is how, and nothing is asked. Raises ModelError when the
    probe fails: then nothing is remembered.
    """
    if not (settings.probe and settings.tool_calls == "auto" and is_behind_http(settings.name)):
        return None
    if known(endpoint(settings)):
        return None
    clock = asyncio.get_running_loop().time
    end = clock() + MOST_SECONDS

    def heard() -> None:
        patience.reschedule(min(clock() + SILENCE_SECONDS, end))

    try:
        async with asyncio.timeout(SILENCE_SECONDS) as patience:
            return await probe_again(settings, heard)
    except TimeoutError:
        raise ModelBusy(
            f"{settings.name} was silent for {SILENCE_SECONDS:.0f} seconds of its probe, or took more than "
            f"{MOST_SECONDS:.0f} in all; `genie models probe {settings.name}` takes its time."
        ) from None


async def probe_again(settings: ModelSettings, heard: Callable[[], None] = lambda: None) -> Facts:
    """Probes and remembers, whatever was known; calls `heard` with each piece of an answer.

    Raises ModelError, UsageError.
    """
    from .probe import probe

    facts = await probe(settings, heard)
    try:
        remember(facts)
    except OSError as error:
        raise ModelError(f"What was found of {facts.model} can't be kept: {error.strerror}.") from error
    return facts


async def offers(settings: ModelSettings) -> tuple[tuple[Offer, ...], tuple[str, ...]]:
    """What can answer here, and what is in the way of others as sentences.

    Looks at the endpoint of `settings`, at local servers in their usual places, and at what is remembered.
    """
    own = endpoint(replace(settings, name="?") if not is_behind_http(settings.name) else settings)
    named = settings.base_url and own.base_url
    places = [replace(settings, name=f"{name}/?", base_url="") for name, url in LOCAL.items() if url != named]
    if named or own.base_url not in LOCAL.values():
        places.insert(0, replace(settings, name="?"))
    found = await asyncio.gather(*(_offered(place) for place in places))
    listed = [offer for some, _ in found for offer in some]
    seen = {(offer.base_url, offer.name.rpartition("/")[2]) for offer in listed}
    others = [
        Offer(facts.model, f"probed on {facts.at[:10]} at {facts.endpoint}", facts.endpoint, facts)
        for facts in remembered()
        if (facts.endpoint, facts.model.rpartition("/")[2]) not in seen
    ]
    offline = Offer("offline", "built in: no key, no network, small repairs in Python")
    return (offline, *listed, *others), tuple(problem for _, problem in found if problem)


async def _offered(settings: ModelSettings) -> tuple[Sequence[Offer], str]:
    """The models at one address, or why there are none; silence of a local server is no problem."""
    from .openai_compatible import model_entries

    at = endpoint(settings)
    shorthand = "" if settings.base_url else settings.name.rpartition("/")[0]
    try:
        entries = await model_entries(at, LOOK_SECONDS)
    except ModelError as error:
        quiet = shorthand or (at.base_url == OPENAI and not settings.base_url)
        return (), "" if quiet else str(error)
    names = sorted(str(entry["id"]) for entry in entries)
    return [
        Offer(
            f"{shorthand}/{name}" if shorthand else name,
            f"offered at {at.host}",
            at.base_url_shown,
            known(replace(at, model=name)),
        )
        for name in names
    ], ""
