"""A repository's own index, where it is kept, and how it is opened as the settings have it."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from hashlib import sha256
from pathlib import Path

from ..config import IndexSettings, cache_home
from ..errors import UsageError
from ..index.bounds import bounds
from ..index.index import Index, open_index
from ..index.vectors.builtin import fetch_builtin_model, models_folder
from ..index.vectors.choose import chosen_model
from ..index.vectors.closeness import open_closeness
from .storage import using_index


@contextmanager
def open_repository_index(repository: Path, settings: IndexSettings) -> Iterator[Index]:
    """The index of the repository at this root, not brought up to date yet. Raises SetupError, UsageError."""
    file = index_file(repository)
    limits = bounds(settings.memory_mb)
    model = chosen_model(settings.vectors) if limits.vectors else None
    noted = using_index(file, repository)
    by_meaning = open_closeness(file.with_suffix(".vectors"), model) if model else nullcontext()
    with noted, by_meaning as closeness, open_index(file, closeness, limits) as index:
        yield index


def set_up_vectors(settings: IndexSettings) -> None:
    """Fetches the built-in model, if it is the chosen one and isn't there. Blocks, for a minute perhaps.

    Raises UsageError when the settings don't want or allow a model, SetupError when it can't be had.
    """
    if settings.vectors == "off":
        raise UsageError('Search by meaning is switched off: set `vectors = "auto"` under [index].')
    if not bounds(settings.memory_mb).vectors:
        raise UsageError(f"A model doesn't fit into {settings.memory_mb} MB beside the index.")
    if settings.vectors in ("auto", "builtin"):
        fetch_builtin_model(models_folder())


def index_file(repository: Path) -> Path:
    """The index of a repository: a database in the cache, named after the folder."""
    key = sha256(str(repository.resolve()).encode()).hexdigest()[:12]
    return cache_home() / "index" / f"{repository.resolve().name}-{key}.sqlite"
