"""Tasks and chunks → corrections of the built-in embedding model's weights, which the package ships.

    python bench/ranking/tune.py --pairs DIR --model DIR --out server/index/vectors/tuning.npz [--epochs N]

`--model` holds the model's own model.safetensors and tokenizer.json. Needs torch, safetensors and tokenizers
in an environment of its own (torch 2.13 for CPUs, in bfloat16: 40 minutes on two cores for 4,000 examples).

Each step takes eight tasks; of each one chunk that its fix changed, and six that a search by words ranks high
and the fix left alone. The loss has two parts: among all chunks of the step to find the own one by meaning
alone (InfoNCE, van den Oord et al., 2018), and among the own chunks to find it by meaning and the search's
score together, so that what is learned is what words don't tell.
"""

import argparse
import gzip
import json
import math
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

LAYERS, HEADS, EPSILON = 6, 12, 1e-12
RANK, SCALE = 16, 2.0
TASKS, OTHERS = 8, 6
RATE, SLOPE_RATE, WARMING = 4e-4, 1e-2, 40
TEMPERATURE = 0.05
TITLES = 0.25
DOCUMENT_TOKENS, TASK_TOKENS, TITLE_TOKENS = 192, 256, 64
TOKENS_AT_ONCE = 4096
TUNED = ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
         "intermediate.dense", "output.dense")  # fmt: skip

Example = dict[str, Any]


class Bert(nn.Module):
    """The model with its weights fixed, and beside each tuned matrix two narrow ones that learn."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        loaded = load_file(file)
        self.fixed = {name: value.float() for name, value in loaded.items() if value.is_floating_point()}
        self.names = [f"encoder.layer.{layer}.{part}" for layer in range(LAYERS) for part in TUNED]
        self.low, self.high = nn.ParameterList(), nn.ParameterList()
        seeded = torch.Generator().manual_seed(1)
        for name in self.names:
            outputs, inputs = self.fixed[f"{name}.weight"].shape
            drawn = torch.randn(RANK, inputs, generator=seeded) / math.sqrt(inputs)
            self.low.append(nn.Parameter(drawn))
            self.high.append(nn.Parameter(torch.zeros(outputs, RANK)))

    def tuned(self) -> dict[str, Tensor]:
        """The tuned matrices as they are now."""
        parts = zip(self.names, self.low, self.high, strict=True)
        return {name: self.fixed[f"{name}.weight"] + SCALE * high @ low for name, low, high in parts}

    def forward(self, ids: Tensor, mask: Tensor, tuned: dict[str, Tensor]) -> Tensor:
        """(n, d) vectors of length 1 for (n, t) tokens: the mean over those that `mask` has."""
        rows, width = ids.shape
        fixed = self.fixed
        hidden = fixed["embeddings.word_embeddings.weight"][ids]
        hidden = hidden + fixed["embeddings.position_embeddings.weight"][:width]
        hidden = self._normal(
            hidden + fixed["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm"
        )
        hide = torch.zeros(rows, 1, 1, width).masked_fill(mask[:, None, None] == 0, -1e9)
        for layer in range(LAYERS):
            name = f"encoder.layer.{layer}."
            asked = [
                self._dense(hidden, f"{name}attention.self.{part}", tuned)
                .view(rows, width, HEADS, -1)
                .transpose(1, 2)
                for part in ("query", "key", "value")
            ]
            mixed = functional.scaled_dot_product_attention(*asked, attn_mask=hide.to(asked[0].dtype))
            mixed = self._dense(
                mixed.transpose(1, 2).reshape(rows, width, -1), f"{name}attention.output.dense", tuned
            )
            hidden = self._normal(hidden + mixed, f"{name}attention.output.LayerNorm")
            wide = functional.gelu(self._dense(hidden, f"{name}intermediate.dense", tuned))
            hidden = self._normal(
                hidden + self._dense(wide, f"{name}output.dense", tuned), f"{name}output.LayerNorm"
            )
        weights = mask[..., None]
        return functional.normalize((hidden.float() * weights).sum(1) / weights.sum(1), dim=-1)

    def _dense(self, hidden: Tensor, name: str, tuned: dict[str, Tensor]) -> Tensor:
        return functional.linear(hidden, tuned[name], self.fixed[f"{name}.bias"])

    def _normal(self, hidden: Tensor, name: str) -> Tensor:
        weight, bias = self.fixed[f"{name}.weight"], self.fixed[f"{name}.bias"]
        return functional.layer_norm(hidden, (hidden.shape[-1],), weight, bias, EPSILON)


def main() -> int:
    """Reads, learns, writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=2)
    parser.add_argument("--threads", type=int, default=2)
    wish = parser.parse_args()
    torch.set_num_threads(wish.threads)
    examples = read(wish.pairs, wish.model / "tokenizer.json")
    bert = Bert(wish.model / "model.safetensors")
    learn(bert, examples, round(wish.epochs * len(examples) / TASKS))
    save(bert, wish.out)
    return 0


def read(folder: Path, tokenizer_file: Path) -> list[Example]:
    """Examples with enough to tell apart, their texts as token ids."""
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_padding()

    def ids(texts: list[str], most: int) -> list[list[int]]:
        tokenizer.enable_truncation(most)
        return [row.ids for row in tokenizer.encode_batch(texts)]

    examples = []
    for file in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(file, "rt") as lines:
            for row in map(json.loads, lines):
                chunks, task = row["chunks"], row["task"]
                hits = np.array([chunk["hits"] for chunk in chunks])
                if (hits == 0).sum() >= OTHERS and (hits > 0).any():
                    examples.append(
                        {
                            "task": ids([task[:1600]], TASK_TOKENS)[0],
                            "title": ids([task.split("\n")[0][:300]], TITLE_TOKENS)[0],
                            "chunks": ids([chunk["text"] for chunk in chunks], DOCUMENT_TOKENS),
                            "scores": np.array([chunk["score"] for chunk in chunks], np.float32),
                            "hits": hits,
                        }
                    )
    print(f"{len(examples)} examples", flush=True)
    return examples


def learn(bert: Bert, examples: list[Example], steps: int) -> None:
    """Adam, warmed up, its rate falling to nothing."""
    weight = nn.Parameter(torch.tensor(0.5))
    slope = nn.Parameter(torch.tensor(math.log(1 / TEMPERATURE)))
    groups = [{"params": [*bert.parameters()]}, {"params": [weight, slope]}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.0)
    chance = random.Random(5)
    order: list[int] = []
    losses: list[tuple[float, float]] = []
    for step in range(steps):
        share = min(1, (step + 1) / WARMING) * max(0.02, 1 - step / steps)
        for group, rate in zip(optimizer.param_groups, (RATE, SLOPE_RATE), strict=True):
            group["lr"] = rate * share
        if len(order) < TASKS:
            order = chance.sample(range(len(examples)), len(examples))
        batch = [examples[order.pop()] for _ in range(TASKS)]
        alone, together = lost(bert, batch, chance, weight, slope)
        optimizer.zero_grad()
        (0.5 * alone + together).backward()
        nn.utils.clip_grad_norm_(bert.parameters(), 1.0)
        optimizer.step()
        losses.append((alone.item(), together.item()))
        if step % 20 == 19:
            mean = np.round(np.mean(losses[-20:], axis=0), 3)
            print(
                f"{step + 1}/{steps} {mean} score {weight.item():.2f} slope {slope.exp().item():.1f}",
                flush=True,
            )


def lost(
    bert: Bert, batch: list[Example], chance: random.Random, weight: Tensor, slope: Tensor
) -> tuple[Tensor, Tensor]:
    """The losses by meaning alone, and by meaning with the search's scores."""
    chunks: list[list[int]] = []
    scores = []
    for example in batch:
        rows = drawn(example, chance)
        chunks += [example["chunks"][row] for row in rows]
        scores.append(torch.tensor(example["scores"][rows]))
    asked = [example["title" if chance.random() < TITLES else "task"] for example in batch]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        tuned = bert.tuned()
        documents, questions = embed(bert, chunks, tuned), embed(bert, asked, tuned)
    found = questions @ documents.T * slope.exp()
    width = 1 + OTHERS
    own = torch.stack([found[row, row * width : (row + 1) * width] for row in range(len(batch))])
    alone = functional.cross_entropy(found, torch.arange(len(batch)) * width)
    together = functional.cross_entropy(
        own + weight * torch.stack(scores), torch.zeros(len(batch), dtype=torch.long)
    )
    return alone, together


def drawn(example: Example, chance: random.Random) -> list[int]:
    """A chunk that the fix changed, and others that it didn't, those that rank high before others."""
    hits = example["hits"]
    changed, others = np.flatnonzero(hits > 0), np.flatnonzero(hits == 0)
    one = chance.choices(changed, weights=np.minimum(hits[changed], 5).tolist())[0]
    likely = 1 / (3 + others)
    seeded = np.random.default_rng(chance.getrandbits(32))
    return [int(one), *seeded.choice(others, OTHERS, replace=False, p=likely / likely.sum()).tolist()]


def embed(bert: Bert, rows: list[list[int]], tuned: dict[str, Tensor]) -> Tensor:
    """(n, d), texts of like length together."""
    order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
    found: list[Tensor] = []
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and len(rows[order[stop]]) * (stop + 1 - start) <= TOKENS_AT_ONCE:
            stop += 1
        chosen = [rows[row] for row in order[start:stop]]
        ids = torch.zeros(len(chosen), len(chosen[-1]), dtype=torch.long)
        mask = torch.zeros(ids.shape)
        for place, row in enumerate(chosen):
            ids[place, : len(row)] = torch.tensor(row)
            mask[place, : len(row)] = 1
        found.append(bert(ids, mask, tuned).float())
        start = stop
    return torch.cat(found)[torch.argsort(torch.tensor(order))]


def save(bert: Bert, path: Path) -> None:
    """Two matrices of 16 bits for each tuned weight, the scale within the second."""
    arrays = {}
    for name, low, high in zip(bert.names, bert.low, bert.high, strict=True):
        arrays[f"{name}.weight/a"] = low.detach().numpy().astype(np.float16)
        arrays[f"{name}.weight/b"] = (SCALE * high.detach()).numpy().astype(np.float16)
    np.savez_compressed(path, **arrays)


if __name__ == "__main__":
    sys.exit(main())
