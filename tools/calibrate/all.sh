#!/bin/sh
# Measures this machine's GPU, fits a calibration to the samples and draws it: one command, under 9 minutes.
#   tools/calibrate/all.sh [OUT]      OUT: folder for raw samples, calibration.json and fit.html (default: calibration)
# The program is build/seatrial, or $SEATRIAL. A phase whose file is there already is not measured again, so that an
# interrupted run goes on where it stopped. Clocks, power limits, MIG and compute modes are left as they are.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
out=${1:-calibration}
seatrial=${SEATRIAL:-$root/build/seatrial}
mkdir -p "$out"
for phase in micro workloads partitions sharing; do
  [ -f "$out/$phase.jsonl.gz" ] && continue
  "$seatrial" calibrate --phase "$phase" --out "$out/$phase.jsonl"
  gzip -9 -n -f "$out/$phase.jsonl"
done
"$seatrial" fit "$out"/*.jsonl.gz --out "$out/calibration.json" --plot "$out/fit.html"
echo "calibration: $out/calibration.json; page: $out/fit.html"
