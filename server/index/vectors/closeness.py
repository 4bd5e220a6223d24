"""How close documents are to questions in meaning: by vectors, which are made once and kept."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock

from .codes import KEY_BYTES, Floats
from .embedder import Embedder, open_embedder
from .pending import embed_pending
from .store import Vectors, open_vectors


@contextmanager
def open_closeness(folder: Path, model: str, threads: int = 1) -> Iterator["Closeness"]:
    """`model` as `open_embedder` takes it; its vectors are kept in `folder`. Nothing is loaded yet."""
    with ExitStack() as resources:
        embedder = resources.enter_context(open_embedder(model, threads))
        yield Closeness(folder, embedder, resources)


class Closeness:
    """Calls block, and may come from any thread. Every method raises SetupError."""

    def __init__(self, folder: Path, embedder: Embedder, resources: ExitStack) -> None:
        self.folder = folder
        self._embedder = embedder
        self._resources = resources
        self._vectors: Vectors | None = None
        self._opening = Lock()
        self._asking = resources.enter_context(ThreadPoolExecutor(1, "question"))

    def ask(self, texts: Sequence[str]) -> Future[Floats]:
        """(q, d) vectors of what is asked, as soon as they are there: whoever asks may do other things."""
        return self._asking.submit(self._embedder.embed, texts, "query")

    def nearest(self, question: Floats, most: int) -> list[bytes]:
        """The keys of the `most` kept documents that are nearest to a question (d,), nearest first."""
        return self._opened().search(question, most)[0]

    def cosines(self, questions: Floats, documents: Sequence[str], wait: bool = True) -> Floats:
        """(q, n): the cosine of each question with each document; NaN, unless `wait`, without a vector."""
        vectors = self._opened()
        keys = [key_of(document) for document in documents]
        if wait:
            self.keep(documents)
        return vectors.scores(questions, keys)

    def keep(self, documents: Iterable[str]) -> int:
        """Makes the vectors that are missing; says how many were."""
        keyed = ((key_of(document), document) for document in documents)
        return sum(embed_pending(self._opened(), self._embedder, keyed))

    def load(self) -> None:
        """Starts the model now, for whoever wants to know at once that it can be."""
        self._opened()

    def rest(self) -> None:
        """Gives the model's memory back until it is needed again."""
        self._embedder.rest()

    @property
    def count(self) -> int:
        """How many vectors are kept."""
        return self._opened().count

    def _opened(self) -> Vectors:
        with self._opening:
            if self._vectors is None:
                model = self._embedder.model()
                opened = open_vectors(self.folder, model.key, model.dimensions)
                self._vectors = self._resources.enter_context(opened)
            return self._vectors


def key_of(document: str) -> bytes:
    """What a document's vector is kept under."""
    return hashlib.blake2b(document.encode("utf-8", "replace"), digest_size=KEY_BYTES).digest()
