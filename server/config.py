"""Every setting, once, with its default. Read from the user's own file, never from a repository.

A repository's files are in reach of the agent; what limits the agent must not be (invariant 5).
"""

import os
import tomllib
from dataclasses import asdict, dataclass, field
from math import inf
from pathlib import Path
from typing import Any, Literal

import cattrs
import platformdirs

from .errors import UsageError

SandboxMode = Literal["auto", "require", "off"]
ToolCalls = Literal["native", "text", "schema"]
Api = Literal["chat", "responses"]

SMALLEST_CONTEXT = 4_000
"""Tokens: with less there is no room for the instructions, the tools and a task."""


@dataclass(frozen=True)
class ModelSettings:
    """Which model answers. `name` "offline" is the built-in engine; any other name goes to `base_url`.

    `tool_calls` says how tools are offered: as the API has it, described in words, or (for small local
    models) as a JSON Schema that binds the whole answer to be one call. `api` is chat completions or
    responses. "auto" goes by what `genie models probe` found out; with `probe`, a model behind HTTP that
    nobody has met is probed when it is first used. `answer_tokens` bounds each answer. `tokenizer` is the
    path of the model's tokenizer.json, for prompts that are counted as it does; else bytes are counted.
    """

    name: str = "offline"
    base_url: str = ""
    api_key_env: str = "OPENAI_API_KEY"
    timeout_seconds: float = 120.0
    retries: int = 4
    temperature: float | None = None
    answer_tokens: int | None = None
    tokenizer: str = ""
    tool_calls: Literal["auto", ToolCalls] = "auto"
    api: Literal["auto", Api] = "auto"
    probe: bool = True


@dataclass(frozen=True)
class Profile:
    """Who plans (until there is a plan), who writes (from then on), who condenses long observations.

    Each is a table as `[model]` is, with the same defaults for what it leaves out. None: the main model, or
    for condensing nobody.
    """

    plan: ModelSettings | None = None
    write: ModelSettings | None = None
    condense: ModelSettings | None = None


@dataclass(frozen=True)
class Price:
    """US dollars per million tokens. `cached` is for a prompt's part that was cached; None: as `prompt`."""

    prompt: float
    completion: float
    cached: float | None = None


@dataclass(frozen=True)
class Limits:
    """What ends a run. Tokens are prompt and completion together, `money` is in US dollars.

    Turns, tokens and money count over the whole run, `seconds` in each sitting. `context_tokens` bounds each
    prompt. The default for money is what a run at the default for tokens costs with a model of the middle
    class ($2 to 3 per million) of which nothing is cached: it stops what is dearer before it hurts.
    """

    turns: int = 60
    tokens: int = 2_000_000
    money: float = 5.0
    seconds: float = 1800.0
    context_tokens: int = 60_000
    repeats: int = 3


@dataclass(frozen=True)
class CommandLimits:
    """Bounds of one command in the workbench. `memory_mb` bounds each process."""

    seconds: float = 600.0
    test_seconds: float = 60.0
    output_bytes: int = 1_000_000
    memory_mb: int = 4096


@dataclass(frozen=True)
class NavigationSettings:
    """Language servers that Genie starts to go to definitions. `servers`: language → command ("": none).

    A language is named as `genie doctor` lists it. `memory_mb` bounds all servers of a run together.
    """

    language_servers: bool = True
    servers: dict[str, str] = field(default_factory=dict)
    start_seconds: float = 60.0
    answer_seconds: float = 15.0
    idle_seconds: float = 600.0
    memory_mb: int = 1024


@dataclass(frozen=True)
class IndexSettings:
    """How code is found. `vectors` names the model that searches by meaning.

    "auto": the built-in one, once it has been fetched; "builtin"; "off"; a folder; or a model's name, which
    sentence-transformers loads. `memory_mb` bounds all of the index's processes together.
    """

    vectors: str = "auto"
    memory_mb: int = 512


@dataclass(frozen=True)
class StoreSettings:
    """How much disk private copies and indexes may take together; runs and models don't count."""

    megabytes: int = 2000


NO_PROFILE = "none"
"""What a user says who wants no profile where the settings name one."""


@dataclass(frozen=True)
class TicketHost:
    """A host that has tickets. `api` is the base URL of its API, by default the usual one of its `kind`.

    The token is `token`, or in the environment variable `token_env`; without one, public tickets are read.
    """

    kind: Literal["github", "gitlab"]
    api: str = ""
    token_env: str = ""
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Settings:
    """The root of the tree. `profile` names the one of `profiles` that is used ("" or NO_PROFILE: none).

    With more than one of `candidates`, so many changes are written beside each other and the best is chosen.
    `tickets` are hosts by name, beside github.com and gitlab.com.
    """

    model: ModelSettings = field(default_factory=ModelSettings)
    limits: Limits = field(default_factory=Limits)
    command: CommandLimits = field(default_factory=CommandLimits)
    navigation: NavigationSettings = field(default_factory=NavigationSettings)
    index: IndexSettings = field(default_factory=IndexSettings)
    prices: dict[str, Price] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    profile: str = ""
    candidates: int = 1
    store: StoreSettings = field(default_factory=StoreSettings)
    tickets: dict[str, TicketHost] = field(default_factory=dict)
    sandbox: SandboxMode = "auto"
    test_command: str = ""


def data_home() -> Path:
    """The folder of everything that must last: runs. `GENIE_HOME` moves it together with the cache."""
    home = os.environ.get("GENIE_HOME")
    return Path(home) if home else Path(platformdirs.user_data_dir("genie", appauthor=False))


def cache_home() -> Path:
    """The folder of what can be made again: indexes and workbenches."""
    home = os.environ.get("GENIE_HOME")
    return Path(home, "cache") if home else Path(platformdirs.user_cache_dir("genie", appauthor=False))


def settings_file() -> Path:
    """The user's own settings (TOML)."""
    home = os.environ.get("GENIE_HOME")
    return Path(home or platformdirs.user_config_dir("genie", appauthor=False), "settings.toml")


def playbooks_home() -> Path:
    """The folder of the user's own playbooks, beside the settings."""
    return settings_file().parent / "playbooks"


def load(file: Path | None = None) -> Settings:
    """Reads the settings; a missing file means the defaults. Raises UsageError with the key that is wrong."""
    path = file or settings_file()
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"The settings in {path} can't be read: {error}") from error
    return from_table(table, str(path))


def from_table(table: dict[str, Any], source: str) -> Settings:
    """Settings from nested plain values. Raises UsageError naming `source` and the keys that are wrong."""
    converter = cattrs.Converter(forbid_extra_keys=True)
    try:
        settings = converter.structure(table, Settings)
    except cattrs.BaseValidationError as error:
        details = "; ".join(cattrs.transform_error(error, path="settings"))
        raise UsageError(f"Wrong settings in {source}: {details}") from error
    check_limits(settings.limits, source)
    for name, price in settings.prices.items():
        if not all(0 <= one < inf for one in (price.prompt, price.completion, price.cached or 0.0)):
            raise UsageError(f"Wrong settings in {source}: prices of {name} must be 0 or more.")
    return settings


def check_limits(limits: Limits, source: str) -> None:
    """Raises UsageError for a limit that could never hold."""
    for name, value in asdict(limits).items():
        if not value > 0:
            raise UsageError(f"Wrong settings in {source}: limits.{name} must be more than 0.")
    if limits.context_tokens < SMALLEST_CONTEXT:
        raise UsageError(
            f"Wrong settings in {source}: limits.context_tokens must be {SMALLEST_CONTEXT:,} or more."
        )
