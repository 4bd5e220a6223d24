"""Rows of examples → the two ranking models that the package ships (LambdaMART: Burges, 2010, by LightGBM).

    python bench/ranking/train.py --rows DIR --out server/index/models

The model of chunks reads the score and rank of a chunk's file. It learns with scores of files that come from
a model which has not seen the repository (three folds by repository), as it will meet them.
"""

import argparse
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

FOLDS = 3
ROUNDS = 150
COMMON = {
    "objective": "lambdarank",
    "learning_rate": 0.1,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "verbose": -1,
    "seed": 7,
    "deterministic": True,
    "num_threads": 1,
}
SETTINGS = {
    "files": COMMON | {"num_leaves": 24, "min_data_in_leaf": 60, "lambdarank_truncation_level": 15},
    "chunks": COMMON | {"num_leaves": 32, "min_data_in_leaf": 80, "lambdarank_truncation_level": 40},
}
Array = NDArray[Any]
Rows = dict[str, Array]


def main() -> int:
    """Prints what the models reach on repositories that they have not seen, then trains them on all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    wish = parser.parse_args()
    paths = sorted(wish.rows.glob("*.npz"))
    rows = read(paths)
    print(f"{len(paths)} repositories, {len(rows['ids'])} examples, {len(rows['files_y'])} files")
    scores = held_out(rows, "files")
    report("files, held out", scores, rows["files_y"], rows["files_of"])
    fill(rows, scores)
    report("chunks, held out", held_out(rows, "chunks"), rows["chunks_y"], rows["chunks_of"])
    wish.out.mkdir(parents=True, exist_ok=True)
    for kind in SETTINGS:
        everything = np.ones(len(rows[f"{kind}_y"]), bool)
        save(fit(rows, everything, kind), rows[f"{kind}_names"], wish.out / f"{kind}.npz")
    return 0


def read(paths: list[Path]) -> Rows:
    """All repositories' rows; examples are numbered through, and `repository` numbers each one's.

    A repository may have several files: owner+name.npz, owner+name@2.npz and so on.
    """
    parts: dict[str, list[Array]] = {}
    count = 0
    names = sorted({path.stem.partition("@")[0] for path in paths})
    for path in paths:
        number = names.index(path.stem.partition("@")[0])
        with np.load(path) as kept:
            part = {name: kept[name] for name in kept.files}
        part["repository"] = np.full(len(part["ids"]), number)
        for name in ("files_of", "chunks_of"):
            part[name] = part[name] + count
        count += len(part["ids"])
        for name, values in part.items():
            parts.setdefault(name, []).append(values)
    rows = {name: np.concatenate(values) for name, values in parts.items() if not name.endswith("names")}
    return rows | {name: parts[name][0] for name in ("files_names", "chunks_names")}


def held_out(rows: Rows, kind: str) -> Array:
    """Scores of all rows, each by a model that has not seen its repository."""
    fold = (rows["repository"] % FOLDS)[rows[f"{kind}_of"]]
    scores = np.zeros(len(fold), np.float32)
    for number in range(FOLDS):
        scores[fold == number] = fit(rows, fold != number, kind).predict(rows[f"{kind}_x"][fold == number])
    return scores


def fit(rows: Rows, kept: Array, kind: str) -> lightgbm.Booster:
    """A model of the kept rows."""
    of = rows[f"{kind}_of"][kept]
    firsts = np.concatenate(([True], of[1:] != of[:-1]))
    sizes = np.diff(np.flatnonzero(np.concatenate((firsts, [True]))))
    wanted = (rows[f"{kind}_y"][kept] > 0).astype(int)
    data = lightgbm.Dataset(rows[f"{kind}_x"][kept], wanted, group=sizes)
    return lightgbm.train(SETTINGS[kind], data, ROUNDS)


def fill(rows: Rows, scores: Array) -> None:
    """Puts each file's held-out score and rank where the model of chunks reads them."""
    names = rows["chunks_names"].tolist()
    for example in range(len(rows["ids"])):
        files = slice(*np.searchsorted(rows["files_of"], [example, example + 1]))
        chunks = slice(*np.searchsorted(rows["chunks_of"], [example, example + 1]))
        order = np.argsort(-scores[files], kind="stable")
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        position = {file: at for at, file in enumerate(rows["files_id"][files].tolist())}
        at = np.array([position[file] for file in rows["chunks_file"][chunks].tolist()], np.int64)
        x = rows["chunks_x"][chunks]
        x[:, names.index("file_score")] = scores[files][at]
        x[:, names.index("file_gap")] = scores[files][at] - scores[files].max()
        x[:, names.index("file_rank")] = 1 / (1 + rank[at])


def report(title: str, scores: Array, wanted: Array, of: Array) -> None:
    """Recall at k: the mean share of an example's wanted rows that are among its first k."""
    shares: dict[int, list[float]] = {k: [] for k in (1, 5, 10, 20)}
    bounds = np.flatnonzero(np.concatenate(([True], of[1:] != of[:-1], [True])))
    for begin, end in pairwise(bounds.tolist()):
        hits = wanted[begin:end][np.argsort(-scores[begin:end], kind="stable")] > 0
        if hits.any():
            for k, found in shares.items():
                found.append(hits[:k].sum() / hits.sum())
    print(title, {k: round(100 * float(np.mean(found)), 1) for k, found in shares.items()}, flush=True)


def save(model: lightgbm.Booster, names: Array, path: Path) -> None:
    """Writes the trees as `genie_engineer.index.forest` reads them, and prints what each column gained."""
    keys = ("feature", "threshold", "left", "right", "value", "roots")
    columns: dict[str, list[float]] = {key: [] for key in keys}
    trees = model.dump_model()["tree_info"]
    depths = [add_tree(columns, tree["tree_structure"]) for tree in trees]
    kinds = {"threshold": np.float32, "value": np.float32}
    arrays = {key: np.array(values, kinds.get(key, np.int32)) for key, values in columns.items()}
    np.savez_compressed(path, names=names, depth=max(depths), **arrays)
    gain = model.feature_importance("gain")
    shares = (100 * gain / gain.sum()).tolist()
    print(f"{path.name}: {len(trees)} trees, {len(columns['feature'])} nodes. Shares of the gain:")
    first = sorted(zip(names.tolist(), shares, strict=True), key=lambda pair: -pair[1])
    print("  " + ", ".join(f"{name} {share:.1f}" for name, share in first))


def add_tree(columns: dict[str, list[float]], structure: dict[str, Any]) -> int:
    """Adds a tree's nodes, and returns its depth."""
    deepest = 0

    def add(node: dict[str, Any], depth: int) -> int:
        nonlocal deepest
        deepest = max(deepest, depth)
        at = len(columns["feature"])
        leaf = "leaf_value" in node
        columns["feature"].append(0 if leaf else node["split_feature"])
        columns["threshold"].append(0.0 if leaf else node["threshold"])
        columns["value"].append(node["leaf_value"] if leaf else 0.0)
        columns["left"].append(at)
        columns["right"].append(at)
        if not leaf:
            columns["left"][at] = add(node["left_child"], depth + 1)
            columns["right"][at] = add(node["right_child"], depth + 1)
        return at

    columns["roots"].append(add(structure, 0))
    return deepest


if __name__ == "__main__":
    sys.exit(main())
