"""Secrets struck out of what is handed on to others.

What is known of this process's environment goes wherever it stands; beside it, what has the form of a key
that providers publish so that it can be found, a password in a URL, and a literal beside a name that says
what it is. The user's home folder becomes "~".
"""

import re
from collections.abc import Mapping
from pathlib import Path

from ..models.contract import Json
from ..workbench.environment import secrets

STRUCK = "[redacted]"

_FORMS = re.compile(
    r"""
    -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----.*?-----END[ ][A-Z ]*PRIVATE[ ]KEY-----
    | \bsk-[\w-]{20,} | \bgh[pousr]_\w{30,} | \bgithub_pat_\w{22,} | \bglpat-[\w-]{20,}
    | \bxox[abeprs]-[\w-]{10,} | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b | \bAIza[\w-]{35}
    | \bhf_\w{30,} | \bnpm_\w{36} | \bpypi-[\w-]{50,}
    | \beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}
    """,
    re.VERBOSE | re.DOTALL,
)
_PASSWORD = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")
_NAMED = re.compile(
    r"""((?i:(?:api_?key|secret|token|passw(?:or)?d|credential)\w*)["']?\s*[:=]\s*["'])[^"'\s]{8,}(?=["'])"""
    r"""|(\b[A-Z_]*(?:API_?KEY|SECRET|TOKEN|PASSWORD)[A-Z_]*=)[^\s"'()]{8,}"""
)


class Redactor:
    """Strikes secrets out of texts, and counts them in `struck`."""

    def __init__(self, environment: Mapping[str, str], home: Path) -> None:
        known = sorted(secrets(environment), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None
        self._home = re.compile(re.escape(str(home)) + r"(?![\w.-])") if home.parts[1:] else None
        self.struck = 0

    def text(self, text: str) -> str:
        """The text without what is secret."""
        for pattern in (self._known, _FORMS, _PASSWORD, _NAMED):
            if pattern:
                text, count = pattern.subn(_strike, text)
                self.struck += count
        return self._home.sub("~", text) if self._home else text

    def json(self, value: Json) -> Json:
        """The value with every text in it, names too, without what is secret."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.json(one) for one in value]
        if isinstance(value, dict):
            return {self.text(name): self.json(one) for name, one in value.items()}
        return value


def _strike(found: re.Match[str]) -> str:
    """What names the secret stays."""
    return next(filter(None, found.groups()), "") + STRUCK
