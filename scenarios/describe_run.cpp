// Words for a run's settings; see describe_run.h.
#include "scenarios/describe_run.h"

#include <algorithm>
#include <set>

#include "reports/statistics.h"
#include "scenarios/calibrated_speed.h"
#include "scenarios/divided_gpus.h"
#include "scenarios/model_use.h"
#include "scenarios/quotas_spec.h"
#include "sim/text.h"
#include "traces/wall_clock.h"

namespace seatrial {
namespace {

const char* name_of(Admission admission) {
  switch (admission) {
    case Admission::Strict:
      return "strict";
    case Admission::BestEffort:
      return "best-effort";
    case Admission::Easy:
      return "easy";
    case Admission::Conservative:
      return "conservative";
    case Admission::Kube:
      return "kube";
    case Admission::Kueue:
      return "kueue";
  }
  return "";
}

std::string preemption_text(const SchedulerSpec& scheduler) {
  switch (scheduler.preemption) {
    case Preemption::None:
      return "none";
    case Preemption::OnEvent:
      return "on-event";
    case Preemption::Priority:
      return "priority";
    case Preemption::Round:
      return "round " + seconds_text(scheduler.round.ns) + " s";
  }
  return "";
}

const char* name_of(const QuotaRules& quotas) {
  if (quotas.kind == QuotaKind::ResourceQuota) return "resource-quota";
  return quotas.kueue.fair_sharing ? "kueue-fair-sharing" : "kueue";
}

std::string estimate_text(const SchedulerSpec& scheduler) {
  switch (scheduler.estimate) {
    case Estimate::Oracle:
      return "oracle";
    case Estimate::Requested:
      return "requested";
    case Estimate::History:
      return "history";
    case Estimate::Noise: {
      char text[32];
      std::snprintf(text, sizeof text, "noise %g", scheduler.noise_sigma);
      return text;
    }
  }
  return "";
}

std::string placement_text(const SchedulerSpec& scheduler) {
  if (scheduler.placement.empty()) return "best-fit";
  if (scheduler.placement.size() == 1) return scheduler.placement.front().name;
  std::string text;
  for (const PolicySpec& policy : scheduler.placement) {
    char weight[32];
    std::snprintf(weight, sizeof weight, "%g", policy.weight);
    text += (text.empty() ? "" : " + ") + std::string(weight) + " x " + policy.name;
  }
  return text;
}

std::string steps_text(const OverheadSteps& steps) {
  std::string text;
  for (const auto& [gpus, duration] : steps.steps) {
    text += (text.empty() ? "" : ", ") + seconds_text(duration.ns) + " s";
    if (steps.steps.size() > 1) text += gpus == UINT32_MAX ? " beyond" : " up to " + std::to_string(gpus) + " GPUs";
  }
  return text;
}

QuotaSummary describe_quotas(const QuotaMetrics& metrics) {
  QuotaSummary out;
  out.evictions = static_cast<double>(metrics.evictions());
  out.borrowed_gpu_s = out.lent_gpu_s = 0;
  std::vector<double> reclaims_s = metrics.reclaims_s();
  out.reclaim_s = statistics_of(reclaims_s);
  for (const QueueUse& use : metrics.queues()) {
    *out.borrowed_gpu_s += use.borrowed_gpu_s;
    *out.lent_gpu_s += use.lent_gpu_s;
    if (use.is_cohort) continue;
    out.queues.push_back({use.name, use.nominal_gpus, use.used_gpu_s, use.borrowed_gpu_s, use.lent_gpu_s,
                          static_cast<double>(use.admitted), static_cast<double>(use.evicted)});
  }
  return out;
}

}  // namespace

std::string shell_word(const std::string& word) {
  const bool plain =
      word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-") == std::string::npos;
  if (plain && !word.empty()) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::vector<std::string> overhead_lines(const OverheadSpec& overheads) {
  std::vector<std::string> lines;
  if (!overheads.start.zero()) lines.push_back("start " + steps_text(overheads.start));
  if (!overheads.restart.zero()) lines.push_back("restart " + steps_text(overheads.restart));
  if (!overheads.preempt.zero()) lines.push_back("preempt " + steps_text(overheads.preempt));
  if (!overheads.drain.zero()) lines.push_back("drain " + steps_text(overheads.drain));
  if (!overheads.start_up.zero()) {
    const StartUpSpec& spec = overheads.start_up;
    char text[160];
    std::snprintf(text, sizeof text, "start_up %g s x %g to %g, %g s for each other pod that starts",
                  spec.base.seconds(), spec.factor_low, spec.factor_high, spec.per_other.seconds());
    lines.emplace_back(text);
  }
  if (!overheads.release.zero()) {
    lines.push_back("release " + seconds_text(overheads.release.shortest.ns) + " to " +
                    seconds_text(overheads.release.longest.ns) + " s");
  }
  if (overheads.checkpoint_bytes_per_gpu != 0) {
    char text[160];
    std::snprintf(text, sizeof text, "checkpoint %.3g GiB a GPU, written at %.3g GiB/s, read at %.3g GiB/s",
                  static_cast<double>(overheads.checkpoint_bytes_per_gpu) / 1073741824.0,
                  overheads.checkpoint_write_bytes_per_s / 1073741824.0,
                  overheads.checkpoint_read_bytes_per_s / 1073741824.0);
    lines.emplace_back(text);
  }
  if (overheads.checkpoint_every.ns > 0) {
    lines.push_back("checkpoints every " + seconds_text(overheads.checkpoint_every.ns) + " s of work");
  }
  return lines;
}

namespace {

void add_recut_lines(const ClusterSpec& cluster, std::vector<std::string>& lines) {
  for (const PoolSpec& pool : cluster.pools) {
    const PartitionerSpec& rule = pool.gpu_mode.partitioner;
    if (!pool.gpu_mode.is_cut() || rule.kind == PartitionerSpec::Kind::Static) continue;
    std::string line;
    if (rule.delay.ns > 0) line = "re-cut of a GPU " + human_duration(rule.delay.seconds());
    if (rule.gap.ns > 0) {
      line.append(line.empty() ? "" : ", ").append("no new pods on its node for ");
      line += human_duration(rule.gap.seconds());
    }
    if (!line.empty()) lines.push_back(line + " (pool " + quoted(pool.name, 60) + ")");
  }
}

}  // namespace

RunHeader describe_run(const ScenarioSpec& spec, const SimulatedRun& run, const RunOptions& options) {
  RunHeader header;
  header.scenario = spec.name;
  header.seed = run.parts.seed;
  header.version = options.version;
  header.fact_hash = run.fact_hash;
  header.axes = {{"order", spec.scheduler.order.name},
                 {"admission", name_of(spec.scheduler.admission)},
                 {"preemption", preemption_text(spec.scheduler)},
                 {"placement", placement_text(spec.scheduler)},
                 {"estimate", estimate_text(spec.scheduler)},
                 {"queues", spec.scheduler.queues_per_tenant ? "per-tenant" : "single"}};
  if (run.parts.options.sequential) header.axes.emplace_back("arrivals", "sequential");
  if (spec.scheduler.kill_at_limit) header.axes.emplace_back("kill_at_limit", "true");
  if (const auto& most = spec.scheduler.max_waiting) header.axes.emplace_back("max_waiting", std::to_string(*most));
  if (spec.quotas) header.axes.emplace_back("quotas", name_of(spec.quotas->rules));
  header.overheads = overhead_lines(spec.overheads);
  add_recut_lines(spec.cluster, header.overheads);
  if (!run.metrics.series().note.empty()) header.warnings.push_back(run.metrics.series().note);
  if (run.parts.workload.skipped_rows() > 0) {
    header.warnings.push_back(std::to_string(run.parts.workload.skipped_rows()) +
                              " rows of the trace name no processors and were left out");
  }
  header.models = model_uses(spec, run);
  if (run.parts.calibrated) {
    const std::vector<std::string>& said = run.parts.calibrated->warnings();
    header.warnings.insert(header.warnings.end(), said.begin(), said.end());
  }
  header.scenario_text = spec.text;
  header.scenario_file = spec.file;
  header.command = "seatrial run " + shell_word(spec.file);
  if (options.seed) header.command += " --seed " + std::to_string(*options.seed);
  // With another load the distances of submits are no longer the calendar's.
  const bool as_recorded = std::all_of(spec.workload.begin(), spec.workload.end(), [](const WorkloadSpec& entry) {
    return entry.trace && entry.trace->load == 1.0;
  });
  if (as_recorded && run.metrics.began()) {
    if (const auto epoch_s = known_epoch_s(spec, run.metrics.first_submit())) {
      header.epoch_s = static_cast<double>(*epoch_s);
    }
  }
  header.divided = describe_divided(run);
  if (run.quotas) header.quotas = describe_quotas(*run.quotas);
  header.wall_s = run.wall_s;
  header.events = run.events;
  return header;
}

std::optional<std::int64_t> known_epoch_s(const ScenarioSpec& spec, Time first_submit) {
  constexpr Time kLooksLikeUnix{1'000'000'000 * kNsPerSecond};
  std::set<std::string> formats;
  for (const WorkloadSpec& entry : spec.workload) formats.insert(entry.trace ? entry.trace->format : "");
  if (formats == std::set<std::string>{"helios"}) return kHeliosEpochS;
  if (formats == std::set<std::string>{"philly"}) return kPhillyEpochS;
  if (formats.contains("") || first_submit < kLooksLikeUnix) return std::nullopt;
  return 0;
}

}  // namespace seatrial
