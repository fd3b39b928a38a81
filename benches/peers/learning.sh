#!/usr/bin/env bash
# Small tables learned by scikit-learn and by `wengert train`: sets up, builds, runs and prints a table.
#
#   bash benches/peers/learning.sh [--seeds N] [SET...]     iris, wine, cancer, diabetes; all without one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=$root/target
python=$target/learning-venv/bin/python

[ -x "$python" ] || python3 -m venv "$target/learning-venv"
"$python" -m pip --disable-pip-version-check --quiet install scikit-learn==1.9.1
(cd "$root" && CARGO_TARGET_DIR=$target cargo build --release --quiet -p wengert-cli)
exec "$python" "$here/learning.py" --wengert "$target/release/wengert" "$@"
