"""A real BERT, only tiny: two layers of random weights over a vocabulary of eleven words."""

import json
from pathlib import Path

import numpy as np

from genie_engineer.index.vectors.bert_graph import Shape, write_onnx
from genie_engineer.index.vectors.codes import Floats

WIDTH = 32
LAYERS = 2
HEADS = 2
WORDS = ("[PAD]", "[UNK]", "parse", "the", "header", "of", "a", "request", "sort", "list", "query:")


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


def write_tiny_model(folder: Path) -> Path:
    """Fills a folder with that BERT and its tokenizer."""
    write_onnx(bert_weights(), Shape(LAYERS, HEADS, 1e-12), folder / "model.onnx")
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    tokenizer = {
        "version": "1.0",
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    return folder
