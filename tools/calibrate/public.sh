#!/bin/sh
# Fits models/calibrations/*.json anew from public tables.
#   tools/calibrate/public.sh TABLES [OUT]      TABLES: folder with the CSV files named below; OUT: models/calibrations
# The program is build/seatrial, or $SEATRIAL. Equal tables and program give equal files.
set -eu
[ $# -ge 1 ] || { echo "usage: $0 TABLES [OUT]" >&2; exit 2; }
root=$(cd "$(dirname "$0")/../.." && pwd)
tables=$1
out=${2:-$root/models/calibrations}
seatrial=${SEATRIAL:-$root/build/seatrial}
date="tables as published in 2026; fitted with tools/calibrate/public.sh"
aic="ai-dynamo/aiconfigurator at 095f58a5, Apache-2.0, Copyright NVIDIA CORPORATION & AFFILIATES: figures, rearranged"

"$seatrial" fit "$tables/h200_gemm_public.csv" --out "$out/h200.json" --device "NVIDIA H200" --note "$date" \
  --note "$aic"
"$seatrial" fit "$tables/nccl_latency.csv" --note "$aic" --note "$date" --out "$out/nccl.json"
"$seatrial" fit "$tables/sia_step_times.csv" --out "$out/sia.json" --note "$date" \
  --note "siasosp23/artifacts at aaf7a0de, no licence stated: fitted parameters alone, no measured figure is kept"
"$seatrial" fit "$tables/splitwise_llm_latency.csv" --out "$out/splitwise.json" --note "$date" \
  --note "Mutinifni/splitwise-sim at 8f99e7dc, MIT: figures, medians over repeated runs"
"$seatrial" fit "$tables/gavel_isolated.csv" "$tables/gavel_colocated.csv" --out "$out/gavel.json" --note "$date" \
  --note "stanford-futuredata/gavel at c4fa4009, MIT: figures, relative to the job alone"
"$seatrial" fit "$tables/vidur_mlp_ms.csv" --out "$out/vidur.json" --note "$date" \
  --note "microsoft/vidur at 7d475133, MIT, Copyright Microsoft Corporation: figures, medians"
"$seatrial" fit "$tables/llm_serving_points.csv" --note "$aic" --note "$date" --out "$out/serving.json"
