"""Runs ours and the peers by turns on the same data, holds their results against each other, and writes the table.

Called by run.sh, which sets up the rest: race.py --root DIR [WORKLOAD...]. A workload is named whole (C2-deep) or by its
beginning (C2, A). Every program is started and set up first, one after another and pinned to its cores; then all measure
a block each, round after round, so that a drift of the machine meets all of them alike. Exit status 1 says that results
disagreed or a program failed.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import a_mlp
import b_elementwise
import c1_bundle
import c2_graph
import d_mixture
import f_start
import g_layers
import table

MODULES = [a_mlp, b_elementwise, c1_bundle, c2_graph, d_mixture, f_start, g_layers]
OURS = "wengert"
SETTLE_SECONDS = 0.05  # two cores: until the threads of the last program sleep


class Failure(Exception):
    """A program that did not do its work."""


class Program:
    """A running program that measures a block each time it is told to."""

    def __init__(self, name, command, threads, log):
        self.name, self.lines, self.log = name, [], log
        with open(log, "w") as errors:
            self.process = subprocess.Popen(
                pinned(command, threads),
                env=environment(threads),
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )

    def read(self):
        """Its lines, up to where it is ready for another block or has ended."""
        while line := self.process.stdout.readline():
            if line == "ready\n":
                return
            if line.startswith("{"):
                self.lines.append(json.loads(line))
        if self.process.wait() != 0:
            raise Failure(f"{self.name} failed: {Path(self.log).read_text().strip()[-2000:]}")

    def block(self):
        print(file=self.process.stdin, flush=True)
        self.read()


def environment(threads):
    count = str(threads)
    names = ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"]
    settings = dict.fromkeys(names, count) | {"JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": ""}
    if threads == 1:
        settings["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    return os.environ | settings


def pinned(command, threads):
    cores = os.environ.get("PEERS_CORES", "0,1").split(",")[:threads]
    return ["taskset", "-c", ",".join(cores), *map(str, command)]


def command_of(workload, module, peer, threads, root):
    if peer == OURS:
        start = [root / "release/examples/peers", workload.name]
    elif peer in workload.programs:
        start = [word.format(bin=root / "peers-bin") for word in workload.programs[peer]] + [workload.name]
    else:
        start = [sys.executable, module.__file__, workload.name, peer]
    return [*start, "--data", root / "peers-data", "--threads", threads]


def race(workload, module, threads, root, blocks, failures):
    """The lines of all programs that did not fail."""
    programs = []
    for peer in [OURS, *workload.peers]:
        command = command_of(workload, module, peer, threads, root) + ["--blocks", blocks, "--paced"]
        log = root / "peers" / f"{workload.name}-{peer}-{threads}.log"
        programs.append(Program(peer, command, threads, log))
        attempt(programs, programs[-1], Program.read, failures, workload)
    for _ in range(blocks):
        for program in list(programs):
            time.sleep(SETTLE_SECONDS if threads > 1 else 0)
            attempt(programs, program, Program.block, failures, workload)
    return [line | {"threads": threads} for program in programs for line in program.lines]


def attempt(programs, program, what, failures, workload):
    try:
        what(program)
    except (Failure, OSError, ValueError) as failure:
        failures.append(f"{workload.name}: {failure}")
        program.process.kill()
        programs.remove(program)


def race_from_start(workload, module, threads, root, blocks, failures):
    """As `race`, where a block is a whole process; the first of each fills the caches and is left out."""
    lines = []
    for block in range(-1, blocks):
        for peer in [OURS, *workload.peers]:
            command = pinned(command_of(workload, module, peer, threads, root), threads)
            start = time.perf_counter()
            done = subprocess.run(command, env=environment(threads), text=True, capture_output=True)
            ms = (time.perf_counter() - start) * 1e3
            if done.returncode != 0:
                failures.append(f"{workload.name}: {peer} failed: {done.stderr.strip()[-2000:]}")
            elif block >= 0:
                check = json.loads(done.stdout.splitlines()[-1])["check"]
                line = {"workload": workload.name, "peer": peer, "metric": "process_ms", "block": block}
                lines.append(line | {"median": ms, "min": ms, "max": ms, "check": check, "threads": threads})
    return lines


def disagreements(workload, lines):
    """Where results differ from those of the first peer by more than the tolerance."""
    checks = {line["peer"]: line["check"] for line in lines}
    reference = next((peer for peer in workload.peers if peer in checks), None)
    found = []
    for peer, check in checks.items():
        expected = checks[reference] if reference else check
        about = f"{workload.name}: {peer} disagrees with {reference}"
        if len(check) != len(expected):
            found.append(f"{about}: {len(check)} results against {len(expected)}")
            continue
        for i, (a, b) in enumerate(zip(check, expected)):
            if not math.isclose(a, b, rel_tol=workload.rtol, abs_tol=workload.atol):
                found.append(f"{about} in result {i}: {a} against {b} (tolerance {workload.rtol} relative)")
    return found


def selected(names):
    every = [(workload, module) for module in MODULES for workload in module.WORKLOADS]
    unknown = [n for n in names if not any(w.name.startswith(n) for w, _ in every)]
    if unknown:
        sys.exit(f"no workload {', '.join(unknown)}; there are {', '.join(w.name for w, _ in every)}")
    return [(w, m) for w, m in every if not names or any(w.name.startswith(n) for n in names)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("workloads", nargs="*")
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--blocks", type=int)
    args = parser.parse_args()
    (args.root / "peers").mkdir(parents=True, exist_ok=True)
    failures, lines, chosen = [], [], selected(args.workloads)
    for workload, module in chosen:
        workload.data(args.root / "peers-data" / workload.name)
        run = race_from_start if workload.from_start else race
        for threads in workload.threads:
            print(f"{workload.name}, {threads} core(s) ...", file=sys.stderr, flush=True)
            blocks = args.blocks or workload.blocks
            found = run(workload, module, threads, args.root, blocks, failures)
            failures += disagreements(workload, found)
            lines += found
    with open(args.root / "peers" / "results.jsonl", "w") as results:
        results.writelines(json.dumps(line) + "\n" for line in lines)
    text = table.render([workload for workload, _ in chosen], lines, OURS)
    (args.root / "peers" / "table.md").write_text(text)
    print(text)
    for failure in failures:
        print(f"FAILED {failure}", file=sys.stderr)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
