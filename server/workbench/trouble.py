"""Why a run of tests told nothing, or not all, as a sentence with what to do."""

import re
import signal

from ..config import CommandLimits
from .command import CommandResult
from .results import Results

_NO_PYTEST = re.compile(r"No module named '?pytest'?|pytest: (?:command )?not found|pytest: No such file")
_MISSING = (
    (r"has not been downloaded from it before|in offline mode and the artifact", "Maven", "mvn -q verify"),
    (r"No cached version of .* available for offline mode", "Gradle", "gradle test"),
    (r"module lookup disabled by GOPROXY=off", "Go", "go mod download"),
    (
        r"but --offline was specified|can't checkout from .*: you are in the offline mode",
        "cargo",
        "cargo fetch",
    ),
    (r"Could not find .* in locally installed gems|Run `bundle install`", "Bundler", "bundle install"),
    (
        r"Cannot find (?:module|package) '(?![./])|npx canceled|npm error (?:npx )?canceled",
        "npm",
        "npm install",
    ),
    (r"vendor/bin/phpunit: (?:No such file|not found)", "Composer", "composer install"),
    (r"project\.assets\.json' not found", "NuGet", "dotnet restore"),
)
"""What says that packages are missing, who would fetch them, and how: tests themselves have no network."""

_NOT_FOUND = re.compile(r"^(.*(?:not found|No such file or directory).*)$", re.MULTILINE)


def trouble_of(command: str, result: CommandResult, results: Results, limits: CommandLimits) -> str:
    """The sentence, or "" if the run went as runs go (failing tests are no trouble)."""
    if result.timed_out:
        return _timed_out(result, results)
    if results.sessions:
        return _python_trouble(result, results)
    if result.exit_code and not results.outcomes and (missing := _missing(command, result.output)):
        return missing
    if result.exit_code and _NO_PYTEST.search(result.output):
        return (
            f"pytest is not installed for `{command}`: install it into the project's environment "
            "(`pip install pytest`), or name another test command."
        )
    if result.exit_code in (126, 127):
        found = _NOT_FOUND.search(result.output)
        detail = f" ({found[1].strip()})" if found else ""
        return f"The test command `{command}` can't be started{detail}: install it, or name another one."
    if result.exit_code == 4 and "pytest" in command:
        return f"pytest did not understand `{command}`: {_last_error(result.output)}"
    if result.exit_code > 128:
        return _killed(result, limits)
    return ""


def _missing(command: str, output: str) -> str:
    """Which packages are missing, with what would fetch them."""
    for pattern, tool, fix in _MISSING:
        if found := re.search(f"^.*(?:{pattern}).*$", output, re.MULTILINE):
            return (
                f"`{command}` needs packages that {tool} has not fetched yet, and tests have no network. "
                f"Run `{fix}` once, or name another test command. It said: {found[0].strip()[:200]}"
            )
    return ""


def _timed_out(result: CommandResult, results: Results) -> str:
    where = f" in {next(iter(results.running))}" if results.running else ""
    return (
        f"The tests did not end within {result.seconds:.0f} s and were stopped{where}: "
        "name a test command that runs fewer tests, or raise command.seconds in the settings."
    )


def _python_trouble(result: CommandResult, results: Results) -> str:
    if results.exit_code == 5 or (results.exit_code == 0 and not results.outcomes):
        return f"{results.runner} found no tests: name a test command that does, or write a test first."
    if results.exit_code == 4:
        return f"pytest could not run what was asked for: {_last_error(result.output)}"
    if results.exit_code == 3:
        return f"pytest failed in itself or in a plugin: {_last_error(result.output)}"
    if results.exit_code is None:
        return (
            f"The tests ended before all had run (exit status {result.exit_code}): "
            "a test ended the whole process, or it ran out of memory."
        )
    return ""


def _killed(result: CommandResult, limits: CommandLimits) -> str:
    number = result.exit_code - 128
    names = {entry.value: entry.name for entry in signal.Signals}
    return (
        f"The test command was killed by {names.get(number, f'signal {number}')}; a process may use "
        f"{limits.memory_mb} MB (command.memory_mb in the settings)."
    )


def _last_error(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["it said nothing."])[-1][:300]
