"""What every comparison shares: how a workload is described, how a Python peer is timed, and the lines that programs print.

A program (ours or a peer) measures in blocks, so that it can take turns with the others: with `--paced` it says "ready" and
waits for a line on standard input before each block, and ends at the end of input; without, it measures `--blocks` of
them in a row. Each block prints one JSON line for each metric. A metric's name ends in its unit (_ns, _us, _ms, _mb; _ratio has none).
"""

import argparse
import importlib.util
import json
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import numpy as np

PER_SECOND = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
SAMPLE_SECONDS = 200e-6
BLOCK_SECONDS = 0.25


@dataclass
class Row:
    """A line of the table: a metric of one workload (or a quotient of two, "x / y"), what ours is to be at most, and what
    the strongest peer was when that target was set. A ratio stands by itself where the target was set as one."""

    metric: str
    target: float | None
    before: float | None
    threads: int = 1
    ours: str | None = None  # our metric where it is not the peers'
    title: str = ""
    ratio: float | None = None
    against: str | None = None  # the peer that it is against, where that is not the strongest

    def __post_init__(self):
        if self.ratio is None and self.target and self.before:
            self.ratio = self.target / self.before


@dataclass
class Workload:
    """What is compared: its data, who takes part, within what the results must agree, and the rows of the table."""

    name: str
    title: str
    peers: list[str]  # the names of Python peers of the same file, or of programs
    rows: list[Row]
    data: Callable[[Path], None]
    rtol: float  # two results agree when |a - b| <= rtol * max(|a|, |b|) + atol
    atol: float = 0.0
    threads: tuple[int, ...] = (1,)
    blocks: int = 5
    programs: dict[str, list[str]] = field(default_factory=dict)
    from_start: bool = False  # whole processes are timed, from outside


@dataclass
class Measure:
    """Something to call, how many units of work one call does, and its metric."""

    metric: str
    call: Callable[[], object]
    per: float = 1.0


@dataclass
class Session:
    """What a Python peer hands over: its results, what it measured once while it was set up, and what to time."""

    check: list[float]
    measures: list[Measure]
    once: dict[str, float] = field(default_factory=dict)


def save(folder, **arrays):
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", np.ascontiguousarray(array))


def load(folder, *names):
    return [np.load(folder / f"{name}.npy") for name in names]


def has(package):
    return importlib.util.find_spec(package) is not None


def timed(call, times=1):
    """The result of the last of some calls and the least seconds that one took."""
    least = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        result = call()
        least = min(least, time.perf_counter() - start)
    return result, least


def samples(measure):
    """Times of single calls in the metric's unit: short calls are timed several together, the first are left out."""
    _, one = timed(measure.call)
    together = max(1, int(SAMPLE_SECONDS / max(one, 1e-9)))
    scale = PER_SECOND[measure.metric.rsplit("_", 1)[1]] / (together * measure.per)
    if one < BLOCK_SECONDS:
        _, one = timed(measure.call)
    found, start = [], time.perf_counter()
    while not found or time.perf_counter() - start < BLOCK_SECONDS:
        found.append(timed(lambda: [measure.call() for _ in range(together)])[1] * scale)
    return found


def peak_mb():
    """The greatest resident size of this process so far, of Linux's own count."""
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return float("nan")


def emit(peer, workload, metric, found, check, block=0):
    line = {"workload": workload, "peer": peer, "metric": metric, "block": block}
    line |= {"median": statistics.median(found), "min": min(found), "max": max(found), "check": check}
    print(json.dumps(line), flush=True)


def serve(peers):
    """The main function of a file of Python peers, given {name: function of (workload, folder, threads) -> Session}."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workload")
    parser.add_argument("peer", choices=list(peers))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--blocks", type=int, default=1)
    parser.add_argument("--paced", action="store_true")
    args = parser.parse_args()
    session = peers[args.peer](args.workload, args.data / args.workload, args.threads)
    check = [float(c) for c in session.check]
    for metric, value in session.once.items():
        emit(args.peer, args.workload, metric, [value], check)
    emit(args.peer, args.workload, "peak_mb", [peak_mb()], check)
    for block in range(args.blocks):
        if args.paced:
            print("ready", flush=True)
            if not sys.stdin.readline():
                break
        for measure in session.measures:
            emit(args.peer, args.workload, measure.metric, samples(measure), check, block)
    emit(args.peer, args.workload, "peak_mb", [peak_mb()], check)
