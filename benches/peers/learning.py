"""Small tables learned by scikit-learn and by `wengert train`, on the same splits and with hyper-parameters chosen alike.

For each seed a fifth of the samples is kept apart for testing. Features, and the numbers to predict, are standardised as
the samples to fit on have them. Each method is fitted for each of its settings on four of five folds of the rest and scored
on the fifth; the setting of the best mean score is fitted again on all of the rest from several random starts, and the test
samples judge those once. The
table gives the mean over seeds of the test score (accuracy, R2 of diabetes), the sample standard deviation of the seeds,
and the median seconds of the last fit: of scikit-learn `fit`, of Wengert what `wengert train` reports, which is training
with an evaluation after each epoch, and the whole process. A paired column says how the two differ seed by seed.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor

SETS = {"iris": load_iris, "wine": load_wine, "cancer": load_breast_cancer, "diabetes": load_diabetes}
LINEAR = [{"ridge": 10.0**k} for k in range(-2, 3)]
NETWORK = [{"hidden": h, "alpha": a} for h in (16, 64) for a in (1e-3, 1e-1, 10.0)]
# A last batch of few samples would be ruled by the penalty, which scikit-learn divides by the samples of a batch.
EPOCHS, BATCH, RATE, STARTS = 100, 48, 0.01, 5


class Part:
    """Samples to fit on and samples to score, scaled by the first."""

    def __init__(self, fit, score, classes):
        (x, y), (u, v) = fit, score
        mean, spread = x.mean(axis=0), x.std(axis=0)
        spread[spread == 0] = 1
        self.x, self.u, self.y, self.v = (x - mean) / spread, (u - mean) / spread, y, v
        if not classes:
            mean, spread = y.mean(), y.std()
            self.y, self.v = (y - mean) / spread, (v - mean) / spread
        self.classes = len(set(y)) if classes else None

    def write(self, folder):
        for name, x, y in (("fit", self.x, self.y), ("score", self.u, self.v)):
            np.savetxt(folder / f"{name}.csv", np.column_stack([x, y]), delimiter=",", fmt="%.17g")


def sklearn_linear(part, setting, seed):
    if part.classes:
        return sklearn_fit(LogisticRegression(C=1 / setting["ridge"], max_iter=1000), part)
    return sklearn_fit(Ridge(alpha=setting["ridge"]), part)


def sklearn_network(part, setting, seed):
    make = MLPClassifier if part.classes else MLPRegressor
    model = make(
        hidden_layer_sizes=(setting["hidden"],), alpha=setting["alpha"], batch_size=BATCH,
        learning_rate_init=RATE, max_iter=EPOCHS, tol=0.0, n_iter_no_change=EPOCHS, random_state=seed,
    )  # fmt: skip
    return sklearn_fit(model, part)


def sklearn_fit(model, part):
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(part.x, part.y)
    seconds = time.perf_counter() - start
    return model.score(part.u, part.v), seconds, seconds


def wengert_linear(part, setting, seed):
    if part.classes:
        name = "logistic" if part.classes == 2 else "softmax"
        return wengert_fit(part, f'[learner]\nname = "{name}"\nridge = {setting["ridge"]}\nseed = {seed}')
    # The mean of squares and half of l2 |w|^2 here; the sum of squares and alpha |w|^2 there.
    network = {"hidden": None, "alpha": 2 * setting["ridge"]}
    return wengert_fit(part, wengert_network_config(part, network, seed, '{ name = "lbfgs" }'))


def wengert_network(part, setting, seed):
    optimizer = f'{{ name = "adam", learning_rate = {RATE} }}'
    return wengert_fit(part, wengert_network_config(part, setting, seed, optimizer))


def wengert_network_config(part, setting, seed, optimizer):
    loss = "half_mse" if setting["hidden"] else "mse"
    if part.classes:
        loss = "bce_with_logits" if part.classes == 2 else "softmax_cross_entropy"
    hidden = [setting["hidden"]] if setting["hidden"] else []
    # scikit-learn divides its penalty by the samples of a batch, and draws weights as Glorot and Bengio have them.
    samples = min(BATCH, len(part.y)) if hidden else len(part.y)
    return (
        f'[model]\nhidden = {hidden}\nprecision = "f64"\ninit = "glorot_uniform"\n[train]\nloss = "{loss}"\n'
        f"batch_size = {BATCH}\nepochs = {EPOCHS}\nseed = {seed}\noptimizer = {optimizer}\n"
        f"penalty.l2 = {setting['alpha'] / samples!r}"
    )


def wengert_fit(part, text):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        part.write(folder)
        config = folder / "config.toml"
        config.write_text(f'[data]\nsource = "csv"\npath = "fit.csv"\ntest_path = "score.csv"\n{text}\n')
        start = time.perf_counter()
        command = [PROGRAM, "train", config, "--json", "--out", folder / "out"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        whole = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{done.stdout}{done.stderr}\n{text}")
    found = json.loads(done.stdout)
    if part.classes:
        return found["test"]["accuracy"], found["seconds"], whole
    squares = found["test"]["loss"] * (2 if "half_mse" in text else 1)
    return 1 - squares / part.v.var(), found["seconds"], whole


METHODS = {
    "linear": (LINEAR, sklearn_linear, wengert_linear),
    "network": (NETWORK, sklearn_network, wengert_network),
}


def chosen(settings, fit, x, y, classes, seed):
    """The mean test score and the median seconds over some starts of the setting that does best in five folds; of equals the first."""
    stratify = y if classes else None
    rest_x, test_x, rest_y, test_y = train_test_split(x, y, test_size=0.2, random_state=seed, stratify=stratify)
    folds = (StratifiedKFold if classes else KFold)(5, shuffle=True, random_state=seed).split(rest_x, rest_y)
    parts = [Part((rest_x[f], rest_y[f]), (rest_x[s], rest_y[s]), classes) for f, s in folds]
    best = max(settings, key=lambda setting: sum(fit(part, setting, seed)[0] for part in parts))
    whole = Part((rest_x, rest_y), (test_x, test_y), classes)
    starts = STARTS if "hidden" in best else 1
    runs = [fit(whole, best, STARTS * seed + start) for start in range(starts)]
    return statistics.mean(r[0] for r in runs), *(statistics.median(r[i] for r in runs) for i in (1, 2))


def main():
    global PROGRAM
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--wengert", required=True, help="the program")
    arguments.add_argument("--seeds", type=int, default=10)
    arguments.add_argument("sets", nargs="*", default=list(SETS))
    given = arguments.parse_args()
    PROGRAM = given.wengert
    print("| set | model | scikit-learn | Wengert | Wengert less scikit-learn | fit, s | fit, s | process, s |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in given.sets:
        data = SETS[name]()
        x, y, classes = data.data, data.target.astype(float), name != "diabetes"
        for kind, (settings, theirs, ours) in METHODS.items():
            runs = [
                [chosen(settings, fit, x, y, classes, seed) for seed in range(given.seeds)] for fit in (theirs, ours)
            ]
            (a, b) = [[score for score, _, _ in run] for run in runs]
            spread = lambda s: f"{statistics.mean(s):.4f} ± {statistics.stdev(s):.4f}"
            median = lambda run, i: f"{statistics.median(r[i] for r in run):.4f}"
            row = [name, kind, spread(a), spread(b), spread([o - t for o, t in zip(b, a)])]
            print("|", " | ".join([*row, median(runs[0], 1), median(runs[1], 1), median(runs[1], 2)]), "|", flush=True)


if __name__ == "__main__":
    main()
