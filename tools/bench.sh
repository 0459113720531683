#!/usr/bin/env bash
# Builds the release program and prints one table of its speed on tests/bench/scenarios (see tools/bench.py --help).
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

require_build_packages
cmake --preset release >/dev/null
cmake --build --preset release --target seatrial >/dev/null
exec python3 tools/bench.py "$@"
