"""A released library as its authors packed it, pinned by hash, as a git repository to work in."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sdist:
    """A source distribution on the package index. `sha256` is of its archive, a .tar.gz."""

    name: str
    version: str
    sha256: str

    @property
    def stem(self) -> str:
        """The name of the archive without its ending, and of the folder in it."""
        return f"{self.name}-{self.version}"


def fetched(sdist: Sdist, folder: Path, python: str = sys.executable) -> Path:
    """The archive in `folder`, downloaded by the first call. pip checks the hash too, before it reads a file.

    `python` is of an environment that has the library's build backend. Exits with a reason where it can't be
    had.
    """
    archive = folder / f"{sdist.stem}.tar.gz"
    if not genuine(archive, sdist):
        folder.mkdir(parents=True, exist_ok=True)
        archive.unlink(missing_ok=True)
        wanted = folder / "requirements.txt"
        wanted.write_text(f"{sdist.name}=={sdist.version} --hash=sha256:{sdist.sha256}\n", "utf-8")
        pip = [python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        pip += ["--no-deps", "--no-build-isolation", "--no-binary", sdist.name, "--require-hashes"]
        subprocess.run([*pip, "--dest", str(folder), "-r", str(wanted)], env=environment(), check=False)
    if not genuine(archive, sdist):
        sys.exit(
            f"{sdist.name} {sdist.version} could not be fetched: pip's words are above. Is the network there?"
        )
    return archive


def genuine(archive: Path, sdist: Sdist) -> bool:
    """Whether the archive is there and is the one that the hash stands for."""
    return archive.exists() and hashlib.sha256(archive.read_bytes()).hexdigest() == sdist.sha256


def unpacked(archive: Path, sdist: Sdist, folder: Path) -> Path:
    """A fresh copy of the library below `folder`: what an earlier run changed there is gone."""
    repository = folder / sdist.stem
    shutil.rmtree(repository, ignore_errors=True)
    with tarfile.open(archive) as tar:
        # Debian 12's Python has no filters; the hash vouches for the content there.
        tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        tar.extractall(folder)
    return repository


def commit(repository: Path, message: str) -> None:
    """One commit, the same one each time, so that an earlier run can still be applied or resumed."""
    identity = ["-c", "user.name=Genie", "-c", "user.email=genie@localhost"]
    for words in (["init", "--quiet", "--initial-branch=main"], ["add", "--all", "--force"]):
        _git(repository, *words)
    _git(repository, *identity, "commit", "--quiet", "--message", message)


def _git(repository: Path, *words: str) -> None:
    """Runs git without the user's or the machine's settings."""
    fixed = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    fixed |= {f"GIT_{who}_DATE": "2025-02-02T12:00:00+0000" for who in ("AUTHOR", "COMMITTER")}
    subprocess.run(["git", *words], cwd=repository, env=environment() | fixed, check=True)


def environment() -> dict[str, str]:
    """As in the activated virtual environment, with no word of the repository that this one lies in."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), inherited.get("PATH", os.defpath)])
    return inherited | {"PATH": path, "VIRTUAL_ENV": sys.prefix}
