// One run's values: exactly the content of summary.json, as plain values. Built from the run's header, its jobs and its
// metrics; written as JSON (summary_json.cpp) and as text for people (summary_text.cpp). Quantiles are nearest rank
// over exact nanoseconds. What cannot be known is nullopt, never 0.
//
// Jobs submitted before the end of warmup count in `jobs` but not in the statistics of jct, wait and slowdown.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/job_table.h"
#include "reports/metrics.h"

namespace seatrial {

class Fairness;
class Workload;

// What only clusters with cut or shared GPUs, or jobs that state GPU memory, have; nullopt elsewhere.
struct DividedGpus {
  std::optional<double> mig_fragmentation_slices, mig_stranded_slices;  // means over time
  std::optional<double> memory_asked_gib, memory_allocated_gib;         // means over time
  std::optional<double> recuts, recut_s, slowed_jobs, slowed_gpu_s, out_of_memory_jobs;
};

// How much of a run's GPU time rests on what kind of numbers, for one model. Shares of gpu_hours, adding up to 1.
struct ModelUse {
  std::string model;     // "speed alone", "sharing", "power"
  double measured = 0;   // by a calibration of ours or the user's
  double published = 0;  // by public tables and data sheets
  double assumed = 0;    // defaults, and what is extrapolated from other GPUs
  double gpu_hours = 0;  // that the model answered for
  std::string source;    // calibrations: device, date, errors on held-out points
};
struct Statistics {
  std::uint64_t count = 0;
  std::optional<double> mean, p50, p90, p95, p99, max;
};

// What quotas did; see reports/quota_metrics.h.
struct QueueQuotas {
  std::string name;
  double nominal_gpus = 0, used_gpu_s = 0, borrowed_gpu_s = 0, lent_gpu_s = 0;
  double admitted = 0, evicted = 0;  // how often
};
struct QuotaSummary {
  std::optional<double> evictions, borrowed_gpu_s, lent_gpu_s;  // nullopt: no quotas
  Statistics reclaim_s;  // from the first eviction for a job of another queue until that job was admitted
  std::vector<QueueQuotas> queues;
};

// What the run knows of itself; nothing here is computed by reports.
struct RunHeader {
  std::string scenario;
  std::uint64_t seed = 1;
  std::string version;
  std::string fact_hash;
  std::vector<std::pair<std::string, std::string>> axes;  // "order" -> "fifo", ... in the order to print
  std::vector<std::string> overheads;                     // one line for each that is not zero
  std::vector<std::string> warnings;
  std::vector<ModelUse> models;   // empty: no calibration was used
  std::string scenario_text;      // the whole scenario, for reproduction
  std::string scenario_file;      // as it was given; relative paths of the scenario start from there
  std::string command;            // that repeats the run; without --out, so that repeats are equal
  std::optional<double> epoch_s;  // Unix time of instant 0, where the trace tells it
  DividedGpus divided;            // the means
  QuotaSummary quotas;
  double wall_s = 0;  // of the simulation loop alone
  std::uint64_t events = 0;
};

struct GoalInput {
  std::string text;    // as written
  std::string metric;  // dotted path
  std::string op;      // <= < >= > == !=
  double value = 0;
};

struct JobCounts {
  std::uint64_t submitted = 0, completed = 0, failed = 0, rejected = 0, running = 0, pending = 0, waited = 0;
};

struct TenantSummary {
  std::string name;
  std::uint64_t jobs = 0;
  double gpu_s = 0;  // GPU-seconds held
  std::optional<double> wait_mean_s, wait_p95_s, jct_mean_s;
};

// Of one tenant; see reports/fairness.h.
struct TenantFairness {
  double weight = 1;
  double entitled_gpu_s = 0, received_gpu_s = 0, short_gpu_s = 0, over_gpu_s = 0;
  double starved_s = 0;
  std::optional<double> rho_mean, rho_max;  // of completed jobs
};

// None of it is known unless fairness was measured.
struct FairnessSummary {
  Statistics rho;                       // finish-time fairness of completed jobs
  std::optional<double> unfair_ratio;   // share of them with rho > kUnfairRho
  std::optional<double> jain_jobs;      // of their rho
  std::optional<double> jain_tenants;   // of received over entitled
  std::optional<double> starved_s;      // longest wait without a break, of any job
  std::optional<double> waste_gpu_s;    // GPU time that preemption cost
  std::vector<TenantFairness> tenants;  // in the order of Summary::tenants; empty: not measured
};

// From here on a job counts as treated unfairly (Zheng et al., Shockwave, NSDI '23).
inline constexpr double kUnfairRho = 1.05;

struct PoolSummary {
  std::string name;
  std::int64_t total_milli = 0;  // at the end
  std::optional<double> allocated_ratio_mean, cost_usd, energy_kwh;
};

struct GoalResult {
  std::string text;
  std::optional<double> value;
  bool met = false;  // false where the value is not known
};

struct Summary {
  RunHeader header;
  double warmup_s = 0;
  double first_submit_s = 0;
  double simulated_s = 0;
  std::optional<double> events_per_s;
  JobCounts jobs;
  Statistics jct_s, wait_s, slowdown, recorded_wait_s;
  std::optional<double> makespan_s;
  std::uint64_t preemptions = 0;
  double overhead_gpu_s = 0;  // lost work is not in it
  double lost_gpu_s = 0;
  std::int64_t total_milli = 0, arrived_milli = 0, allocated_milli_end = 0;
  std::optional<double> allocated_mean, allocated_peak, useful_mean;
  std::optional<double> fragmented_mean, fragmented_end;                  // of all GPUs
  std::optional<double> fragmented_of_free_mean, fragmented_of_free_end;  // of the GPUs that are not allocated
  std::optional<double> queue_mean;
  std::int64_t queue_peak = 0, running_peak = 0;
  std::optional<double> cost_usd, usd_per_gpu_hour_used, energy_kwh;
  std::vector<TenantSummary> tenants;
  FairnessSummary fairness;
  std::vector<PoolSummary> pools;
  std::array<double, kWaitReasons> waiting_gpu_s{};
  DividedGpus divided;
  std::vector<GoalResult> goals;
};

// metrics, fairness: after finish(); without the latter its values are not known. goals: with metric names that
// is_metric() accepts; an unknown one throws InputError.
[[nodiscard]] Summary summarize(const RunHeader& header, const Workload& workload, const JobTable& table,
                                const Metrics& metrics, std::span<const GoalInput> goals,
                                const Fairness* fairness = nullptr);

// One number of a summary and where it stands in summary.json.
struct MetricValue {
  std::vector<std::string> path;  // keys; names of tenants and pools are one key each, dots and all
  std::optional<double> value;
  bool whole = false;  // an integer
  [[nodiscard]] std::string dotted() const;
};

// Every number of a summary, in the order of summary.json.
[[nodiscard]] std::vector<MetricValue> metric_values(const Summary& summary);
// The value at a dotted path; nullopt if it is unknown or not known in this run.
[[nodiscard]] std::optional<double> metric_value(const Summary& summary, std::string_view dotted);

struct MetricDoc {
  const char* name;  // dotted path; <tenant> and <pool> stand for any name
  const char* unit;
  const char* sentence;
};

[[nodiscard]] std::span<const MetricDoc> metric_docs();
// Whether a goal may name it: a path of metric_docs().
[[nodiscard]] bool is_metric(std::string_view dotted);
// For error messages: the nearest known path, or empty.
[[nodiscard]] std::string nearest_metric(std::string_view dotted);

// For people: "speed alone: 62 % of 120 GPU-h measured, 30 % public, 8 % assumed", then a line with the calibrations.
[[nodiscard]] std::vector<std::string> model_use_lines(const RunHeader& header);

// summary_json.cpp.
[[nodiscard]] std::string summary_json(const Summary& summary);
// Reads summary.json back; `file` is named in errors (InputError).
[[nodiscard]] Summary read_summary_json(std::string_view text, const std::string& file);

// summary_text.cpp: for people, at most 100 columns.
[[nodiscard]] std::string summary_text(const Summary& summary, bool colour);

}  // namespace seatrial
