"""Which parts of a hidden home folder commands still need: interpreters and libraries, never settings.

Folders that also hold credentials (~/.cargo, ~/.m2, ~/.gradle, ~/.sbt …) are named by their harmless parts.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

_TOOLCHAINS = (
    *(".pyenv", ".nvm", ".fnm", ".volta", ".nodenv", ".rbenv", ".rvm", ".goenv", ".jenv", ".asdf", ".sdkman"),
    *(".deno", ".bun", ".rustup", ".opam", ".ghcup", ".julia", ".swiftly", ".virtualenvs", ".linuxbrew"),
    *(".cargo/bin", ".cargo/registry", ".cargo/git", ".local/bin", ".local/lib", ".local/pipx"),
    *(".local/share/uv", ".local/share/pipx", ".local/share/virtualenvs", ".local/share/hatch"),
    *(".local/share/mise", ".local/share/fnm", ".local/share/pnpm", ".local/share/pdm"),
    *(".cache/pypoetry/virtualenvs", ".cache/coursier", ".cache/ms-playwright", ".cache/node"),
    *(".m2/repository", ".m2/wrapper", ".gradle/wrapper", ".gradle/caches", ".ivy2/cache", ".sbt/boot"),
    *(".gem/ruby", ".composer/vendor", ".nuget/packages", ".dotnet/sdk", "go/bin", "go/pkg", "sdk"),
)

_PREFIX_MARKS = ("pyvenv.cfg", "conda-meta", "lib", "libexec", "Cellar")


def homes() -> tuple[Path, ...]:
    """The folders to hide: HOME and the home that the account database names."""
    found = [Path.home()]
    try:
        import pwd

        found.append(Path(pwd.getpwuid(os.getuid()).pw_dir))
    except (ImportError, KeyError):
        pass
    real = dict.fromkeys(Path(os.path.realpath(home)) for home in found if home.is_absolute())
    return tuple(home for home in real if len(home.parts) > 1 and home.is_dir())


def needed(
    hidden: Sequence[Path], path: str, words: Iterable[str], environments: Iterable[Path]
) -> list[Path]:
    """Folders below `hidden` that stay readable.

    `path` is the PATH that commands get, `words` those of the command (an interpreter may be named by its
    absolute path), `environments` are virtual environments whose interpreter must stay in reach.
    """
    wanted = [home / name for home in homes() for name in _TOOLCHAINS]
    wanted += [Path(sys.prefix), Path(sys.base_prefix)]
    wanted += [_prefix(Path(folder)) for folder in path.split(os.pathsep) if folder.startswith("/")]
    wanted += [_prefix(Path(word).parent) for word in words if word.startswith("/")]
    for environment in [*environments, *wanted]:
        wanted += _base_interpreter(environment)
    below = {folder for folder in wanted if _is_inside(folder, hidden) and folder.is_dir()}
    return sorted(folder for folder in below if not any(parent in below for parent in folder.parents))


def _prefix(folder: Path) -> Path:
    """The installation that the folder of programs `folder` belongs to, or else the folder itself."""
    parent = folder.parent
    if folder.name in ("bin", "condabin", "shims") and any(
        (parent / mark).exists() for mark in _PREFIX_MARKS
    ):
        return parent
    return folder


def _base_interpreter(environment: Path) -> list[Path]:
    """The installation that a virtual environment was made from (PEP 405)."""
    try:
        lines = (environment / "pyvenv.cfg").read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    homes = [line.partition("=")[2].strip() for line in lines if line.partition("=")[0].strip() == "home"]
    return [_prefix(Path(os.path.realpath(home))) for home in homes] + [_prefix(Path(home)) for home in homes]


def _is_inside(folder: Path, hidden: Sequence[Path]) -> bool:
    """Whether `folder` is a true part of a hidden home, and neither a home nor around one."""
    return any(home in folder.parents for home in hidden) and not any(
        folder == home or folder in home.parents for home in hidden
    )
