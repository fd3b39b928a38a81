#!/usr/bin/env bash
# Digits and MNIST beside PyTorch. Needs Python 3 with venv and PyPI: PyTorch and NumPy are put into target/torch-venv.
# The first argument is a folder with MNIST's test files, t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz.
set -euo pipefail
data=$(realpath "${1:?a folder with the files of MNIST}")
cd "$(dirname "$0")/../.."
cargo build --release --locked -p wengert-cli
if [ ! -x target/torch-venv/bin/python ]; then
    python3 -m venv target/torch-venv
    target/torch-venv/bin/pip install --quiet torch numpy
fi
target/torch-venv/bin/python benches/peers/images.py "$PWD/target/release/wengert" "$data"
