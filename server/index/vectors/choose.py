"""The setting that says which model searches by meaning → the model."""

from importlib.util import find_spec
from pathlib import Path

from ...errors import SetupError
from .builtin import builtin_model, models_folder

RUNTIME = ("onnxruntime", "tokenizers")


def chosen_model(setting: str, models: Path | None = None) -> str | None:
    """What `open_embedder` takes, or None for none.

    "auto" is the built-in model once it has been fetched, "builtin" insists on it, "off" is none; anything
    else names a model of sentence-transformers, or a folder. Raises SetupError, with the fix.
    """
    if setting == "off":
        return None
    if setting not in ("auto", "builtin"):
        return setting
    folder = builtin_model(models or models_folder())
    usable = folder is not None and all(find_spec(name) for name in RUNTIME)
    if setting == "builtin" and not usable:
        raise SetupError("The built-in embedding model isn't here: `genie index --vectors` fetches it.")
    return str(folder) if usable else None
