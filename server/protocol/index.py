"""What is said of indexes: how they are, and what is found in them."""

from dataclasses import dataclass
from typing import Literal

IndexPhase = Literal["indexing", "ready", "paused", "failed"]


@dataclass(frozen=True)
class FindCode:
    """genie/findCode → CodeFound: what the code in the repository around `folder` does, in words."""

    folder: str
    query: str


@dataclass(frozen=True)
class CodeSpan:
    """A Span as an editor opens and lists it; `preview` is its first line that isn't blank, stripped."""

    uri: str
    path: str
    start: int
    end: int
    symbol: str
    reason: str
    preview: str


@dataclass(frozen=True)
class CodeFound:
    """The best first, of what is indexed so far: there may be more to find while `indexing`."""

    spans: tuple[CodeSpan, ...]
    indexing: bool


@dataclass(frozen=True)
class ChangeIndex:
    """genie/index → IndexState. The answer to "pause" comes when nothing works on the index any more; that to
    "vectors", when the model that makes them is there: it may be fetched first, which takes a while.
    """

    folder: str
    action: Literal["update", "pause", "resume", "rebuild", "vectors"]


@dataclass(frozen=True)
class IndexState:
    """genie/indexState (notification): the index of the repository around `folder`, from its first use on.

    `done` of `total` files are seen while indexing. `files` and `chunks` are what the index held when it was
    last up to date; `embedded`, how many of them have vectors, and `trouble`, why none are made. `memory_mb`
    is what the server and its children take in all, 0 where that isn't known. `message` says why it failed.
    """

    folder: str
    state: IndexPhase
    done: int = 0
    total: int = 0
    files: int = 0
    chunks: int = 0
    embedded: int = 0
    memory_mb: int = 0
    message: str = ""
    trouble: str = ""
