"""The environment of commands in the workbench: the user's own, without secrets and what misleads tools."""

import os
import re
from collections.abc import Mapping

_SECRET_NAME = re.compile(
    r"KEY|TOKEN|SECRET|PASS(?!IVE)|CREDENTIAL|AUTH|PRIVATE|COOKIE|SESSION|_PAT$|_DSN$|^DSN$|SIGNATURE",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(r"://[^/\s@]+:[^/\s@]*@")
_SHORTEST_SECRET = 8
_MISLEADING = re.compile(
    r"^(GIT_(?!SSL)|GENIE_|PYTEST_CURRENT_TEST$|PYTEST_XDIST_|COV_CORE_|PYTHONHOME$|XDG_RUNTIME_DIR$|DOCKER_HOST$)"
)


def scrubbed(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """`environment` (ours by default) without names that look like secrets or URLs with a password."""
    source = os.environ if environment is None else environment
    return {
        name: value
        for name, value in source.items()
        if not (_SECRET_NAME.search(name) or _SECRET_VALUE.search(value) or _MISLEADING.search(name))
    }


def secrets(environment: Mapping[str, str]) -> set[str]:
    """The values of names that look like secrets, but for what is short, or the path of something."""
    return {
        value
        for name, value in environment.items()
        if _SECRET_NAME.search(name) and len(value) >= _SHORTEST_SECRET and "/" not in value
    }
