"""What a user may send with a report of something that went wrong: versions, findings, and the end of a log.

Nothing is sent from here: it is a text that the user reads first. Beside secrets it leaves out what is
theirs: names of people, of runs (which begin with words of the task), and paths in their folders.
"""

import getpass
import os
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from .. import __version__
from .doctor import Finding
from .redaction import Redactor

MOST_LINES = 200
"""Of the log, the last ones."""

_ABOVE = """<!-- Nothing of this has been sent. Read it, strike out what nobody else should see, and say what
you did, what you expected, and what happened instead. -->

## What happened

"""
_RUN = re.compile(r"\b\d{8}-\d{6}-[a-z0-9-]+")
_TAIL = r"""(?:[/\\][^\s"'<>|:,;)\]]*)?"""
_AT_HOME = re.compile(r"""(?<=['"])~/[^'"\n]+|~/[^\s"'<>|:,;)\]]+""")
_OURS = re.compile(
    r"^~/\.(?:local/share|cache|config)/genie(?=/|$)"
    r"|/(?:globalStorage/genie-engineer\.genie-engineer|genie_engineer)\b"
)


def report(findings: Iterable[Finding], about: Mapping[str, str], log: str, folders: Sequence[str]) -> str:
    """Markdown. `about` are more versions by name, `folders` absolute paths whose contents are the user's."""
    redactor = Redactor(os.environ, Path.home())
    versions = {
        "Genie": __version__,
        **about,
        "Python": platform.python_version(),
        "System": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    rows = [f"- {name}: {value}" for name, value in versions.items()]
    rows += [f"- {one.name}: {'' if one.ok else 'NOT OK, '}{one.detail}" for one in findings]
    text = _ABOVE + "## Where\n\n" + "\n".join(rows) + "\n"
    if lines := log.splitlines()[-MOST_LINES:]:
        fence = "`" * 4
        text += f"\n## The end of the log\n\n{fence}\n" + "\n".join(lines) + f"\n{fence}\n"
    return _impersonal(redactor.text(_without(text, folders)))


def _without(text: str, folders: Sequence[str]) -> str:
    """The text without the paths below `folders`, the longest first."""
    for folder in sorted(filter(None, folders), key=len, reverse=True):
        text = re.sub(re.escape(folder.rstrip("/\\")) + r"(?![\w.-])" + _TAIL, "<workspace>", text)
    return text


def _impersonal(text: str) -> str:
    """The text without names of runs and people, and without what lies in the home but Genie's own."""
    text = _RUN.sub("<run>", text)
    text = _AT_HOME.sub(lambda path: _shortened(path[0]), text)
    for name in {getpass.getuser(), Path.home().name} - {"", "root"}:
        text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", "<user>", text)
    return text


def _shortened(path: str) -> str:
    return path if _OURS.search(path) else "~/…"
