"""Digits and MNIST beside PyTorch: the same model, samples, batches and number of steps, five seeds each.

Run by images.sh, which says what it needs. The fifth of the digits that is kept apart is the same for all seeds, and so are
the last 2,000 images of MNIST. Both sides draw weights as is usual for them: He's uniform here, PyTorch's own there.
"""

import csv, gzip, json, os, statistics, subprocess, sys, tempfile, time
import numpy as np
import torch
from torch import nn

PROGRAM, MNIST = sys.argv[1], sys.argv[2]
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
SEEDS = range(1, 6)


def digits():
    with gzip.open(os.path.join(ROOT, "crates/interop/data/digits.csv.gz"), "rt") as file:
        rows = np.array([row for row in csv.reader(file)], dtype=np.float64)
    order = np.random.RandomState(0).permutation(len(rows))
    x, y = rows[order, :64] / 16, rows[order, 64].astype(np.int64)
    return (x[:1438], y[:1438]), (x[1438:], y[1438:])


def mnist():
    def read(name, offset):
        with gzip.open(os.path.join(MNIST, name)) as file:
            return np.frombuffer(file.read(), np.uint8, offset=offset)

    x = read("t10k-images-idx3-ubyte.gz", 16).reshape(-1, 784) / 255
    y = read("t10k-labels-idx1-ubyte.gz", 8).astype(np.int64)
    return (x[:8000], y[:8000]), (x[8000:], y[8000:])


def conv(channels, padding):
    return f'{{ conv2d = {{ channels = {channels}, kernel = 3, padding = "{padding}" }} }}'


RELU, POOL = '{ activation = "relu" }', "{ max_pool2d = { size = 2 } }"
CASES = {
    "digits": dict(
        data=digits, epochs=30, batch=16, sgd=(0.1, 0.9), layers=["{ dense = { units = 64 } }", RELU],
        peer=lambda: nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10)),
    ),
    "digits-conv": dict(
        data=digits, epochs=20, batch=32, adam=0.003, cosine=True,
        layers=["{ reshape = [8, 8, 1] }", conv(16, "same"), RELU, conv(32, "same"), RELU, POOL, "{ flatten = {} }",
                "{ dropout = { rate = 0.5 } }", "{ dense = { units = 64 } }", RELU],
        peer=lambda: nn.Sequential(
            nn.Unflatten(1, (1, 8, 8)), nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.5), nn.Linear(512, 64), nn.ReLU(), nn.Linear(64, 10)),
    ),
    "mnist": dict(
        data=mnist, epochs=10, batch=64, sgd=(0.05, 0.9), layers=["{ dense = { units = 128 } }", RELU],
        peer=lambda: nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)),
    ),
    "mnist-conv": dict(
        data=mnist, epochs=10, batch=64, adam=0.001,
        layers=["{ reshape = [28, 28, 1] }", conv(8, "valid"), RELU, POOL, conv(16, "valid"), RELU, POOL],
        peer=lambda: nn.Sequential(
            nn.Unflatten(1, (1, 28, 28)), nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3),
            nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 10)),
    ),
}


def ours(case, folder, seed):
    (x, y), (test_x, test_y) = case["data"]()
    paths = [os.path.join(folder, name) for name in ("train.npz", "test.npz", "config.toml")]
    np.savez(paths[0], x=x, y=y)
    np.savez(paths[1], x=test_x, y=test_y)
    if "adam" in case:
        optimizer = f'{{ name = "adam", learning_rate = {case["adam"]} }}'
    else:
        rate, momentum = case["sgd"]
        optimizer = f'{{ name = "sgd", learning_rate = {rate}, momentum = {momentum} }}'
    steps = case["epochs"] * -(-len(x) // case["batch"])
    schedule = f'schedule = {{ name = "cosine", steps = {steps} }}' if case.get("cosine") else ""
    with open(paths[2], "w") as file:
        file.write(f"""
[data]
source = "npz"
path = "train.npz"
test_path = "test.npz"
[model]
layers = [{", ".join(case["layers"])}]
[train]
loss = "softmax_cross_entropy"
optimizer = {optimizer}
batch_size = {case["batch"]}
epochs = {case["epochs"]}
seed = {seed}
{schedule}
""")
    out = os.path.join(folder, "out")
    ran = subprocess.run([PROGRAM, "train", paths[2], "--out", out, "--json"], capture_output=True, text=True)
    if ran.returncode:
        sys.exit(ran.stdout + ran.stderr)
    report = json.loads(ran.stdout)
    return report["test"]["accuracy"], report["seconds"]


def theirs(case, seed):
    torch.manual_seed(seed)
    (x, y), (test_x, test_y) = [[torch.tensor(a) for a in part] for part in case["data"]()]
    x, test_x = x.float(), test_x.float()
    model, loss = case["peer"](), nn.CrossEntropyLoss()
    if "adam" in case:
        optimizer = torch.optim.Adam(model.parameters(), case["adam"])
    else:
        optimizer = torch.optim.SGD(model.parameters(), case["sgd"][0], momentum=case["sgd"][1])
    steps = case["epochs"] * -(-len(x) // case["batch"])
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps) if case.get("cosine") else None
    start = time.time()
    for _ in range(case["epochs"]):
        model.train()
        order = torch.randperm(len(x))
        for at in range(0, len(x), case["batch"]):
            batch = order[at:at + case["batch"]]
            optimizer.zero_grad()
            loss(model(x[batch]), y[batch]).backward()
            optimizer.step()
            if schedule:
                schedule.step()
        # As the program does after each epoch.
        model.eval()
        with torch.no_grad():
            accuracy = (model(test_x).argmax(1) == test_y).double().mean().item()
    return accuracy, time.time() - start


def column(runs):
    scores, seconds = zip(*runs)
    spread = statistics.stdev(scores)
    return f"{100 * statistics.mean(scores):.2f} ± {100 * spread:.2f} % | {statistics.median(seconds):.2f} s"


print("| model | PyTorch, held out | time | Wengert, held out | time |")
print("|---|---|---|---|---|")
for name, case in CASES.items():
    with tempfile.TemporaryDirectory() as folder:
        peer = [theirs(case, seed) for seed in SEEDS]
        own = [ours(case, folder, seed) for seed in SEEDS]
    print(f"| {name} | {column(peer)} | {column(own)} |", flush=True)
