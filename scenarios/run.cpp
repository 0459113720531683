// The loop with its observers, and the result folder; see run.h.
#include "scenarios/run.h"

#include <algorithm>
#include <chrono>
#include <span>

#include "models/device_ref.h"
#include "policies/control_plane.h"
#include "policies/quota_rules.h"
#include "policies/scheduler_allocation.h"
#include "reports/ci_forms.h"
#include "reports/event_log.h"
#include "reports/fact_hash.h"
#include "reports/pool_info.h"
#include "reports/result_folder.h"
#include "reports/run_database.h"
#include "reports/run_result.h"
#include "reports/summary.h"
#include "scenarios/calibrated_speed.h"
#include "scenarios/describe_run.h"
#include "scenarios/endless.h"
#include "scenarios/quota_csv.h"
#include "scenarios/run_logs.h"
#include "sim/check.h"

namespace seatrial {
namespace {

MetricsOptions metrics_options(const ScenarioSpec& spec, const SchedulerOptions& scheduler) {
  MetricsOptions options;
  options.warmup = spec.metrics.warmup;
  options.series_interval = spec.metrics.series_interval;
  options.sequential = scheduler.sequential;
  options.overheads =
      !overhead_lines(spec.overheads).empty() || re_cuts_delay_starts(spec.cluster) || spec.scheduler.pod_by_pod;
  return options;
}

// Shares mean something where there are tenants; somebody may want to know it of one all the same.
bool measures_fairness(const ScenarioSpec& spec, const SchedulerOptions& scheduler, const Workload& workload) {
  if (scheduler.sequential) return false;
  if (spec.metrics.fairness) return *spec.metrics.fairness;
  const TextId first = workload.requests().empty() ? TextId{0} : workload.requests()[{0}].tenant;
  return std::any_of(workload.requests().begin(), workload.requests().end(),
                     [&](const Request& request) { return request.tenant != first; });
}

FairnessOptions fairness_options(const ScenarioSpec& spec, const Workload& workload) {
  FairnessOptions options;
  options.weights = tenant_weights(spec, workload);
  options.warmup = spec.metrics.warmup;
  options.series_interval = spec.metrics.series_interval;
  options.overheads = !overhead_lines(spec.overheads).empty() || spec.scheduler.pod_by_pod;
  return options;
}

QuotaMetricsOptions quota_metrics_options(const QuotaRules& rules, const Workload& workload) {
  QuotaMetricsOptions options;
  options.tree = rules.kueue.quotas;
  for (std::uint32_t i = 0; i < rules.resource_of.size(); ++i) {
    options.counts_gpus.push_back(rules.counts_gpus(FlavorResourceId{i}));
  }
  options.own_queue_reason = static_cast<std::uint32_t>(VictimReason::InClusterQueue);
  options.jobs = workload.size();
  return options;
}

// Logs need all; a report only what the job table does not keep, which is earlier stays of preempted jobs.
HistoryOptions history_options(const RunOptions& options, const RunParts& parts) {
  const bool logs = options.log_timeline || options.log_metrics || options.log_batsim;
  const bool preempts = parts.options.preemption != Preemption::None || parts.quotas;
  return {.stints = logs || (options.report_history && preempts), .levels = logs};
}

// Measures fragmentation at each instant, logs placements and keeps those of preempted jobs, where asked for.
class Recorder final : public RunListener {
 public:
  Recorder(SimulatedRun& run, FactBuffer& facts, bool measure, bool log)
      : run_(run), facts_(facts), log_(log), arrived_milli_(0) {
    if (measure) gauge_.emplace(*run.parts.fragmentation, run.parts.cluster);
    run.placements.fragmented = measure;
  }

  void decided(const RunState& state, JobId job, bool bound) override {
    arrived_milli_ += state.class_of(job).total_milli;
    measure(state.now);
    if (bound) record_placements(state.now, {&job, 1});
    if (log_) add_rows(job, bound);
  }

  void instant_over(const RunState& state) override {
    measure(state.now);
    if (run_.mig) run_.mig->measure(state.now, run_.parts.cluster);
    record_placements(state.now, state.started);
    if (run_.devices) {
      facts_.flush();
      run_.devices->note_cuts(state.now);
    }
    if (run_.history) run_.history->note_nodes(state.now);
    if (!log_) return;
    for (const JobId job : state.started) {
      arrived_milli_ += state.table.preemptions[job] == 0 ? state.class_of(job).total_milli : 0;
      add_rows(job, true);
    }
  }

 private:
  void record_placements(Time now, std::span<const JobId> jobs) {
    if (!run_.history) return;
    for (const JobId job : jobs) run_.history->placed(job, now);
  }

  void measure(Time now) {
    if (!gauge_) return;
    const double before = gauge_->sum();
    if (gauge_->update(run_.parts.cluster) == before && measured_) return;
    measured_ = true;
    facts_.flush();
    run_.metrics.set_fragmented(now, gauge_->sum());
  }

  void add_rows(JobId job, bool bound) {
    const Cluster& cluster = run_.parts.cluster;
    PlacementRow row;
    row.job = job;
    row.arrived_milli = arrived_milli_;
    row.used_milli = cluster.total_milli() - cluster.free_milli();
    row.fragmented_milli = gauge_ ? gauge_->sum() : 0;
    if (!bound) run_.placements.rows.push_back(row);
    if (!bound) return;
    for (const Piece& piece : run_.table.pieces(job)) {
      const auto devices = run_.table.devices(piece);
      row.node = piece.node;
      row.devices.clear();
      for (const std::uint16_t ref : devices) row.devices.push_back(device_index(ref));
      run_.placements.rows.push_back(row);
    }
  }

  SimulatedRun& run_;
  FactBuffer& facts_;
  std::optional<FragmentationGauge> gauge_;
  bool measured_ = false;
  bool log_;
  std::int64_t arrived_milli_;
};

// Power of GPUs that a calibration measured, else the data sheet's.
std::vector<PoolInfo> powered_pools(const RunParts& parts) {
  std::vector<PoolInfo> pools = pool_infos(parts.cluster);
  for (PoolInfo& pool : pools) {
    const std::optional<GpuPower> power = parts.calibrated ? parts.calibrated->power(pool.gpu_model) : std::nullopt;
    if (!power) continue;
    pool.busy_w = power->busy_w;
    pool.idle_w = power->idle_w;
  }
  return pools;
}

std::unique_ptr<Scheduler> scheduler_of(RunParts& parts, RunState& state) {
  if (parts.allocation.allocator == nullptr) return make_scheduler(state, std::move(parts.order));
  return std::make_unique<AllocationScheduler>(state, std::move(parts.order), std::move(parts.allocation));
}

std::optional<Time> until_of(const ScenarioSpec& spec, const Workload& workload) {
  if (!spec.until || workload.size() == 0) return std::nullopt;
  Time until;
  const bool beyond = __builtin_add_overflow(workload.submit({0}).ns, spec.until->ns, &until.ns);
  return beyond ? kNever : until;
}

RunRow database_row(const Summary& summary, const RunOptions& options) {
  RunRow row = run_row(summary);
  row.result = options.out_dir;
  for (const std::string& text : options.overrides) {
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) row.settings.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return row;
}

}  // namespace

SimulatedRun::SimulatedRun(const ScenarioSpec& spec, std::shared_ptr<const Workload> jobs, std::uint64_t seed,
                           bool log_placements)
    : parts(spec, std::move(jobs), seed, log_placements),
      table(parts.workload.size()),
      metrics(powered_pools(parts), metrics_options(spec, parts.options)) {}

std::unique_ptr<SimulatedRun> simulate(const ScenarioSpec& spec, std::shared_ptr<const Workload> jobs,
                                       const RunOptions& options, ByteSink* events_sink) {
  const std::uint64_t seed = options.seed.value_or(spec.seed);
  set_check_context("scenario " + spec.name + ", seed " + std::to_string(seed));
  refuse_endless(spec, *jobs);
  auto run = std::make_unique<SimulatedRun>(spec, std::move(jobs), seed, options.log_placements);
  RunParts& parts = run->parts;
  FactHash hash;
  std::vector<Observer*> observers{&run->metrics, &hash};
  std::vector<std::string> pool_names;
  for (const Pool& pool : parts.cluster.pools()) pool_names.push_back(pool.name);
  const ClusterNodeNames node_names(parts.cluster);
  std::optional<EventLog> event_log;
  if (events_sink != nullptr) {
    event_log.emplace(parts.workload, pool_names, node_names, *events_sink);
    observers.push_back(&*event_log);
  }
  if (measures_fairness(spec, parts.options, parts.workload)) {
    observers.push_back(
        &run->fairness.emplace(parts.workload, pool_infos(parts.cluster), fairness_options(spec, parts.workload)));
  }
  if (parts.quotas) observers.push_back(&run->quotas.emplace(quota_metrics_options(*parts.quotas, parts.workload)));
  const HistoryOptions history = history_options(options, parts);
  if (options.report_history || history.levels) {
    observers.push_back(&run->history.emplace(run->table, parts.cluster, history));
  }
  if (options.report_history && !parts.options.sequential) observers.push_back(&run->levels.emplace());
  if (options.report_history && parts.cluster.partitions() != nullptr && !parts.options.sequential) {
    observers.push_back(&run->devices.emplace(parts.cluster));
  }
  if (options.log_decisions) observers.push_back(&run->decisions.emplace(parts.options.sequential));
  FactBuffer facts(observers);
  RunState state(parts.cluster_spec, parts.workload, parts.cluster, run->table, parts.options,
                 std::move(parts.placement), facts, seed);
  if (parts.speed) state.model_speed(*parts.speed);
  const bool measure = parts.fragmentation != nullptr;
  state.record_started = options.log_placements || history.stints;
  if (MigGauge::needed(parts.cluster)) run->mig.emplace();
  const bool listen = measure || run->mig || run->devices || state.record_started ||
                      (run->history && !parts.cluster_spec.changes.empty());
  Recorder recorder(*run, facts, measure, options.log_placements);
  ControlPlane control(state, scheduler_of(parts, state), listen ? &recorder : nullptr, options.interrupted);
  if (parts.quotas) {
    run->quota_records.assign(parts.workload.size(), {});
    control.use_quotas(*parts.quotas, &run->quota_records);
  }
  const auto begin = std::chrono::steady_clock::now();
  control.run(until_of(spec, parts.workload));
  run->wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (control.was_interrupted()) throw Interrupted{};
  run->events = control.events();
  run->end = state.now;
  run->fact_hash = hash.text();
  run->last_draw = parts.random.next();
  return run;
}

RunOutcome run_scenario(const ScenarioSpec& spec, const RunOptions& options) {
  const std::uint64_t seed = options.seed.value_or(spec.seed);
  check_result_path(options.out_dir);
  if (!options.database.empty()) check_run_database(options.database);
  auto jobs = std::make_shared<const Workload>(build_workload(spec, seed));
  ResultFolder folder(options.out_dir);
  std::unique_ptr<OutputFile> events;
  if (options.log_events) events = folder.create("events.csv");
  RunOptions run_options = options;
  run_options.report_history = options.write_report;
  const auto run = simulate(spec, std::move(jobs), run_options, events.get());
  if (events) events->close();
  std::vector<GoalInput> goals;
  for (const GoalSpec& goal : spec.goals) goals.push_back({goal.text, goal.metric, goal.op, goal.value});
  const RunHeader header = describe_run(spec, *run, options);
  const Summary summary =
      summarize(header, run->parts.workload, run->table, run->metrics, goals, run->fairness_or_null());
  const ClusterNodeNames node_names(run->parts.cluster);
  const std::vector<ReportNode> nodes =
      options.write_report ? report_nodes(run->parts.cluster) : std::vector<ReportNode>{};
  write_run_result({summary, run->parts.workload, run->table, run->metrics, node_names,
                    options.log_placements ? &run->placements : nullptr,
                    options.write_report ? &*run->history : nullptr, &nodes, run->levels ? &*run->levels : nullptr,
                    &run->parts.cluster, run->devices ? &*run->devices : nullptr, run->fairness_or_null()},
                   folder);
  if (run->parts.quotas) {
    const auto quotas = folder.create("quotas.csv");
    write_quotas_csv(*run, *quotas);
    quotas->close();
  }
  RunOutcome outcome;
  outcome.notes = write_logs(spec, *run, options, folder);
  if (options.interrupted != nullptr && options.interrupted->load()) throw Interrupted{};
  folder.commit();
  if (!options.database.empty()) append_run(options.database, database_row(summary, options));
  outcome.summary_text = summary_text(summary, options.colour);
  outcome.summary_json = summary_json(summary);
  outcome.junit = junit_xml(check_suite(summary));
  outcome.markdown = summary_markdown(summary);
  outcome.result_dir = options.out_dir;
  if (options.write_report) outcome.report_path = options.out_dir + "/report.html";
  outcome.goals_met = std::all_of(summary.goals.begin(), summary.goals.end(), [](const auto& g) { return g.met; });
  return outcome;
}

}  // namespace seatrial
