"""The models, within the worker: texts → vectors. Their packages are imported here and nowhere else.

A folder with an ONNX file and a tokenizer runs on onnxruntime, in a quarter of a gigabyte; any other folder,
and any name, is sentence-transformers' to load, which takes a whole one.
"""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import numpy as np

from .codes import Floats

Role = Literal["query", "document"]
_MOST_TOKENS = 256
_TOKENS_AT_ONCE = 2048


@dataclass(frozen=True)
class Encoder:
    """A loaded model. `key` tells it apart from every model whose vectors don't compare with its own."""

    key: str
    dimensions: int
    encode: Callable[[Sequence[str], Role], Floats]


def load(model: str, threads: int) -> Encoder:
    """Loads a folder, or a model by name. Raises whatever the libraries raise, ImportError without them."""
    file = onnx_file(Path(model))
    return _onnx(file, Path(model), threads) if file else _sentence_transformer(model, threads)


def onnx_file(folder: Path) -> Path | None:
    """The ONNX model in a folder, laid out as ours or as a model hub's."""
    places = (folder / "model.onnx", folder / "onnx" / "model.onnx")
    return next((file for file in places if file.is_file()), None)


def _onnx(file: Path, folder: Path, threads: int) -> Encoder:
    runtime: Any = import_module("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = runtime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    tokenizer: Any = import_module("tokenizers").Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(_most_tokens(folder))
    tokenizer.no_padding()
    inputs = {each.name for each in session.get_inputs()}
    first_token = _json(folder / "1_Pooling" / "config.json").get("pooling_mode_cls_token", False)
    prompts = _json(folder / "config_sentence_transformers.json").get("prompts") or {}

    def batch(rows: Sequence[Any]) -> Floats:
        ids = np.zeros((len(rows), max(len(row.ids) for row in rows)), np.int64)
        mask = np.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row.ids)] = row.ids
            mask[number, : len(row.ids)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = session.run(None, {name: feed[name] for name in inputs})[0]
        return hidden[:, 0] if first_token else _mean(hidden, mask)

    def encode(texts: Sequence[str], role: Role) -> Floats:
        rows = tokenizer.encode_batch([prompts.get(role, "") + text for text in texts])
        return _by_length(rows, batch)

    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return Encoder(f"onnx:{digest}", encode(["dimensions"], "document").shape[1], encode)


def _by_length(rows: Sequence[Any], batch: Callable[[Sequence[Any]], Floats]) -> Floats:
    """Texts of like length together, so that little is padded, and never many tokens at once."""
    order = sorted(range(len(rows)), key=lambda number: len(rows[number].ids))
    found: list[Floats] = []
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and len(rows[order[stop]].ids) * (stop + 1 - start) <= _TOKENS_AT_ONCE:
            stop += 1
        found.append(batch([rows[number] for number in order[start:stop]]))
        start = stop
    joined = np.concatenate(found).astype(np.float32, copy=False)
    result = np.empty_like(joined)
    result[order] = joined
    return result


def _mean(hidden: Floats, mask: Any) -> Floats:
    weights = mask[..., None].astype(np.float32)
    mean: Floats = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
    return mean


def _most_tokens(folder: Path) -> int:
    found = _json(folder / "sentence_bert_config.json").get("max_seq_length") or _MOST_TOKENS
    return min(int(found), 2 * _MOST_TOKENS)


def _json(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text("utf-8"))) if file.is_file() else {}


def _sentence_transformer(model: str, threads: int) -> Encoder:
    key = f"sentence-transformers:{model}"
    if Path(model).is_dir():
        os.environ["HF_HUB_OFFLINE"] = "1"
        key += f":{_fingerprint(Path(model))}"
    library: Any = import_module("sentence_transformers")
    import_module("torch").set_num_threads(threads)
    loaded = library.SentenceTransformer(model, device="cpu")

    def encode(texts: Sequence[str], role: Role) -> Floats:
        prompt = role if role in loaded.prompts else None
        vectors: Floats = loaded.encode(
            list(texts), prompt_name=prompt, batch_size=8, convert_to_numpy=True, show_progress_bar=False
        )
        return vectors.astype(np.float32, copy=False)

    return Encoder(key, encode(["dimensions"], "document").shape[1], encode)


def _fingerprint(folder: Path) -> str:
    """Other after a change of any file, without reading gigabytes of weights."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    facts = [(str(file.relative_to(folder)), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
