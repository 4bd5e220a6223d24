"""What an answer costs: by the user's table, by the one that comes with Genie, or nothing on this machine."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from ipaddress import ip_address
from urllib.parse import urlsplit

import cattrs

from ..config import ModelSettings, Price
from .contract import Usage
from .editor import PREFIX as EDITOR
from .endpoint import endpoint
from .scripted import PREFIX as SCRIPTED

FREE = Price(0.0, 0.0)
_MILLION = 1_000_000


def price_of(settings: ModelSettings, own: Mapping[str, Price]) -> Price | None:
    """What the model that `settings` choose costs, None when nobody knows. `own` is the user's table.

    What runs on this machine costs nothing, unless a table names it: it may be a gateway. What an editor asks
    for its models is not what their makers ask.
    """
    known = _listed(settings.name, own)
    if known or settings.name.startswith(EDITOR):
        return known
    if listed := _listed(settings.name, shipped()):
        return listed
    return FREE if _here(settings) else None


def cost(price: Price, usage: Usage) -> float:
    """Dollars for one answer."""
    cached = min(usage.cached, usage.prompt)
    dear = price.prompt if price.cached is None else price.cached
    return (
        (usage.prompt - cached) * price.prompt + cached * dear + usage.completion * price.completion
    ) / _MILLION


@cache
def shipped() -> dict[str, Price]:
    """The table that comes with Genie; the file says of when it is."""
    table = tomllib.loads((files(__package__) / "prices.toml").read_text("utf-8"))
    return cattrs.structure(table["prices"], dict[str, Price])


def _listed(model: str, table: Mapping[str, Price]) -> Price | None:
    """The longest name that `model`, or what follows a gateway's "vendor/", begins with as a whole word."""
    parts = model.split("/")
    tails = ["/".join(parts[start:]) for start in range(len(parts))]
    fitting = [name for name in table for tail in tails if re.match(re.escape(name) + r"(?![^-:@/])", tail)]
    return table[max(fitting, key=len)] if fitting else None


def _here(settings: ModelSettings) -> bool:
    if settings.name == "offline" or settings.name.startswith(SCRIPTED):
        return True
    host = urlsplit(endpoint(settings).base_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
