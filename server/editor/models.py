"""Models for the editor's picker: what can answer here, and the probe of one."""

from collections.abc import Callable
from dataclasses import replace

from ..config import ModelSettings, Settings, settings_file
from ..models.acquaint import offers, probe_again
from ..models.cast import told as by_profile
from ..models.choose import is_behind_http
from ..models.endpoint import endpoint
from ..models.facts import known, told
from ..models.keys import lend
from ..protocol.models import Choices, LendKey, ModelFacts, ModelName, ModelOffer, ModelOffers, ProfileOffer
from ..protocol.runs import Nothing


class Models:
    """Answers from the settings as they now are."""

    def __init__(self, settings: Callable[[], ModelSettings]) -> None:
        self._settings = settings

    async def list(self, _: Nothing) -> ModelOffers:
        """Those that the user can choose by their name alone: at the settings' address or a local one."""
        settings = self._settings()
        found, problems = await offers(settings)
        rows = []
        for offer in found:
            at = endpoint(replace(settings, name=offer.name))
            if not offer.base_url or at.base_url_shown == offer.base_url:
                found_out = told(offer.facts) if offer.facts else ""
                can_probe = bool(offer.base_url) and offer.facts is None
                rows.append(ModelOffer(offer.name, offer.where, found_out, can_probe))
        return ModelOffers(tuple(rows), problems)

    async def lend_key(self, wish: LendKey) -> Nothing:
        """The key that the editor keeps for the user, for the model of the settings."""
        lend(self._settings().api_key_env, wish.key)
        return Nothing()

    async def probe(self, wish: ModelName) -> ModelFacts:
        """Asks and remembers. Raises UsageError, ModelError."""
        settings = replace(self._settings(), name=wish.name)
        facts = await probe_again(settings)
        return ModelFacts(told(facts), facts.requests, facts.tokens)

    async def look(self, wish: ModelName) -> ModelOffer:
        """What is known of one model, without asking anybody."""
        settings = replace(self._settings(), name=wish.name)
        if not is_behind_http(wish.name):
            return ModelOffer(wish.name, "", "", can_probe=False)
        at = endpoint(settings)
        facts = known(at)
        return ModelOffer(wish.name, f"at {at.host}", told(facts) if facts else "", can_probe=facts is None)


def choices(settings: Settings) -> Choices:
    """What a task may be begun with, by the settings file."""
    profiles = tuple(ProfileOffer(name, by_profile(one)) for name, one in settings.profiles.items())
    return Choices(profiles, settings.profile, settings.candidates, settings_file().as_uri())
