"""Embedding in the background what has no vector yet, the most useful first."""

from collections.abc import Iterable, Iterator
from itertools import islice

from .embedder import Embedder
from .store import Vectors

_LOOKED_UP_AT_ONCE = 64
_EMBEDDED_AT_ONCE = 8


def embed_pending(vectors: Vectors, embedder: Embedder, texts: Iterable[tuple[bytes, str]]) -> Iterator[int]:
    """Gives a vector to each (key, text) that has none, in order, and yields how many after each batch.

    Not to ask for the next batch is to pause; to close the iterator is to cancel; what is done is in the
    file, so that beginning again goes on where it stopped. Texts are taken from the iterable as they are
    needed. Raises SetupError.
    """
    coming = iter(texts)
    while block := dict(islice(coming, _LOOKED_UP_AT_ONCE)):
        missing = vectors.missing(list(block))
        missing.sort(key=lambda key: len(block[key]))  # Texts of like length: less padding in a batch.
        for start in range(0, len(missing), _EMBEDDED_AT_ONCE):
            keys = missing[start : start + _EMBEDDED_AT_ONCE]
            vectors.add(keys, embedder.embed([block[key] for key in keys], "document"))
            yield len(keys)
