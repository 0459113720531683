#!/usr/bin/env python3
"""Times whole runs of the program, as a user would start them, and prints one table.

    bench.py [--repeats N] [--program build/seatrial] [--json FILE] [SCENARIO...]

Per scenario: minimum and median of user + system CPU seconds over the repeats, wall seconds of the fastest, events per
second of the simulation loop alone (best repeat, from summary.json) and the largest resident memory (a child's figure
begins at this script's own, so smaller ones show as `<`). Scenarios whose traces are absent are named and left out.
Exit status 1 if a run failed.
"""

import argparse
import json
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INPUT = re.compile(r"\b(?:file|rank|order):\s*([^\s,{}]+\.(?:csv|swf|json|gz)\b)")


@dataclass
class Row:
    scenario: str
    cpu_s: list[float] = field(default_factory=list)
    wall_s: list[float] = field(default_factory=list)
    events: int = 0
    events_per_s: float = 0
    memory_mib: float = 0
    error: str = ""


def machine() -> str:
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} CPUs, {platform.system()} {platform.release()}, load average {load:.1f}"


def absent_inputs(scenario: Path) -> list[str]:
    names = INPUT.findall(scenario.read_text(encoding="utf-8"))
    return [name for name in names if not (scenario.parent / name).is_file()]


def run_once(program: Path, scenario: Path, row: Row) -> None:
    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as folder:
        out = Path(folder) / "out"
        command = [str(program), "run", str(scenario), "--out", str(out), "--no-report", "--quiet"]
        started = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            message = process.stderr.read().decode(errors="replace")
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall_s = time.perf_counter() - started
        if process.returncode != 0:
            row.error = f"exit status {process.returncode}: {message.strip()[:200]}"
            return
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    row.cpu_s.append(usage.ru_utime + usage.ru_stime)
    row.wall_s.append(wall_s)
    row.events = summary["events"]
    row.events_per_s = max(row.events_per_s, summary["events_per_s"])
    row.memory_mib = max(row.memory_mib, usage.ru_maxrss / 1024)


def memory_text(memory_mib: float) -> str:
    floor_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{memory_mib:.1f}" if memory_mib > floor_mib else f"<{floor_mib:.0f}"


def print_table(rows: list[Row], repeats: int) -> None:
    print(f"machine: {machine()}")
    print(f"repeats: {repeats}; CPU = user + system seconds of the whole process")
    titles = ("CPU min s", "median s", "wall min s", "events", "events/s", "MiB")
    widths = (11, 11, 12, 11, 12, 8)
    print(f"{'scenario':<20}" + "".join(f"{title:>{width}}" for title, width in zip(titles, widths, strict=True)))
    for row in rows:
        if row.error:
            print(f"{row.scenario:<20}  {row.error}")
            continue
        print(
            f"{row.scenario:<20}{min(row.cpu_s):>11.3f}{statistics.median(row.cpu_s):>11.3f}{min(row.wall_s):>12.3f}"
            f"{row.events:>11}{row.events_per_s:>12.0f}{memory_text(row.memory_mib):>8}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--program", type=Path, default=ROOT / "build" / "seatrial")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("scenarios", nargs="*", type=Path, help="default: tests/bench/scenarios/*.yaml")
    arguments = parser.parse_args()
    rows = []
    skipped = []
    for scenario in arguments.scenarios or sorted((ROOT / "tests" / "bench" / "scenarios").glob("*.yaml")):
        absent = absent_inputs(scenario)
        if absent:
            skipped.append(f"skipped {scenario.stem}: absent {', '.join(absent)}")
            continue
        row = Row(scenario.stem)
        for _ in range(arguments.repeats):
            run_once(arguments.program, scenario, row)
            if row.error:
                break
        rows.append(row)
    print_table(rows, arguments.repeats)
    for line in skipped:
        print(line)
    if arguments.json:
        document = {"machine": machine(), "repeats": arguments.repeats, "rows": [asdict(row) for row in rows]}
        arguments.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return 1 if any(row.error for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
