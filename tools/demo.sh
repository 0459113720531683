#!/usr/bin/env bash
# From a fresh checkout to a first result: installs what the build needs, builds build/seatrial and
# build/conformance, runs the quickstart scenario and says where its report lies.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

require_build_packages
cmake --preset release
cmake --build --preset release --target seatrial conformance

out=out/quickstart
build/seatrial run scenarios/library/quickstart.yaml --out "$out"
echo "report: $PWD/$out/report.html"
