// The pages that are opened: scenarios of the library, odd worlds, and the documents of tests/data. Built once into a
// temporary folder by the program under test.
"use strict";
const { execFileSync } = require("child_process");
const fs = require("fs");
const path = require("path");

const root = path.resolve(__dirname, "../..");
const library = (name) => path.join(root, "scenarios/library", name + ".yaml");
const evil = "</script><img src=x onerror=alert(1)>\u202etxt";

function csv(rows) {
  const quote = (value) => (/[",\n]/.test(String(value)) ? '"' + String(value).replaceAll('"', '""') + '"' : String(value));
  return ["job_id,submit_s,duration_s,gpus,tenant", ...rows.map((row) => row.map(quote).join(","))].join("\n") + "\n";
}
function world(name, rows, more) {
  return { name: name, text: "schema: seatrial/v1\nname: " + name + "\ncluster:\n  pools: [{name: p, count: 2, gpu: {model: v100-32, count: 4}}]\nworkload: [{name: w, trace: {format: native, file: " + name + ".csv}}]\n" + (more || ""), csv: csv(rows) };
}
const many = Array.from({ length: 10000 }, (_, i) => ["j" + i, i * 5, 20 + (i % 50), 1 + (i % 4), "tenant-" + i]);
const worlds = [
  world("one-job", [["only", 0, 5, 1, ""]]),
  world("nobody-waits", [["a", 0, 1, 1, "t"], ["b", 1, 2, 1, "u"]]),  // and a run of 3 s
  world("three-years", [["a", 0, 94672800, 8, "t"], ["b", 10, 3600, 1, "u"], ["c", 94000000, 3600, 4, "u"]]),
  world("negative", [["a", -86400, 7200, 8, "t"], ["b", -86000, 600, 4, "t"], ["c", -80000, 600, 8, "u"]]),
  world("hostile", [["=1+1", 0, 500, 8, evil], ['"q"\nline', 5, 600, 4, "=cmd()"], [evil, 6, 600, 8, "\u0645\u0631\u062d\u0628\u0627"], ["x".repeat(10000), 7, 60, 2, "y".repeat(10000)]], "goals: ['wait_s.p95 <= 1', 'wait_s.mean <= 1000000']\n"),
  world("instant", [["a", 0, 0, 1, "t"]]),
  world("rejected", [["a", 0, 5, 999, "t"]]),
  world("many-tenants", many),
  // Halves and quarters of plain GPUs: shared, but neither cut nor with a model of speed or memory.
  { name: "shares", text: "schema: seatrial/v1\nname: shares\ncluster: {pools: [{name: p, count: 2, gpu: {model: a100-40, count: 4}}]}\nworkload: [{name: w, trace: {format: native, file: shares.csv}}]\n",
    csv: "job_id,submit_s,duration_s,gpus,gpu_milli\n" + Array.from({ length: 60 }, (_, i) => ["j" + i, i * 20, 300, 1, [500, 250, 1000][i % 3]].join(",")).join("\n") + "\n" },
  // Two months on two pools, told in Unix time: an axis of dates, bands with more detail when one zooms in, filters.
  { name: "calendar", text: "schema: seatrial/v1\nname: calendar\ncluster:\n  pools: [{name: old, count: 3, gpu: {model: v100-32, count: 4}, tenants: [t0, t1]}, {name: new, count: 2, gpu: {model: a100-40, count: 8}, tenants: [t2, t3]}]\nworkload: [{name: w, trace: {format: native, file: calendar.csv}}]\n",
    csv: csv(Array.from({ length: 4000 }, (_, i) => ["j" + i, 1646092800 + i * 1300 + (i % 7) * 400, 600 + (i * 7919) % 30000, [1, 2, 4][i % 3], "t" + (i % 4)])) },
];

// Returns [{name, file}] of every page.
exports.build = function (seatrial, folder) {
  const pages = [];
  const run = (name, scenario, extra) => {
    const out = path.join(folder, name);
    try {
      execFileSync(seatrial, ["run", scenario, "--out", out, "--quiet", ...(extra || [])], { stdio: "pipe" });
    } catch (error) {
      if (error.status !== 1) throw new Error(name + ": " + error.stderr);  // 1: a goal was missed
    }
    pages.push({ name: name, file: path.join(out, "report.html"), kind: "run" });
  };
  for (const name of ["dedicated-pools", "preemptive-srtf", "capacity-drain", "fragmentation-gradient", "warm-start", "goals", "gpu-sharing", "mig-recut-cost", "mig-3g-3g-1g"]) run(name, library(name));
  for (const one of worlds) {
    fs.writeFileSync(path.join(folder, one.name + ".yaml"), one.text);
    fs.writeFileSync(path.join(folder, one.name + ".csv"), one.csv);
    run(one.name, path.join(folder, one.name + ".yaml"));
  }
  const orders = path.join(folder, "orders");
  fs.writeFileSync(orders + ".yaml", "schema: seatrial/v1\nname: orders\ncluster:\n  pools: [{name: p, count: 4, gpu: {model: v100-32, count: 8}}]\nworkload: [{name: w, generate: {jobs: 600, load: 1.1, duration: {distribution: log-normal, median: 20m, shape: 1.2}, gpus: {1: 4, 4: 2, 8: 1}, tenants: {a: 2, b: 1}}}]\n");
  execFileSync(seatrial, ["compare", orders + ".yaml", "--axis", "scheduler.order=fifo,sjf,srtf", "--seeds", "4", "--jobs", "2", "--out", orders, "--quiet"], { stdio: "pipe" });
  const cases = path.join(folder, "cases");
  execFileSync(seatrial, ["compare", library("policies-on-three-workloads"), "--seeds", "3", "--jobs", "2", "--out", cases, "--quiet"], { stdio: "pipe" });
  pages.push({ name: "cases", file: path.join(cases, "report.html"), kind: "comparison" });
  const memory = path.join(folder, "overcommit");
  execFileSync(seatrial, ["compare", library("gpu-sharing"), "--axis", "cluster.pools[turns].gpu.overcommit=false,true", "--seeds", "3", "--jobs", "2", "--out", memory, "--quiet"], { stdio: "pipe" });
  pages.push({ name: "overcommit", file: path.join(memory, "report.html"), kind: "comparison" });
  pages.push({ name: "orders", file: path.join(orders, "report.html"), kind: "comparison" });
  for (const [name, kind] of [["comparison", "comparison"], ["comparison_single", "comparison"], ["plan", "plan"], ["plan_none", "plan"]]) {
    const out = path.join(folder, name);
    fs.mkdirSync(out);
    fs.copyFileSync(path.join(root, "tests/data", name + ".json"), path.join(out, kind + ".json"));
    execFileSync(seatrial, ["report", out], { stdio: "pipe" });
    pages.push({ name: name, file: path.join(out, "report.html"), kind: kind });
  }
  // A runway that knows months and no day, as of a trace without a calendar.
  const undated = path.join(folder, "plan_undated");
  const plan = JSON.parse(fs.readFileSync(path.join(root, "tests/data/plan.json"), "utf8"));
  for (const one of [plan.runway, ...plan.runway.goals, ...plan.runway.points]) delete one.date_at_break, delete one.date;
  plan.runway.from = null;
  fs.mkdirSync(undated);
  fs.writeFileSync(path.join(undated, "plan.json"), JSON.stringify(plan));
  execFileSync(seatrial, ["report", undated], { stdio: "pipe" });
  pages.push({ name: "plan_undated", file: path.join(undated, "report.html"), kind: "plan" });
  return pages;
};
