"""Keeps commands in: bubblewrap where it can run; a plain word to the user where it can't."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

from ..config import SandboxMode
from ..errors import SetupError
from .copy import Workbench
from .toolchains import homes, needed

_NAMESPACES = (
    "--unshare-all",
    "--die-with-parent",
    "--ro-bind",
    "/",
    "/",
    "--dev",
    "/dev",
    "--proc",
    "/proc",
)
_PRIVATE = (Path("/tmp"), Path("/var/tmp"), Path("/run"))
_KEPT_OF_RUN = ("/run/current-system", "/run/opengl-driver", "/run/wrappers")

_INSTALL = "Install it (Debian, Ubuntu: `apt install bubblewrap`; Fedora: `dnf install bubblewrap`)"
_ALLOW = (
    "This system may forbid user namespaces: see `sysctl kernel.unprivileged_userns_clone` and, on Ubuntu, "
    "`sysctl kernel.apparmor_restrict_unprivileged_userns`"
)


@dataclass(frozen=True)
class Sandbox:
    """How commands are kept in. `program` is bubblewrap's path, or "" for none; `words` are for the user.

    `asks`: there is none, and the user hasn't said in the settings that there need be none.
    """

    program: str
    words: str
    asks: bool = False

    def place(self, bench: Workbench) -> Path:
        """Where commands see the copy: at the user's repository in bubblewrap, else where it lies."""
        return bench.repository if self.program else bench.root


async def detect(mode: SandboxMode) -> Sandbox:
    """Finds out by trying. Raises SetupError for "require" where there is none, with the fix."""
    if mode == "off":
        return Sandbox("", "no sandbox (switched off in the settings): commands run with your own rights")
    program = shutil.which("bwrap")
    reason = await _try(program) if program else "bubblewrap is not installed"
    if program and not reason:
        return Sandbox(
            program,
            "bubblewrap: no network, your files read-only, your home folder hidden but for toolchains",
        )
    fix = _ALLOW if program else _INSTALL
    if mode == "require":
        raise SetupError(f"The settings require a sandbox, but {reason}. {fix}.")
    return Sandbox("", f"no sandbox, {reason}: commands run with your own rights. {fix}", asks=True)


async def _try(program: str) -> str:
    """Why bubblewrap can't run here; "" if it can."""
    process = await asyncio.create_subprocess_exec(
        *(program, *_NAMESPACES, "--tmpfs", "/tmp", "--", "/bin/sh", "-c", "exit 0"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, words = await process.communicate()
    if process.returncode == 0:
        return ""
    lines = words.decode("utf-8", "replace").strip().splitlines() or [f"exit status {process.returncode}"]
    return f"bubblewrap can't run here ({lines[-1]})"


def bubblewrap_arguments(
    sandbox: Sandbox, bench: Workbench, words: list[str], path: str, writable: bool = True
) -> list[str]:
    """The arguments that go in front of a command, ending in "--".

    `words` are the command's own and `path` its PATH: both may name an interpreter in the hidden home.
    The copy is read-only unless `writable`. Later mounts cover earlier ones, so the order is: all read-only,
    the private and hidden folders, the toolchains, the copy at the repository's place, its ignored folders,
    our own scratch and probe.
    """
    hidden = (*_PRIVATE, *homes())
    arguments = [sandbox.program, *_NAMESPACES]
    for folder in hidden:
        if folder.is_dir() and not folder.is_symlink():
            arguments += ["--tmpfs", str(folder)]
    for kept in _KEPT_OF_RUN:
        arguments += ["--ro-bind-try", kept, kept]
    ignored = [bench.repository / name for name in bench.ignored if (bench.repository / name).is_dir()]
    absolute = [str(bench.repository / word) for word in words if "/" in word]
    for folder in needed(hidden, path, absolute, ignored):
        arguments += ["--ro-bind", str(folder), str(folder)]
    place = str(bench.repository)
    arguments += ["--bind", str(bench.root), place]
    for folder in ignored:
        arguments += ["--ro-bind", str(folder), str(folder)]
    if not writable:
        arguments += ["--remount-ro", place]
    arguments += ["--bind", str(bench.scratch), str(bench.scratch)]
    arguments += ["--ro-bind", str(PROBE), str(PROBE)]
    return [*arguments, "--chdir", place, "--"]


PROBE = Path(__file__).resolve().parent / "probe"
"""The folder of the modules that run in the user's interpreter."""


def link_ignored(bench: Workbench) -> None:
    """Without bubblewrap the ignored folders are reached by symlinks, which `restore` removes again."""
    for name in bench.ignored:
        link = bench.root / name
        if not link.is_symlink() and not link.exists() and link.parent.is_dir():
            link.symlink_to(bench.repository / name, target_is_directory=True)
