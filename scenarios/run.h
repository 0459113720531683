// A scenario to a result: builds the run, lets the control plane loop, and has the reports written. simulate() does the
// middle part alone, in memory, for everything that needs many runs or looks at single jobs.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/job_table.h"
#include "policies/quota_rules.h"
#include "reports/csv_writers.h"
#include "reports/decision_log.h"
#include "reports/device_history.h"
#include "reports/fairness.h"
#include "reports/level_pyramid.h"
#include "reports/metrics.h"
#include "reports/quota_metrics.h"
#include "reports/run_history.h"
#include "scenarios/build.h"
#include "scenarios/divided_gpus.h"
#include "scenarios/spec.h"

namespace seatrial {

struct RunOptions {
  std::string out_dir;
  std::optional<std::uint64_t> seed;  // instead of the scenario's
  bool write_report = true;
  bool log_placements = false;
  bool log_events = false;
  bool log_timeline = false;
  bool log_metrics = false;
  bool log_batsim = false;
  std::string database;                // append_run() to this file; empty: to none
  std::vector<std::string> overrides;  // "PATH=VALUE", for the database
  bool log_decisions = false;          // keep the first decisions, to compare runs
  bool report_history = false;         // keep what the report needs; run_scenario() sets it where one is written
  const std::atomic<bool>* interrupted = nullptr;  // polled; the run throws Interrupted once it is true
  std::string version;                             // for the summary: version and revision of the program
  bool colour = false;                             // of the summary text
};

// The user stopped the run; nothing was written.
struct Interrupted {};

// A run that is over.
struct SimulatedRun {
  SimulatedRun(const ScenarioSpec& spec, std::shared_ptr<const Workload> jobs, std::uint64_t seed, bool log_placements);

  RunParts parts;
  JobTable table;
  Metrics metrics;
  PlacementLog placements;               // only if logged
  std::optional<Fairness> fairness;      // where it is measured
  std::optional<QuotaMetrics> quotas;    // where there are quotas
  QuotaRecords quota_records;            // the same
  std::optional<RunHistory> history;     // only for the report and for logs that are made of it
  std::optional<LevelPyramid> levels;    // only for the report
  std::optional<DeviceHistory> devices;  // only for the report, where GPUs are cut or shared
  std::optional<DecisionLog> decisions;  // only if logged
  std::optional<MigGauge> mig;           // only with MIG pools
  std::string fact_hash;
  std::uint64_t last_draw = 0;  // the next number of the run's own stream: equal runs drew equally often
  std::uint64_t events = 0;
  double wall_s = 0;  // of the loop alone
  Time end;           // where the clock stopped

  [[nodiscard]] const Fairness* fairness_or_null() const { return fairness ? &*fairness : nullptr; }
};

// Runs the scenario on these jobs. events_sink may be null, else it receives events.csv. Throws InputError and
// Interrupted.
[[nodiscard]] std::unique_ptr<SimulatedRun> simulate(const ScenarioSpec& spec, std::shared_ptr<const Workload> jobs,
                                                     const RunOptions& options, ByteSink* events_sink = nullptr);

struct RunOutcome {
  std::string summary_text;  // for people
  std::string summary_json;  // summary.json
  std::string junit;         // the goals as test cases
  std::string markdown;      // for a pull request
  std::string result_dir;
  std::string report_path;         // empty: none was written
  std::vector<std::string> notes;  // lines for people: what an extra file leaves out
  bool goals_met = true;
};

// The whole of `seatrial run`. Throws InputError, SystemError and Interrupted.
[[nodiscard]] RunOutcome run_scenario(const ScenarioSpec& spec, const RunOptions& options);

}  // namespace seatrial
