"""What the verbs share: exit statuses, common options, and the way from options to settings."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..agent.resuming import Chosen, as_begun
from ..agent.state import RunState
from ..config import Settings, load
from ..errors import UsageError

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Verbs = object

SOLVED, UNSOLVED, WRONG, INTERRUPTED = 0, 1, 2, 130


def add_model(verb: argparse.ArgumentParser) -> None:
    """Options that choose who answers and how commands are kept in."""
    verb.add_argument(
        "--model", metavar="NAME", help='who answers: "offline" (default), a model\'s name, "ollama/NAME"'
    )
    verb.add_argument("--profile", metavar="NAME", help="who plans, writes and condenses, as in the settings")
    verb.add_argument("--base-url", metavar="URL", help="the OpenAI-compatible server that has the model")
    verb.add_argument("--sandbox", choices=("auto", "require", "off"), help="how commands are kept in (auto)")
    verb.add_argument("--test", metavar="COMMAND", help="how the tests are run (else found)")
    verb.add_argument("--turns", type=int, metavar="N", help="at most N turns of the model")
    verb.add_argument(
        "--tokens", type=int, metavar="N", help="at most N tokens, prompts and answers together"
    )
    verb.add_argument("--money", type=float, metavar="N", help="at most N US dollars, where prices are known")
    verb.add_argument("--seconds", type=float, metavar="N", help="at most N seconds of work in this sitting")


def from_options(options: argparse.Namespace, settings: Settings) -> Settings:
    """The settings with what was said on the command line on top. Raises UsageError."""
    given = {name: value for name, value in vars(options).items() if value is not None}
    model, limits = settings.model, settings.limits
    if "model" in given:
        model = replace(model, name=given["model"])
    if "base_url" in given:
        model = replace(model, base_url=given["base_url"])
    for name in ("turns", "tokens", "money", "seconds"):
        if name in given:
            if not given[name] > 0:
                raise UsageError(f"--{name} must be more than 0.")
            limits = replace(limits, **{name: given[name]})
    return replace(
        settings,
        model=model,
        limits=limits,
        profile=given.get("profile", settings.profile),
        candidates=given.get("candidates", settings.candidates),
        sandbox=given.get("sandbox", settings.sandbox),
        test_command=given.get("test", settings.test_command),
    )


def to_go_on(options: argparse.Namespace, state: RunState) -> Settings:
    """The settings for a run that goes on: its own, with what was said on the command line on top.

    Raises UsageError.
    """
    names: tuple[Chosen, ...] = ("model", "base_url", "profile")
    said = {name for name in names if getattr(options, name) is not None}
    return as_begun(state, from_options(options, load()), said)


def folder_of(options: argparse.Namespace) -> Path:
    """The folder that the command is about. Raises UsageError."""
    folder: Path = options.folder.resolve()
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.")
    return folder
