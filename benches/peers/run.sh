#!/usr/bin/env bash
# Ours against the peers: one command that sets up, builds, runs, holds results against each other, and prints a table.
#
#   bash benches/peers/run.sh [WORKLOAD...]     A workload or the beginning of some: A2, B, C2-deep; all without one.
#
# Needs Linux with taskset, Python 3.11 or newer, gcc with glibc's libmvec, and cargo. Everything lies under target/, the
# table in target/peers/table.md. All workloads take a quarter to half an hour, four minutes of it gcc on C2. Exit status 1:
# results disagreed, or a program failed.
#
#   PEERS_TORCH=none         leaves torch away; pypi takes it from the default index, which for Linux is gigabytes;
#                            otherwise its CPU build is tried, and left away where that index is out of reach.
#   PEERS_BLOCKS=K           K rounds instead of the workloads' own number.
#   PEERS_CORES=0,1          the cores; one-core runs take the first.
#   PEERS_PRIORITY=1         as root: in a scheduling group of its own at the highest priority.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=$root/target
python=$target/peers-venv/bin/python
pip=("$python" -m pip --disable-pip-version-check --quiet)

[ -x "$python" ] || python3 -m venv "$target/peers-venv"
"${pip[@]}" install -r "$here/requirements.txt"
torch=torch==2.15.0
if [ "${PEERS_TORCH:-cpu}" != none ] && ! "$python" -c 'import torch' 2>/dev/null; then
    index=(--index-url https://download.pytorch.org/whl/cpu --retries 0)
    [ "${PEERS_TORCH:-cpu}" = pypi ] && index=()
    "${pip[@]}" install "${index[@]}" "$torch" || echo "torch cannot be installed: going on without it" >&2
fi

mkdir -p "$target/peers-bin"
gcc -O3 -march=native -mprefer-vector-width=512 -fno-math-errno -fopenmp-simd \
    "$here/c/elementwise.c" -o "$target/peers-bin/elementwise" -lmvec -lm
gcc -O3 -march=native "$here/c/tape.c" -o "$target/peers-bin/tape" -lm
(
    cd "$here/rust/num-dual"
    CARGO_TARGET_DIR=$target/peers-rust RUSTFLAGS="-C target-cpu=native" cargo build --release --quiet
)
cp "$target/peers-rust/release/num-dual" "$target/peers-bin/"
(cd "$root" && CARGO_TARGET_DIR=$target cargo build --release --quiet -p wengert-benches --example peers)

if [ "${PEERS_PRIORITY:-0}" = 1 ]; then
    exec setsid -w bash -c 'echo -20 > /proc/self/autogroup; exec nice -n -20 "$@"' - \
        "$python" "$here/race.py" --root "$target" ${PEERS_BLOCKS:+--blocks "$PEERS_BLOCKS"} "$@"
fi
exec "$python" "$here/race.py" --root "$target" ${PEERS_BLOCKS:+--blocks "$PEERS_BLOCKS"} "$@"
