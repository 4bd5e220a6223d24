"""Vectors that lie like embeddings of code, and a tiny model."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from genie_engineer.index.vectors.codes import Floats
from genie_engineer.index.vectors.store import Vectors, open_vectors
from tests import tiny_bert

DIMENSIONS = 64


def key(number: int) -> bytes:
    return number.to_bytes(16, "big")


def clustered(count: int, dimensions: int = DIMENSIONS, seed: int = 0) -> Floats:
    """Overlapping clusters of clusters, of uneven sizes and densities, mostly along a few directions."""
    random = np.random.default_rng(seed)
    strength = np.arange(1, dimensions + 1) ** -0.55
    centres = np.zeros((1, dimensions))
    for level in range(3):
        spread = random.standard_normal((len(centres) * 10, dimensions)) * strength * 0.8**level
        centres = np.repeat(centres, 10, axis=0) + spread
    popular = random.zipf(1.4, len(centres)).clip(1, 1000).astype(float)
    members = random.choice(len(centres), count, p=popular / popular.sum())
    noise = random.standard_normal((count, dimensions)) * strength * random.uniform(0.4, 3, (count, 1))
    found = centres[members] + noise
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def vectors(tmp_path: Path) -> Iterator[Vectors]:
    with open_vectors(tmp_path / "cache", "a model", DIMENSIONS) as opened:
        yield opened


@pytest.fixture(scope="session")
def bert_weights() -> dict[str, Floats]:
    return tiny_bert.bert_weights()
