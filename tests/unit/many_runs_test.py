#!/usr/bin/env python3
"""`seatrial compare` and `seatrial plan` as a script sees them: files, exit statuses, what a killed command leaves and
how the next one goes on. Skipped without a program (SEATRIAL_BINARY, else build/seatrial)."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("SEATRIAL_BINARY", ROOT / "build" / "seatrial"))
SCENARIO = """schema: seatrial/v1
name: many
seed: 3
cluster: {pools: [{name: p, count: 4, gpu: {model: v100-32, count: 4}}]}
workload:
  - name: w
    generate: {jobs: JOBS, load: 0.9, duration: {distribution: exponential, mean: 300s}, gpus: {1: 0.7, 4: 0.3}}
goals: ["wait_s.mean <= 60"]
"""


class ManyRuns(unittest.TestCase):
    def setUp(self):
        self.box = tempfile.TemporaryDirectory(prefix="seatrial-many-")
        self.folder = pathlib.Path(self.box.name)
        self.write(300)

    def tearDown(self):
        self.box.cleanup()

    def write(self, jobs, scenario=SCENARIO):
        (self.folder / "s.yaml").write_text(scenario.replace("JOBS", str(jobs)))

    def command(self, *words):
        return [str(BINARY), *words, "--out", "out", "--runs-folder", str(self.folder / "runs")]

    def run_program(self, *words, status=0):
        done = subprocess.run(self.command(*words), cwd=self.folder, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def result(self, name):
        return json.loads((self.folder / "out" / name).read_text())

    def stored_bytes(self):
        return sum(file.stat().st_size for file in (self.folder / "runs").glob("*.runs"))

    def compare(self, *words, status=0):
        return self.run_program("compare", "s.yaml", "--axis", "scheduler.order=fifo,sjf", *words, status=status)

    def test_compare_writes_every_combination(self):
        self.compare("--axis", "cluster.pools[p].count=4,6", "--seeds", "4")
        result = self.result("comparison.json")
        self.assertEqual(result["schema"], "seatrial.comparison/1")
        self.assertEqual(len(result["alternatives"]), 4)
        self.assertEqual(result["replications"], 4)
        self.assertEqual(result["simulations"], 16)
        self.assertEqual(result["baseline"], {"scheduler.order": "fifo", "cluster.pools[p].count": 4})
        self.assertTrue((self.folder / "out" / "comparison.csv").read_text().startswith("alternative,baseline,"))
        self.assertFalse(list((self.folder / "runs").iterdir()))

    def test_replication_0_is_what_run_simulates(self):
        self.compare("--seeds", "3")
        waits = self.result("comparison.json")["alternatives"][1]["metrics"]["wait_s.mean"]["values"]
        seeds = self.result("comparison.json")["replication"]["seeds"]
        for seed, wait in zip(seeds, waits):
            done = subprocess.run(
                [str(BINARY), "run", "s.yaml", "--set", "scheduler.order=sjf", "--seed", str(seed), "--format", "json",
                 "--out", f"one-{seed}", "--no-report"], cwd=self.folder, capture_output=True, text=True)
            self.assertEqual(json.loads(done.stdout)["wait_s"]["mean"], wait)

    def test_repeats_and_threads_give_equal_files(self):
        files = []
        for jobs in ("1", "2", "7"):
            self.compare("--seeds", "5", "--jobs", jobs)
            files.append((self.folder / "out" / "comparison.json").read_bytes())
        self.assertEqual(files[0], files[1])
        self.assertEqual(files[0], files[2])

    def test_baseline_and_conditions(self):
        self.compare("--seeds", "5", "--baseline", "scheduler.order=sjf", "--fail-if",
                     "jct_s.mean worse than BASELINE by 0.1%", status=1)
        self.assertTrue(self.result("comparison.json")["fail_if"][0]["failed"])
        self.compare("--seeds", "5", "--fail-if", "jct_s.mean worse than BASELINE by 1%")

    def test_wrong_input_touches_nothing(self):
        for words in (["--axis", "scheduler.order"], ["--axis", "scheduler.ordre=fifo,sjf"],
                      ["--axis", "scheduler.order=fifo,nonsense"], ["--axis", "scheduler.order=fifo,fifo"],
                      ["--axis", "scheduler.order=fifo,sjf", "--baseline", "scheduler.order=las"],
                      ["--axis", "scheduler.order=fifo,sjf", "--fail-if", "nonsense"], [],
                      ["--axis", "cluster.pools[q].count=1,2"], ["--axis", "a=1..1000000000"]):
            done = self.run_program("compare", "s.yaml", *words, status=2)
            self.assertTrue(done.stderr.strip(), words)
            self.assertFalse((self.folder / "out").exists(), words)

    def test_a_foreign_folder_is_not_replaced(self):
        (self.folder / "out").mkdir()
        (self.folder / "out" / "mine.txt").write_text("x")
        self.compare(status=2)
        self.assertEqual((self.folder / "out" / "mine.txt").read_text(), "x")

    def test_a_killed_compare_goes_on_from_finished_runs(self):
        self.write(20000)
        for stop, status in ((signal.SIGKILL, -9), (signal.SIGINT, 130)):
            before = self.stored_bytes()
            process = subprocess.Popen(self.command("compare", "s.yaml", "--axis", "scheduler.order=fifo,sjf,srtf",
                                                    "--seeds", "30", "--jobs", "2"), cwd=self.folder,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                if self.stored_bytes() > before:  # this process has stored a run, so it handles signals by now
                    break
                time.sleep(0.01)
            process.send_signal(stop)
            process.communicate()
            self.assertEqual(process.returncode, status)
            self.assertFalse((self.folder / "out").exists())
            self.assertFalse(list(self.folder.glob(".out*")))
        self.run_program("compare", "s.yaml", "--axis", "scheduler.order=fifo,sjf,srtf", "--seeds", "30")
        resumed = self.result("comparison.json")
        self.assertGreater(resumed["reused"], 0)
        self.run_program("compare", "s.yaml", "--axis", "scheduler.order=fifo,sjf,srtf", "--seeds", "30")
        fresh = self.result("comparison.json")
        self.assertEqual(fresh["reused"], 0)
        fresh["reused"] = resumed["reused"]
        self.assertEqual(fresh, resumed)

    def test_compare_block_of_the_scenario(self):
        self.write(200, SCENARIO + "compare: {axes: {scheduler.order: [fifo, sjf]}, baseline: {scheduler.order: sjf}}\n"
                                   "replicate: {count: 3}\n")
        self.run_program("compare", "s.yaml")
        result = self.result("comparison.json")
        self.assertEqual(result["baseline"], {"scheduler.order": "sjf"})
        self.assertEqual(result["replications"], 3)

    def test_plan_finds_an_answer_and_lists_every_point(self):
        self.run_program("plan", "s.yaml", "--vary", "cluster.pools[p].count=1..12", "--seeds", "3")
        result = self.result("plan.json")
        self.assertEqual(result["schema"], "seatrial.plan/1")
        count = result["answer"]["settings"]["cluster.pools[p].count"]
        met = {e["settings"]["cluster.pools[p].count"]: e["met"] for e in result["evaluated"]}
        self.assertTrue(met[count])
        self.assertFalse(any(ok for size, ok in met.items() if size < count))
        self.assertEqual(result["simulations"], 3 * len(result["evaluated"]))
        self.assertLessEqual(result["answer"]["goals"][0]["value"], 60)
        self.assertEqual(len(met), len(result["evaluated"]))

    def test_plan_without_an_answer_names_the_goal(self):
        self.run_program("plan", "s.yaml", "--vary", "cluster.pools[p].count=1..4", "--goal", "wait_s.mean <= 0.001",
                         "--goal", "jobs.failed <= 0", status=1)
        result = self.result("plan.json")
        self.assertIsNone(result["answer"])
        self.assertEqual(result["binding_goal"], "wait_s.mean <= 0.001")

    def test_plan_refuses_wrong_input(self):
        vary = ["--vary", "cluster.pools[p].count=1..4"]
        for words in (["--vary", "cluster.pools[p].count=9..1"], [*vary, "--goal", "x <= 1"],
                      [*vary, "--minimize", "nonsense"], [*vary, "--growth", "fast"], []):
            done = self.run_program("plan", "s.yaml", *words, status=2)
            self.assertTrue(done.stderr.strip(), words)
            self.assertFalse((self.folder / "out").exists(), words)

    def test_standard_input_and_no_home(self):
        text = (self.folder / "s.yaml").read_text()
        environment = {key: value for key, value in os.environ.items() if key not in ("HOME", "XDG_CACHE_HOME")}
        words = ["compare", "-", "--axis", "scheduler.order=fifo,sjf", "--seeds", "2", "--out", "out"]
        done = subprocess.run([str(BINARY), *words], cwd=self.folder, input=text, capture_output=True, text=True,
                              env=environment)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    if not BINARY.exists():
        print(f"no program at {BINARY}")
        sys.exit(77)
    unittest.main()
