#!/usr/bin/env python3
"""metrics.om of the real program in the hands of the real Prometheus: promtool accepts the text and makes blocks of it,
and a server on these blocks answers with the values of the run's own files. Needs promtool and prometheus (Debian
package prometheus) and the program (SEATRIAL_BINARY, else build/seatrial); skipped where one is absent."""
import csv
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

SKIPPED = 77
BASE_S = 1704067200  # what a trace without an epoch begins at, docs/results.md
SCENARIO = """schema: seatrial/v1
name: prometheus
cluster:
  pools:
    - {name: "p<q>\\"", count: 3, gpu: {model: a100-40, count: 4}}
    - {name: q, count: 2, gpu: {model: h100-sxm, count: 2}}
  changes: [{at: 30m, pool: q, count: 4}]
workload: [{name: w, trace: {format: native, file: jobs.csv}}]
scheduler: {order: srtf}
"""
NAMES = ["plain", "<script>alert(1)</script>", "quo\"te", "back\\slash", "line\nbreak", "\u202ertl", "comma,name",
         "x" * 3000]


def write_jobs(path):
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["job_id", "submit_s", "duration_s", "gpus", "gpu_milli", "tenant"])
        for i in range(120):
            share = i % 5 == 0
            gpus = 1 if share else [1, 2, 4, 8][i % 4]
            rows.writerow([f"{NAMES[i % len(NAMES)]}{i}", i * 20, 300 + 137 * (i % 7), gpus,
                           300 if share else 1000, NAMES[i % 3]])


class Server:
    """Prometheus on a port of loopback that nobody else has."""

    def __init__(self, blocks):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        config = blocks.parent / "prometheus.yml"
        config.write_text("scrape_configs: []\n")
        self.log = open(blocks.parent / "prometheus.log", "w")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={blocks}",
             "--storage.tsdb.retention.time=100y", "--query.lookback-delta=14s",
             f"--web.listen-address={self.address}"],
            stdout=self.log, stderr=subprocess.STDOUT)

    def wait(self):
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"http://{self.address}/-/ready", timeout=5) as answer:
                    if answer.status == 200:
                        return True
            except (urllib.error.URLError, OSError):
                if self.process.poll() is not None:
                    return False
            time.sleep(0.1)
        return False

    def value(self, query, second):
        """The one value of a query at an instant, 0 where there is none."""
        text = urllib.parse.urlencode({"query": query, "time": second})
        with urllib.request.urlopen(f"http://{self.address}/api/v1/query?{text}", timeout=20) as answer:
            result = json.load(answer)["data"]["result"]
        return float(result[0]["value"][1]) if result else 0.0

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()


def jobs_of(out):
    with open(out / "jobs.csv", newline="") as file:
        return list(csv.DictReader(file))


def expected(events, second):
    """Waiting jobs and GPUs held at an instant, from events.csv: everything up to it has happened."""
    waiting, milli = 0, 0
    for row in events:
        if float(row["t_s"]) > second:
            break
        kind = row["event"]
        waiting += {"submitted": 1, "preempted": 1, "started": -1, "resumed": -1}.get(kind, 0)
        milli += {"bound": 1, "released": -1}.get(kind, 0) * int(row["gpus_milli"])
    return waiting, milli / 1000


def check_text(om, failures):
    text = om.read_text()
    if not text.endswith("\n# EOF\n"):
        failures.append("no # EOF at the end")
    # Counters are named otherwise in the older text format that `check metrics` reads.
    counters = re.findall(r"^# TYPE (\S+) counter$", text, re.M)
    for name in counters:
        text = re.sub(rf"^# (TYPE|HELP) {name} ", rf"# \1 {name}_total ", text, flags=re.M)
    lint = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=60)
    # dcgm-exporter's labels are what they are.
    remarks = {line for line in (lint.stdout + lint.stderr).splitlines()
               if not re.match(r"DCGM_FI_\w+ label names should be written in 'snake_case'", line)}
    if remarks or lint.returncode not in (0, 3):
        failures.append(f"promtool check metrics: {lint.returncode} {sorted(remarks)[:5]}")
    idle = [line for line in text.splitlines() if line.startswith("DCGM_FI_DEV_GPU_UTIL{") and ' 0 ' in line[-14:]]
    if not idle or any("pod=" in line for line in idle):
        failures.append("idle GPUs have no samples, or labels of a pod")


def check_server(server, out, failures):
    with open(out / "events.csv", newline="") as file:
        events = list(csv.DictReader(file))
    summary = json.loads((out / "summary.json").read_text())
    if server.value("sum(seatrial_run_info{scenario='prometheus', interval_s='15'})", BASE_S) != 1:
        failures.append("the run is not there, or not at 15 s")
    compared = 0
    for second in range(0, int(summary["simulated_s"]), 135):
        waiting, gpus = expected(events, second)
        got = (server.value("sum(kueue_pending_workloads)", BASE_S + second),
               server.value("sum(DCGM_FI_DEV_GPU_UTIL) / 100", BASE_S + second),
               server.value("sum(seatrial_pool_gpus{state='allocated'})", BASE_S + second),
               server.value("sum(kube_pod_container_resource_requests)", BASE_S + second))
        want = (waiting, gpus, gpus, gpus)
        if any(abs(a - b) > 1e-6 for a, b in zip(got, want)):
            failures.append(f"at {second} s: expected {want}, the server says {got}")
        compared += 1
    end = BASE_S + int(summary["simulated_s"]) + 15
    pairs = [("sum(kueue_admitted_workloads_total)", summary["jobs"]["completed"] + summary["preemptions"]),
             ("sum(kueue_evicted_workloads_total)", summary["preemptions"]),
             ("sum(kueue_admission_wait_time_seconds_count)", summary["jobs"]["completed"] + summary["preemptions"]),
             ("sum(kube_node_status_allocatable)", summary["gpu"]["total_milli"] / 1000),
             ("sum(kueue_admission_wait_time_seconds_sum)", summary["wait_s"]["mean"] * summary["jobs"]["completed"]),
             ("sum(seatrial_pool_gpus{state='present'})", summary["gpu"]["total_milli"] / 1000)]
    for query, want in pairs:
        got = server.value(query, end)
        if abs(got - want) > 1e-6 * max(1, want):
            failures.append(f"{query}: expected {want}, the server says {got}")
    waits = server.value("count(count_over_time(kube_pod_created[1d]))", end)
    if waits != len(jobs_of(out)):
        failures.append(f"{waits} pods, {len(jobs_of(out))} jobs")
    print(f"{compared} instants compared, {summary['preemptions']} preemptions")


def main():
    binary = pathlib.Path(os.environ.get("SEATRIAL_BINARY", "build/seatrial")).resolve()
    absent = [name for name in ("promtool", "prometheus") if shutil.which(name) is None]
    if absent or not binary.exists():
        print(f"skipped: absent: {', '.join(absent) or binary}")
        return SKIPPED
    failures = []
    with tempfile.TemporaryDirectory(prefix="prometheus.") as root:
        root = pathlib.Path(root)
        (root / "s.yaml").write_text(SCENARIO)
        write_jobs(root / "jobs.csv")
        out = root / "out"
        run = subprocess.run([binary, "run", root / "s.yaml", "--out", out, "--no-report", "--log", "metrics,events"],
                             capture_output=True, text=True, timeout=60)
        if run.returncode != 0:
            print(run.stderr)
            return 1
        check_text(out / "metrics.om", failures)
        blocks = root / "blocks"
        made = subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", out / "metrics.om", blocks],
                              capture_output=True, text=True, timeout=120)
        if made.returncode != 0:
            print(f"promtool tsdb create-blocks-from openmetrics: {made.stderr}")
            return 1
        server = Server(blocks)
        try:
            if server.wait():
                check_server(server, out, failures)
            else:
                failures.append("prometheus did not start: " + (root / "prometheus.log").read_text()[-2000:])
        finally:
            server.stop()
    for failure in failures[:20]:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
