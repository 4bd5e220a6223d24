"""Rows of examples → the two ranking models that the package ships (LambdaMART: Burges, 2010, by LightGBM).

    python bench/ranking/train.py --rows DIR [--only PREFIX …] --out server/index/models

The model of chunks reads the score and rank of a chunk's file. It learns with scores of files that come from a
model which has not seen the repository (five folds by repository), as it will meet them.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

FOLDS = 5
SEED = 7
COMMON = {
    "objective": "lambdarank",
    "learning_rate": 0.05,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "verbose": -1,
    "seed": SEED,
    "deterministic": True,
    "num_threads": 2,
}
FILES = COMMON | {"num_leaves": 24, "min_data_in_leaf": 60, "lambdarank_truncation_level": 15}
CHUNKS = COMMON | {"num_leaves": 32, "min_data_in_leaf": 80, "lambdarank_truncation_level": 40}
FILE_ROUNDS, CHUNK_ROUNDS = 250, 250

Array = np.ndarray[Any, Any]
Rows = dict[str, Array]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=[""])
    parser.add_argument("--out", type=Path, required=True)
    wish = parser.parse_args()
    paths = [path for path in sorted(wish.rows.glob("*.npz")) if path.name.startswith(tuple(wish.only))]
    rows = read(paths)
    print(f"{len(paths)} repositories, {rows['files_of'][-1] + 1} examples, {len(rows['files_y'])} files")
    fold = rows["repository"] % FOLDS
    scores = np.zeros(len(rows["files_y"]), np.float32)
    for number in range(FOLDS):
        model = fit_files(rows, fold[rows["files_of"]] != number)
        held = fold[rows["files_of"]] == number
        scores[held] = model.predict(rows["files_x"][held])
    report("files, held out", scores, rows["files_y"], rows["files_of"])
    fill(rows, scores)
    held = fold[rows["chunks_of"]] == 0
    model = fit_chunks(rows, ~held)
    report(
        "chunks, held out",
        model.predict(rows["chunks_x"][held]),
        rows["chunks_y"][held],
        rows["chunks_of"][held],
    )
    wish.out.mkdir(parents=True, exist_ok=True)
    everything = np.ones(len(rows["files_y"]), bool)
    save(fit_files(rows, everything), rows["files_names"], wish.out / "files.npz")
    save(
        fit_chunks(rows, np.ones(len(rows["chunks_y"]), bool)), rows["chunks_names"], wish.out / "chunks.npz"
    )
    return 0


def read(paths: list[Path]) -> Rows:
    """All repositories' rows; examples are numbered through, and `repository` numbers each one's."""
    parts: dict[str, list[Array]] = {}
    count = 0
    for number, path in enumerate(paths):
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


def fit_files(rows: Rows, kept: Array) -> lightgbm.Booster:
    return fit(FILES, FILE_ROUNDS, rows["files_x"][kept], rows["files_y"][kept], rows["files_of"][kept])


def fit_chunks(rows: Rows, kept: Array) -> lightgbm.Booster:
    wanted = rows["chunks_y"][kept] > 0
    return fit(CHUNKS, CHUNK_ROUNDS, rows["chunks_x"][kept], wanted, rows["chunks_of"][kept])


def fit(how: dict[str, Any], rounds: int, x: Array, y: Array, of: Array) -> lightgbm.Booster:
    sizes = np.diff(np.flatnonzero(np.concatenate(([True], of[1:] != of[:-1], [True]))))
    return lightgbm.train(how, lightgbm.Dataset(x, y.astype(int), group=sizes), rounds)


def fill(rows: Rows, scores: Array) -> None:
    """Puts each file's held-out score and rank where the model of chunks reads them."""
    names = rows["chunks_names"].tolist()
    for example in range(rows["files_of"][-1] + 1):
        files, chunks = (
            slice(*np.searchsorted(rows[of], [example, example + 1])) for of in ("files_of", "chunks_of")
        )
        order = np.argsort(-scores[files], kind="stable")
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        position = {file: at for at, file in enumerate(rows["files_id"][files].tolist())}
        at = np.array([position[file] for file in rows["chunks_file"][chunks].tolist()], np.int64)
        own = scores[files][at]
        x = rows["chunks_x"][chunks]
        x[:, names.index("file_score")] = own
        x[:, names.index("file_gap")] = own - scores[files].max()
        x[:, names.index("file_rank")] = 1 / (1 + rank[at])


def report(title: str, scores: Array, wanted: Array, of: Array) -> None:
    """Recall at k: the mean share of an example's wanted rows that are among its first k."""
    shares: dict[int, list[float]] = {k: [] for k in (1, 5, 10, 20)}
    for example in np.unique(of):
        rows = of == example
        if (wanted[rows] > 0).any():
            order = np.argsort(-scores[rows], kind="stable")
            hits = (wanted[rows] > 0)[order]
            for k, found in shares.items():
                found.append(hits[:k].sum() / hits.sum())
    print(title, {k: round(100 * float(np.mean(found)), 1) for k, found in shares.items()}, flush=True)


def save(model: lightgbm.Booster, names: Array, path: Path) -> None:
    """The trees as `genie_engineer.index.forest` reads them."""
    columns: dict[str, list[float]] = {
        key: [] for key in ("feature", "threshold", "left", "right", "value", "roots")
    }
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

    for tree in model.dump_model()["tree_info"]:
        columns["roots"].append(add(tree["tree_structure"], 0))
    floats = {"threshold", "value"}
    arrays = {
        key: np.array(values, np.float32 if key in floats else np.int32) for key, values in columns.items()
    }
    np.savez_compressed(path, names=names, depth=deepest, **arrays)
    gain = model.feature_importance("gain")
    first = sorted(
        zip(names.tolist(), (100 * gain / gain.sum()).tolist(), strict=True), key=lambda pair: -pair[1]
    )
    print(path.name, len(columns["roots"]), "trees,", len(columns["feature"]), "nodes:")
    print("  " + ", ".join(f"{name} {share:.1f}" for name, share in first))


if __name__ == "__main__":
    sys.exit(main())
