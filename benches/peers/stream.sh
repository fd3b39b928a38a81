#!/usr/bin/env bash
# A file of samples trained on as a stream and in memory: seconds and the greatest resident size of each. Needs Python with venv.
#
#   bash benches/peers/stream.sh [SAMPLES]     4000000, which take 1.1 GB of disk and 2.4 GB of memory
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=$root/target
python=$target/learning-venv/bin/python

[ -x "$python" ] || python3 -m venv "$target/learning-venv"
"$python" -m pip --disable-pip-version-check --quiet install numpy
(cd "$root" && CARGO_TARGET_DIR=$target cargo build --release --quiet -p wengert-cli)
exec "$python" "$here/stream.py" "$target/release/wengert" "${1:-4000000}"
