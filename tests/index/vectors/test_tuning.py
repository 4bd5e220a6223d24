"""What the built-in model has learned fits its weights and changes nothing else."""

import numpy as np
import pytest

from genie_engineer.index.vectors.tuning import tuned, tuning_key

PARTS = {
    "attention.self.query": (384, 384),
    "attention.self.key": (384, 384),
    "attention.self.value": (384, 384),
    "attention.output.dense": (384, 384),
    "intermediate.dense": (1536, 384),
    "output.dense": (384, 1536),
}


def test_every_matrix_of_every_layer_is_corrected_a_little() -> None:
    shapes = {
        f"encoder.layer.{layer}.{part}.weight": shape for layer in range(6) for part, shape in PARTS.items()
    }
    weights = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    weights["embeddings.word_embeddings.weight"] = np.ones((3, 384), np.float32)
    found = tuned(weights)
    assert found.keys() == weights.keys()
    for name, shape in shapes.items():
        assert found[name].shape == shape
        assert 0 < np.abs(found[name]).max() < 0.5
        assert np.linalg.matrix_rank(found[name].astype(np.float64), tol=1e-4) <= 16
    assert (found["embeddings.word_embeddings.weight"] == 1).all()
    assert not any(weights[name].any() for name in shapes), "what was given stays as it was"


def test_weights_of_another_model_are_refused() -> None:
    with pytest.raises(KeyError):
        tuned({"encoder.layer.0.attention.self.query.weight": np.zeros((384, 384), np.float32)})


def test_the_corrections_have_a_key() -> None:
    assert len(tuning_key()) == 8
