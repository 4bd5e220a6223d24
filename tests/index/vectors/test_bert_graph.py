"""The graph that we write against the same network in a few lines of arithmetic."""

import math
from pathlib import Path

import numpy as np

from genie_engineer.index.vectors.bert_graph import read_safetensors
from genie_engineer.index.vectors.codes import Floats
from genie_engineer.index.vectors.encoders import load
from tests.tiny_bert import HEADS, LAYERS, WIDTH, WORDS

SENTENCES = ["parse the header of a request", "sort a list", "of"]


def normal(values: Floats, weights: dict[str, Floats], name: str) -> Floats:
    centred = values - values.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
    found: Floats = centred / deviation * weights[name + ".weight"] + weights[name + ".bias"]
    return found


def dense(values: Floats, weights: dict[str, Floats], name: str) -> Floats:
    found: Floats = values @ weights[name + ".weight"].T + weights[name + ".bias"]
    return found


def attention(values: Floats, weights: dict[str, Floats], name: str) -> Floats:
    split = (len(values), HEADS, WIDTH // HEADS)
    query, keys, content = (
        dense(values, weights, name + part).reshape(split) for part in ("query", "key", "value")
    )
    likeness = np.einsum("ihd,jhd->hij", query, keys) / math.sqrt(WIDTH // HEADS)
    share = np.exp(likeness - likeness.max(axis=-1, keepdims=True))
    share /= share.sum(axis=-1, keepdims=True)
    found: Floats = np.einsum("hij,jhd->ihd", share, content).reshape(len(values), WIDTH)
    return found


def bert(sentence: str, weights: dict[str, Floats]) -> Floats:
    ids = [WORDS.index(word) for word in sentence.split()]
    values = weights["embeddings.word_embeddings.weight"][ids]
    values = values + weights["embeddings.position_embeddings.weight"][: len(ids)]
    values = normal(
        values + weights["embeddings.token_type_embeddings.weight"][0], weights, "embeddings.LayerNorm"
    )
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        mixed = dense(
            attention(values, weights, name + "attention.self."), weights, name + "attention.output.dense"
        )
        values = normal(values + mixed, weights, name + "attention.output.LayerNorm")
        wide = dense(values, weights, name + "intermediate.dense")
        wide = wide * 0.5 * (1 + np.vectorize(math.erf)(wide / math.sqrt(2)))
        values = normal(
            values + dense(wide, weights, name + "output.dense"), weights, name + "output.LayerNorm"
        )
    found: Floats = values.mean(axis=0)
    return found


def test_it_computes_what_bert_computes(tiny_model: Path, bert_weights: dict[str, Floats]) -> None:
    found = load(str(tiny_model), 1).encode(SENTENCES, "document")
    right = np.stack([bert(sentence, bert_weights) for sentence in SENTENCES])
    cosines = (found * right).sum(1) / np.linalg.norm(found, axis=1) / np.linalg.norm(right, axis=1)
    assert cosines.min() > 0.99
    assert np.abs(found - right).max() < 0.25 * np.abs(right).max()


def test_safetensors_are_read(tmp_path: Path) -> None:
    head = b'{"one":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"__metadata__":{"a":"b"},'
    head += b'"ids":{"dtype":"I64","shape":[1],"data_offsets":[8,16]}}'
    body = np.array([1.5, -2], "<f4").tobytes() + bytes(8)
    (tmp_path / "x").write_bytes(len(head).to_bytes(8, "little") + head + body)
    tensors = read_safetensors(tmp_path / "x")
    assert {name: value.tolist() for name, value in tensors.items()} == {"one": [[1.5], [-2.0]]}
