"""`genie models`: what can answer here, and what a model turns out to be able to do."""

import argparse
import asyncio
import json
import sys
from dataclasses import asdict, replace

from ..config import ModelSettings, load
from ..errors import UsageError
from ..models.acquaint import Offer, offers, probe_again
from ..models.cast import told as by_profile
from ..models.choose import is_behind_http
from ..models.endpoint import endpoint
from ..models.facts import Facts, known, told
from .options import SOLVED, Verbs


def add_to(verbs: Verbs) -> None:
    """Adds the verb."""
    models = verbs.add_parser("models", help="what can answer here, and what a model is able to do")
    models.set_defaults(verb=_list, json=False, base_url=None)
    acts = models.add_subparsers(metavar="ACT")
    listing = acts.add_parser("list", help="the built-in engine, the endpoint's models, local servers'")
    listing.set_defaults(verb=_list)
    probe = acts.add_parser("probe", help="asks a model a few tiny questions and remembers what it can do")
    probe.add_argument("model", help='its name, as for --model, for example "ollama/qwen3"')
    probe.add_argument("--again", action="store_true", help="also when it was probed before")
    probe.set_defaults(verb=_probe)
    for act in (listing, probe):
        act.add_argument("--base-url", metavar="URL", help="the OpenAI-compatible server to ask")
        act.add_argument("--json", action="store_true")


def _list(options: argparse.Namespace) -> int:
    found, problems = asyncio.run(offers(_settings(options)))
    if options.json:
        for offer in found:
            sys.stdout.write(json.dumps(asdict(offer), ensure_ascii=False) + "\n")
    else:
        width = max(len(offer.name) for offer in found)
        sys.stdout.writelines(f"{offer.name:<{width}}  {_detail(offer)}\n" for offer in found)
        profiles = load().profiles.items()
        sys.stdout.writelines(f"--profile {name}: {by_profile(one)}\n" for name, one in profiles)
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    return SOLVED


def _probe(options: argparse.Namespace) -> int:
    settings = replace(_settings(options), name=options.model)
    if not is_behind_http(settings.name):
        raise UsageError(f"{settings.name} needs no probe: only models behind HTTP differ in what they take.")
    facts = None if options.again else known(endpoint(settings))
    remembered = facts is not None
    facts = facts or asyncio.run(probe_again(settings))
    if options.json:
        sys.stdout.write(json.dumps(asdict(facts), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_report(settings, facts, remembered))
    return SOLVED


def _report(settings: ModelSettings, facts: Facts, remembered: bool) -> str:
    cost = f"{facts.requests} requests and {facts.tokens:,} tokens"
    when = f"Remembered from {facts.at[:10]} ({cost} then); --again asks anew." if remembered else f"{cost}."
    lines = [f"{facts.model} at {facts.endpoint}: {told(facts)}", when]
    if settings.tool_calls not in ("auto", facts.tool_calls):
        lines.append(f'Your setting model.tool_calls = "{settings.tool_calls}" wins over this.')
    return "\n".join(lines) + "\n"


def _detail(offer: Offer) -> str:
    return f"{offer.where}; {told(offer.facts)}" if offer.facts else offer.where


def _settings(options: argparse.Namespace) -> ModelSettings:
    settings = load().model
    return settings if options.base_url is None else replace(settings, base_url=options.base_url)
