#!/usr/bin/env python3
"""Result folders of the real program while the system fails: each system call fails once (strace injection), the
program is killed at many moments, the file size is limited. Afterwards the result is absent or complete, and no
temporary folder stays behind (SIGKILL apart, and then the next run removes it).
Skipped without strace, without the right to trace, or without a program (SEATRIAL_BINARY, else build/seatrial)."""
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
FAULTS = [
    ("write", ["ENOSPC", "EIO"], 40),
    ("fsync", ["EIO"], 20),
    ("rename,renameat,renameat2", ["EACCES", "ENOSPC"], 4),
    ("mkdir,mkdirat", ["EROFS", "ENOSPC"], 4),
    ("openat,open", ["EMFILE", "EACCES"], 80),
    ("read", ["EIO"], 30),
]
UNSEEN = ["write", "fsync", "rename,renameat,renameat2", "mkdir,mkdirat", "unlink,unlinkat"]
SCENARIO = """schema: seatrial/v1
name: faults
cluster: {pools: [{name: p, count: 2, gpu: {model: a100-40, count: 4}}]}
workload: [{name: w, trace: {format: native, file: jobs.csv}}]
"""
TRACE = "job_id,submit_s,duration_s,gpus\na,0,10,4\nb,1,10,4\nc,2,10,8\n"


class Lab:
    def __init__(self, binary, root):
        self.binary = str(binary)
        self.root = pathlib.Path(root)
        (self.root / "s.yaml").write_text(SCENARIO)
        (self.root / "jobs.csv").write_text(TRACE)
        self.place = self.root / "place"
        self.failures = []

    def command(self):
        return [self.binary, "run", str(self.root / "s.yaml"), "--quiet", "--out", str(self.place / "out")]

    def fresh(self, with_old):
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir()
        if with_old:
            (self.place / "out").mkdir()
            (self.place / "out" / "summary.json").write_text("{\"old\": 1}")

    def result(self):
        """'none', 'old', 'new', or what is wrong."""
        names = sorted(p.name for p in self.place.iterdir())
        if any(n != "out" for n in names):
            return f"left behind: {names}"
        if not names:
            return "none"
        try:
            summary = json.loads((self.place / "out" / "summary.json").read_text())
        except (OSError, ValueError) as error:
            return f"half a result: {error}"
        if summary.get("old"):
            return "old"
        missing = [n for n in ("jobs.csv", "series.csv", "report.html") if not (self.place / "out" / n).exists()]
        return f"half a result, without {missing}" if missing else "new"

    def expect(self, condition, what):
        if not condition:
            self.failures.append(what)
            print("FAILED", what, flush=True)

    def strace(self, call, injection):
        run = subprocess.run(["strace", "-f", "-qq", "-o", str(self.root / "trace.txt"), "-e", f"trace={call}",
                              "-e", f"inject={call}:{injection}", *self.command()],
                             capture_output=True, text=True, errors="replace", timeout=60)
        return run, "(INJECTED)" in (self.root / "trace.txt").read_text(errors="replace")


def failing_calls(lab):
    for call, errors, most in FAULTS:
        for error in errors:
            for number in range(1, most + 1):
                with_old = number % 2 == 0
                lab.fresh(with_old)
                run, touched = lab.strace(call, f"error={error}:when={number}")
                where = f"{call} {number} {error}: status {run.returncode}, {lab.result()}, {run.stderr.strip()[:200]}"
                if not touched:
                    lab.expect(run.returncode == 0 and lab.result() == "new", where)
                    break
                if run.returncode == 0:  # a call whose failure does not matter, for instance of the C library
                    lab.expect(lab.result() == "new", where)
                else:
                    lab.expect(run.returncode != 3 and run.returncode > 0, where)
                    lab.expect(lab.result() == ("old" if with_old else "none"), where)
                    lab.expect(run.stderr.strip() != "" and "terminate called" not in run.stderr, where)


def interrupted_calls(lab):
    for call in UNSEEN:
        for number in range(1, 30):
            lab.fresh(with_old=True)
            run, touched = lab.strace(call, f"error=EINTR:when={number}")
            lab.expect(run.returncode == 0 and lab.result() == "new",
                       f"{call} {number} EINTR: status {run.returncode}, {lab.result()}, {run.stderr.strip()[:200]}")
            if not touched:
                break


def killed_at_a_call(lab):
    for call in ("mkdir,mkdirat", "write", "fsync", "rename,renameat,renameat2"):
        for number in range(1, 30):
            lab.fresh(with_old=number % 2 == 0)
            _, touched = lab.strace(call, f"signal=KILL:when={number}")
            out = lab.place / "out"
            complete = not out.exists() or (out / "summary.json").exists()
            lab.expect(complete, f"killed at {call} {number}: half a result under the final name")
            again = subprocess.run(lab.command(), capture_output=True, text=True, timeout=60)
            lab.expect(again.returncode == 0 and lab.result() == "new",
                       f"run after a kill at {call} {number}: status {again.returncode}, {lab.result()}, "
                       f"{again.stderr[:200]}")
            if not touched:
                break


def signals_at_any_time(lab):
    for number in (signal.SIGINT, signal.SIGTERM):
        for delay_ms in (1, 2, 4, 8, 16, 32, 64, 120):
            lab.fresh(with_old=False)
            run = subprocess.Popen(lab.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay_ms / 1000)
            run.send_signal(number)
            status = run.wait(timeout=60)
            result = lab.result()
            where = f"signal {number} after {delay_ms} ms: status {status}, {result}"
            lab.expect(status in (0, 128 + number, -number), where)
            lab.expect(result == "new" if status == 0 else result in ("none", "new"), where)


def signals_in_a_long_run(lab):
    """Every way to end a run of a second or so, at moments spread over it; the next run finds nothing in its way."""
    long = lab.root / "long.yaml"
    long.write_text(SCENARIO.split("workload")[0] + "workload: [{generate: {jobs: 400000, load: 0.9, "
                    "duration: {distribution: exponential, mean: 10m}}}]\n")
    command = [lab.binary, "run", str(long), "--quiet", "--out", str(lab.place / "out")]
    draw = random.Random(7)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL) * 3:
        lab.fresh(with_old=True)
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(draw.uniform(0.01, 0.6))
        run.send_signal(number)
        status = run.wait(timeout=60)
        where = f"signal {number} in a long run: status {status}, {lab.result()}"
        if number == signal.SIGKILL:
            lab.expect((lab.place / "out" / "summary.json").exists(), where)
            again = subprocess.run(lab.command(), capture_output=True, timeout=60)
            lab.expect(again.returncode == 0 and lab.result() == "new", f"run after {where}")
        else:
            lab.expect(status in (0, 128 + number, -number), where)
            lab.expect(lab.result() == ("new" if status == 0 else "old"), where)


def shortages(lab):
    """Little memory, few open files: a message and 5, or a whole result."""
    for what, limits in ((resource.RLIMIT_AS, [mib << 20 for mib in (16, 24, 32, 48, 64, 96, 128)]),
                         (resource.RLIMIT_NOFILE, [3, 4, 5, 6, 8, 12])):
        for limit in limits:
            lab.fresh(with_old=True)
            run = subprocess.run(lab.command(), capture_output=True, text=True, errors="replace", timeout=60,
                                 preexec_fn=lambda: resource.setrlimit(what, (limit, limit)))
            where = f"limit {what} {limit}: status {run.returncode}, {lab.result()}, {run.stderr.strip()[:200]}"
            if run.returncode == 127 or "shared librar" in run.stderr:
                continue  # the program never began
            lab.expect(run.returncode in (0, 2, 5), where)
            lab.expect(lab.result() == ("new" if run.returncode == 0 else "old"), where)
            lab.expect("terminate called" not in run.stderr, where)


def bad_places(lab):
    """--out that cannot be a result folder: 2, and nothing of the user's is touched."""
    lab.fresh(with_old=False)
    (lab.place / "file").write_text("mine")
    (lab.place / "mine").mkdir()
    (lab.place / "mine" / "notes.txt").write_text("mine")
    (lab.place / "loop").symlink_to("loop")
    before = sorted(str(p) for p in lab.place.rglob("*"))
    for name in ("file", "file/x", "mine", "loop", "loop/x", "n" * 300, ".", "..", ""):
        place = str(lab.place / name) if name else ""
        run = subprocess.run(lab.command()[:-1] + [place], capture_output=True, text=True, timeout=60)
        where = f"--out {name[:20]}: {run.returncode} {run.stderr}"
        lab.expect(run.returncode == 2 and run.stderr.strip() != "", where)
        lab.expect(sorted(str(p) for p in lab.place.rglob("*")) == before, f"--out {name[:20]} changed something")


def small_files(lab):
    for size in (0, 1, 100, 1000, 4096, 16384, 65536):
        lab.fresh(with_old=False)
        run = subprocess.run(lab.command(), capture_output=True, text=True, timeout=60,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
        result = lab.result()
        lab.expect(result == ("new" if run.returncode == 0 else "none"),
                   f"file size {size}: {run.returncode}, {result}")
        lab.expect(run.returncode in (0, 5), f"file size {size}: status {run.returncode}")


def main():
    binary = pathlib.Path(os.environ.get("SEATRIAL_BINARY", "build/seatrial")).resolve()
    if not binary.exists():
        print(f"skipped: {binary} is not built")
        return SKIPPED
    can_trace = shutil.which("strace") and subprocess.run(
        ["strace", "-qq", "-o", "/dev/null", "-e", "inject=fsync:error=EIO", "true"],
        capture_output=True).returncode == 0
    with tempfile.TemporaryDirectory(prefix="faults.") as root:
        lab = Lab(binary, root)
        lab.fresh(with_old=False)
        run = subprocess.run(lab.command(), capture_output=True, text=True, timeout=60)
        if run.returncode != 0:
            print(f"FAILED without any fault: status {run.returncode}: {run.stderr[:500]}")
            return 1
        for part in (signals_at_any_time, signals_in_a_long_run, small_files, shortages, bad_places):
            part(lab)
        if can_trace:
            for part in (failing_calls, interrupted_calls, killed_at_a_call):
                part(lab)
        print(f"{len(lab.failures)} failures")
        if lab.failures:
            return 1
    if not can_trace:
        print("skipped: strace is absent or may not trace; signals and small files passed")
        return SKIPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
