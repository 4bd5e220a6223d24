"""Vectors that lie like embeddings of code, and a real BERT, only tiny."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from genie_engineer.index.vectors.bert_graph import Shape, write_onnx
from genie_engineer.index.vectors.codes import Floats
from genie_engineer.index.vectors.store import Vectors, open_vectors

DIMENSIONS = 64
WIDTH = 32
LAYERS = 2
HEADS = 2
WORDS = ("[PAD]", "[UNK]", "parse", "the", "header", "of", "a", "request", "sort", "list", "query:")


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
    """Random weights under the names that BERT's have."""
    random = np.random.default_rng(1)

    def weights(*shape: int) -> Floats:
        return (random.standard_normal(shape) * 0.3).astype(np.float32)

    found = {
        "embeddings.word_embeddings.weight": weights(len(WORDS), WIDTH),
        "embeddings.position_embeddings.weight": weights(64, WIDTH),
        "embeddings.token_type_embeddings.weight": weights(2, WIDTH),
    }
    shapes = {
        "attention.self.query": (WIDTH, WIDTH),
        "attention.self.key": (WIDTH, WIDTH),
        "attention.self.value": (WIDTH, WIDTH),
        "attention.output.dense": (WIDTH, WIDTH),
        "intermediate.dense": (4 * WIDTH, WIDTH),
        "output.dense": (WIDTH, 4 * WIDTH),
    }
    norms = ["embeddings.LayerNorm"]
    for layer in range(LAYERS):
        prefix = f"encoder.layer.{layer}."
        for name, shape in shapes.items():
            found[f"{prefix}{name}.weight"] = weights(*shape)
            found[f"{prefix}{name}.bias"] = weights(shape[0])
        norms += [f"{prefix}attention.output.LayerNorm", f"{prefix}output.LayerNorm"]
    for name in norms:
        found[f"{name}.weight"] = 1 + weights(WIDTH)
        found[f"{name}.bias"] = weights(WIDTH)
    return found


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory, bert_weights: dict[str, Floats]) -> Path:
    """A folder with that BERT and a tokenizer of eleven words."""
    folder = tmp_path_factory.mktemp("tiny bert ☂")
    write_onnx(bert_weights, Shape(LAYERS, HEADS, 1e-12), folder / "model.onnx")
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    tokenizer = {
        "version": "1.0",
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    return folder
