#!/usr/bin/env python3
"""Writes the GPU catalogue as C++ rows (models/gpu_catalog_rows.h); the build runs it when the data changes.

    embed_gpus.py models/data/gpus.json OUTPUT.cpp      exit status 1 and a message if the data is malformed
"""

import json
import sys
from pathlib import Path

FIGURES = ("memory_gb", "memory_bw_gbs", "tdp_w", "idle_w")


class MalformedError(Exception):
    pass


def text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise MalformedError(f"{where}: expected a text")
    return value


def figure(value: object, where: str) -> str:
    """A positive number as C++, or NaN for null."""
    if value is None:
        return "kUnknown"
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise MalformedError(f"{where}: expected a number above 0, or null")
    return repr(float(value))


def price_of(gpu: dict, where: str) -> tuple[str, str]:
    """The first price and its source in words."""
    prices = gpu["prices_usd_per_gpu_hour"]
    if not prices:
        return "kUnknown", ""
    first = prices[0]
    words = [text(first[key], f"{where}.prices[0].{key}") for key in ("provider", "instance", "region", "as_of")]
    if not isinstance(first["verified"], bool):
        raise MalformedError(f"{where}.prices[0].verified: expected true or false")
    source = f"{' '.join(words[:3])}, {words[3]}, {'verified' if first['verified'] else 'not verified'}"
    return figure(first["usd"], f"{where}.prices[0].usd"), source


def row_of(gpu: dict, known_sources: dict) -> str:
    where = text(gpu["id"], "id")
    names = [text(gpu[key], f"{where}.{key}") for key in ("id", "name", "vendor", "arch")]
    if not isinstance(gpu["year"], int):
        raise MalformedError(f"{where}.year: expected a year")
    figures = {key: figure(gpu[key], f"{where}.{key}") for key in FIGURES}
    figures["bf16"] = figure(gpu["peak_dense_tflops"]["bf16"], f"{where}.peak_dense_tflops.bf16")
    figures["usable_mib"] = figure(gpu.get("usable_memory_mib"), f"{where}.usable_memory_mib")
    figures["sm_count"] = figure(gpu.get("sm_count"), f"{where}.sm_count")
    price, price_source = price_of(gpu, where)
    cited = [*gpu["sources"], *(price["source"] for price in gpu["prices_usd_per_gpu_hour"])]
    for key in cited:
        if key not in known_sources:
            raise MalformedError(f"{where}: unknown source {key}")
    if not gpu["sources"]:
        raise MalformedError(f"{where}: no sources")
    in_order = ("memory_gb", "memory_bw_gbs", "bf16", "tdp_w", "idle_w", "usable_mib", "sm_count")
    order = [figures[key] for key in in_order]
    cells = [*(json.dumps(name) for name in names), str(gpu["year"]), *order, price]
    return "    {" + ", ".join([*cells, json.dumps(price_source), json.dumps(" ".join(gpu["sources"]))]) + "},\n"


def rows_of(document: dict) -> list[str]:
    if document["schema"] != "seatrial.gpu_catalog/1":
        raise MalformedError("schema: expected seatrial.gpu_catalog/1")
    ids = [gpu["id"] for gpu in document["gpus"]]
    for name in ids:
        if ids.count(name) > 1:
            raise MalformedError(f"{name}: listed twice")
    return [row_of(gpu, document["sources"]) for gpu in document["gpus"]]


def main() -> int:
    source, output = Path(sys.argv[1]), Path(sys.argv[2])
    try:
        rows = rows_of(json.loads(source.read_text(encoding="utf-8")))
    except (MalformedError, KeyError, TypeError, ValueError) as error:
        print(f"{source}: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(
        "// Generated from models/data/gpus.json by tools/embed_gpus.py.\n"
        '#include "models/gpu_catalog_rows.h"\n\n#include <limits>\n\nnamespace seatrial {\nnamespace {\n\n'
        "constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();\n"
        f"constexpr GpuRow kRows[] = {{\n{''.join(rows)}}};\n\n}}  // namespace\n\n"
        "constinit const std::span<const GpuRow> kGpuRows(kRows);\n\n}  // namespace seatrial\n",
        encoding="utf-8",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
