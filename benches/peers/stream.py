"""One epoch of `wengert train` on samples of 64 numbers and ten classes in NPY files, as a stream and in memory."""

import json
import os
import subprocess
import sys
import tempfile
import time
from multiprocessing import Process
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap

CONFIG = """
[data]
source = "npy"
path = "x.npy"
labels_path = "y.npy"
test_fraction = 0.02
{more}
[model]
hidden = [64]
[train]
loss = "softmax_cross_entropy"
epochs = 1
batch_size = 128
optimizer = {{ name = "adam", learning_rate = 0.003 }}
"""
BLOCK = 100_000


def write(folder, samples):
    x = open_memmap(folder / "x.npy", mode="w+", dtype=np.float32, shape=(samples, 64))
    y = open_memmap(folder / "y.npy", mode="w+", dtype=np.int64, shape=(samples,))
    random = np.random.default_rng(0)
    sides = random.normal(size=(64, 10)).astype(np.float32)
    for first in range(0, samples, BLOCK):
        block = random.normal(size=(min(BLOCK, samples - first), 64)).astype(np.float32)
        x[first : first + BLOCK], y[first : first + BLOCK] = block, (block @ sides).argmax(axis=1)
    x.flush()
    y.flush()


def main():
    program, samples = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        # In a process of its own: a child's greatest size counts what its parent had in memory.
        writer = Process(target=write, args=(folder, samples))
        writer.start()
        writer.join()
        print("| samples | training, s | process, s | greatest resident size, MB | test accuracy |")
        print("|---|---:|---:|---:|---:|")
        for name, more in (("stream", "stream = true"), ("memory", "")):
            (folder / "config.toml").write_text(CONFIG.format(more=more))
            command = [program, "train", folder / "config.toml", "--json", "--out", folder / name]
            start = time.perf_counter()
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
                found = json.loads(child.stdout.read())
                _, _, usage = os.wait4(child.pid, 0)
                child.returncode = 0
            whole = time.perf_counter() - start
            row = [f"{found['seconds']:.1f}", f"{whole:.1f}", f"{usage.ru_maxrss / 1000:.0f}"]
            print("|", " | ".join([name, *row, f"{found['test']['accuracy']:.4f}"]), "|", flush=True)


if __name__ == "__main__":
    main()
