#!/usr/bin/env python3
"""The JSON Schema of scenarios in the hands of a real validator: it is a valid schema of draft 2020-12, accepts every
scenario of the library, and what it says of single mistakes and of quantities is what the loader says. Needs the
program (SEATRIAL_BINARY, else build/seatrial), python3-jsonschema and python3-yaml; skipped where one is absent."""
import json
import os
import pathlib
import subprocess
import sys

SKIPPED = 77
BASE = """schema: seatrial/v1
name: x
cluster: {pools: [{name: p, count: 2, node: {cpu: CPU, memory: MEMORY}, gpu: {model: a100-40, count: 8}, price: PRICE}]}
workload: [{generate: {rate: RATE, duration: {distribution: constant, mean: DURATION}}}]
MORE
"""
GOOD = {"CPU": "8", "MEMORY": "64Gi", "PRICE": "3 USD/h", "RATE": "1/s", "DURATION": "1m", "MORE": "seed: 1"}
# What stands for a word of the base, and whether it is right.
CASES = [
    ("DURATION", ["90s", "1.5h", "30d", "250ms", ".5h", "2e3s", "10 s", "1w", "5ns"],
     ["90", "1x", "s", "-5s", "5 min", "1h30m"]),
    ("MEMORY", ["64Gi", "512Mi", "1.5Ti", "16G", "0", "'0'", "8 Gi"], ["64", "64GB", "Gi", "-1Gi"]),
    ("CPU", ["96", "0.5", "500m", "'4'", "0"], ["4 cores", "-1", "1k"]),
    ("RATE", ["12/s", "5/min", "3/h", "1/d", "0.1 / h"], ["12", "12/y", "/s"]),
    ("PRICE", ["32.77 USD/h", "1USD/h", "0 USD/h"], ["32.77", "3 EUR/h", "USD/h"]),
    ("MORE", ["seed: 5", "until: 3d", "scheduler: {order: sjf}", "scheduler: {order: {name: sjf}}",
              "scheduler: {preemption: {round: 1m}}", "scheduler: {placement: [{name: fgd, weight: 2}, dot-product]}",
              "scheduler: {placement: [best-fit]}", "goals: ['wait_s.p95 <= 600']", "metrics: {fragmentation: true}",
              "overheads: {start: {by_gpus: {1: 7s, more: 60s}}}"],
     ["seed: -1", "seed: x", "sheduler: {}", "scheduler: {order: sfj}", "scheduler: {order: {}}", "goals: [x]",
      "scheduler: {preemption: round}", "scheduler: {placement: {name: fgd, weight: 2}}", "metrics: {fragmentation: 3}",
      "overheads: {start: {by_gpus: {1: 7s}}}", "until: 5", "scheduler: {gang: {span_pools: 1}}"]),
]


def main():
    binary = pathlib.Path(os.environ.get("SEATRIAL_BINARY", "build/seatrial")).resolve()
    try:
        import jsonschema
        import yaml
    except ImportError as error:
        print(f"skipped: {error}")
        return SKIPPED
    if not binary.exists():
        print(f"skipped: absent: {binary}")
        return SKIPPED
    made = subprocess.run([binary, "list", "schema"], capture_output=True, text=True, check=True, timeout=60)
    schema = json.loads(made.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)

    def schema_accepts(text):
        # Keys of YAML mappings may be numbers, those of JSON are text.
        return validator.is_valid(json.loads(json.dumps(yaml.safe_load(text))))

    def loader_accepts(text):
        run = subprocess.run([binary, "validate", "-"], input=text, capture_output=True, text=True, timeout=60)
        return run.returncode == 0

    failures = []
    root = pathlib.Path(__file__).resolve().parents[2]
    files = sorted([*(root / "scenarios/library").glob("*.yaml"), *(root / "tests/bench/scenarios").glob("*.yaml")])
    for file in files:
        document = json.loads(json.dumps(yaml.safe_load(file.read_text())))
        for error in validator.iter_errors(document):
            failures.append(f"{file.name}: {error.json_path}: {error.message[:200]}")
    compared = 0
    for word, good, bad in CASES:
        for value in good + bad:
            text = BASE
            for key, default in GOOD.items():
                text = text.replace(key, value if key == word else default)
            said = schema_accepts(text), loader_accepts(text)
            if said != (value in good, value in good):
                failures.append(f"{word} {value}: schema {said[0]}, loader {said[1]}, expected {value in good}")
            compared += 1
    print(f"{len(files)} scenarios, {compared} single values, {len(failures)} failures")
    for failure in failures[:20]:
        print(failure)
    return 1 if failures or len(files) < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
