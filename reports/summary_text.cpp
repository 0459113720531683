// The summary as a terminal shows it: the verdict first, then simulated beside recorded, then the key figures with
// their units. At most 100 columns. See summary.h.
#include <algorithm>
#include <array>

#include "reports/summary.h"
#include "reports/wording.h"
#include "sim/error.h"
#include "sim/text.h"

namespace seatrial {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kLabel = 22;
constexpr std::size_t kCell = 13;

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string right(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ').append(text) : text;
}

// Splits a long text at spaces, with the given indent from the second line on.
std::string wrapped(const std::string& text, std::size_t indent) {
  std::string out;
  std::size_t column = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t space = std::min(text.find(' ', at), text.size());
    const std::size_t length = space - at;
    if (column != 0 && column + 1 + length > kWidth) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
    } else if (column != 0) {
      out += ' ';
      ++column;
    }
    out.append(text, at, length);
    column += length;
    at = space + 1;
  }
  return out + '\n';
}

std::string line(const std::string& label, const std::string& value) {
  return wrapped(padded(label, kLabel) + value, kLabel);
}

std::string compact(const std::optional<double>& seconds) { return seconds ? human_duration(*seconds) : "-"; }

std::string quantile_row(const std::string& label, const Statistics& s, bool seconds) {
  std::string out = padded(label, kLabel);
  const auto word = [&](const std::optional<double>& value) {
    if (seconds) return compact(value);
    return value ? short_number(*value) : std::string("-");
  };
  for (const auto& value : {s.mean, s.p50, s.p90, s.p95, s.p99, s.max}) out += right(word(value), kCell);
  return out + '\n';
}

std::string quantile_table(const Summary& summary) {
  if (summary.wait_s.count == 0 && !summary.wait_s.mean) return "";
  std::string out = "\n";
  out.append(kLabel, ' ');
  for (const char* name : {"mean", "p50", "p90", "p95", "p99", "max"}) out += right(name, kCell);
  out += '\n';
  const bool recorded = summary.recorded_wait_s.mean.has_value();
  out += quantile_row(recorded ? "Wait, simulated" : "Wait", summary.wait_s, true);
  if (recorded) out += quantile_row("Wait, recorded", summary.recorded_wait_s, true);
  if (summary.jct_s.mean) out += quantile_row("Completion time", summary.jct_s, true);
  if (summary.slowdown.mean) out += quantile_row("Slowdown", summary.slowdown, false);
  return out + '\n';
}

std::string header_lines(const Summary& summary) {
  const RunHeader& header = summary.header;
  std::string out = line("Scenario", quoted(header.scenario, 100) + ", seed " + std::to_string(header.seed));
  out += line("Scheduler", axes_line(summary));
  std::string overheads;
  for (const std::string& overhead : header.overheads) overheads += (overheads.empty() ? "" : "; ") + overhead;
  out += line("Overheads", overheads.empty() ? "none" : overheads);
  for (const std::string& use : model_use_lines(header)) out += line("Models", use);
  if (summary.warmup_s > 0) {
    out += line("Warmup", human_duration(summary.warmup_s) + ", left out of waits, completion times and means");
  }
  return out;
}

std::string jobs_line(const JobCounts& jobs) {
  std::string out = grouped(jobs.submitted) + " submitted, " + grouped(jobs.completed) + " completed";
  const auto part = [&](std::uint64_t count, const char* word) {
    if (count != 0) out += std::string(", ") + grouped(count) + " " + word;
  };
  part(jobs.failed, "failed");
  part(jobs.rejected, "rejected");
  part(jobs.running, "running");
  part(jobs.pending, "pending");
  return out + "; " + grouped(jobs.waited) + " waited";
}

std::string waiting_line(const Summary& summary) {
  double sum = 0;
  for (const double part : summary.waiting_gpu_s) sum += part;
  if (sum == 0) return "";
  std::string out;
  for (std::size_t reason = 0; reason < kWaitReasons; ++reason) {
    if (summary.waiting_gpu_s[reason] == 0) continue;
    if (!out.empty()) out += ", ";
    out += wait_reason_name(static_cast<WaitReason>(reason));
    out += ' ';
    out += percent_words(summary.waiting_gpu_s[reason] / sum);
  }
  return line("Reasons for waiting", out + " of " + short_number(sum / 3600) + " GPU-h");
}

std::string divided_text(const DividedGpus& d) {
  std::string out;
  if (d.recuts && *d.recuts > 0) {
    out += line("Re-cuts", short_number(*d.recuts) + " of MIG GPUs, " + short_number(*d.recut_s / 3600) + " GPU-h");
  }
  if (d.mig_stranded_slices) {
    out += line("MIG slices", short_number(*d.mig_stranded_slices) + " stranded, " +
                                  short_number(d.mig_fragmentation_slices.value_or(0)) + " fragmented, mean");
  }
  if (d.slowed_jobs && *d.slowed_jobs > 0) {
    out += line("Slowed by sharing", short_number(*d.slowed_jobs) + " jobs, which held " +
                                         short_number(*d.slowed_gpu_s / 3600) + " GPU-h for it");
  }
  if (d.memory_asked_gib && d.memory_allocated_gib) {
    out += line("GPU memory", short_number(*d.memory_asked_gib) + " GiB asked for, " +
                                  short_number(*d.memory_allocated_gib) + " GiB allocated, mean");
  }
  if (d.out_of_memory_jobs && *d.out_of_memory_jobs > 0) {
    out += line("Out of GPU memory", short_number(*d.out_of_memory_jobs) + " jobs");
  }
  return out;
}

std::string gpu_lines(const Summary& summary) {
  std::string out = line("GPUs", short_number(static_cast<double>(summary.total_milli) / 1000));
  out += line("GPUs allocated",
              percent_words(summary.allocated_mean) + " mean, " + percent_words(summary.allocated_peak) + " peak");
  if (summary.overhead_gpu_s > 0) {
    out += line("GPUs useful", percent_words(summary.useful_mean) + " mean; overheads took " +
                                   short_number(summary.overhead_gpu_s / 3600) + " GPU-h");
  }
  out += divided_text(summary.divided);
  if (summary.fragmented_mean || summary.fragmented_end) {
    out += line("GPUs fragmented", percent_words(summary.fragmented_mean) + " mean, " +
                                       percent_words(summary.fragmented_end) + " at the end");
  }
  return out;
}

std::string fairness_lines(const FairnessSummary& fairness) {
  if (!fairness.rho.mean) return "";
  std::string out = "finish-time rho " + short_number(*fairness.rho.mean) + " mean, " +
                    short_number(*fairness.rho.max) + " worst, " + percent_words(fairness.unfair_ratio) +
                    " of jobs above 1.05";
  if (fairness.jain_tenants) out += "; Jain's index of tenants " + short_number(*fairness.jain_tenants);
  return line("Fairness", out);
}

std::string quota_lines(const QuotaSummary& quotas) {
  if (!quotas.evictions) return "";
  const auto gpu_h = [](double gpu_s) { return short_number(gpu_s / 3600) + " GPU-h"; };
  std::string out = gpu_h(quotas.borrowed_gpu_s.value_or(0)) + " borrowed, " +
                    grouped(static_cast<std::uint64_t>(*quotas.evictions)) + " evictions";
  if (quotas.reclaim_s.p95) out += ", 95 % of quota reclaimed within " + human_duration(*quotas.reclaim_s.p95);
  return line("Quotas", out);
}

std::string cost_lines(const Summary& summary) {
  std::string out;
  if (summary.cost_usd) {
    out += line("Cost",
                usd_words(summary.cost_usd) + "; " + usd_words(summary.usd_per_gpu_hour_used) + " per GPU-hour used");
  }
  if (summary.energy_kwh) out += line("Energy", short_number(*summary.energy_kwh) + " kWh");
  return out;
}

std::string goal_lines(const Summary& summary, bool colour) {
  std::string out;
  for (const GoalResult& goal : summary.goals) {
    const char* mark = goal.met ? "met   " : "MISSED";
    const std::string painted = colour ? std::string(goal.met ? "\x1b[32m" : "\x1b[31m") + mark + "\x1b[0m" : mark;
    out += std::string("  ") + painted + "  " + goal.text;
    out += goal.value ? std::string("  (") + short_number(*goal.value) + ")\n" : std::string("  (not known)\n");
  }
  return out;
}

}  // namespace

std::vector<std::string> model_use_lines(const RunHeader& header) {
  std::vector<std::string> lines;
  for (const ModelUse& use : header.models) {
    lines.push_back(use.model + ": of " + short_number(use.gpu_hours) + " GPU-h " + percent_words(use.measured) +
                    " on measured numbers, " + percent_words(use.published) + " on public ones, " +
                    percent_words(use.assumed) + " assumed");
  }
  if (!header.models.empty()) lines.push_back("calibrations: " + header.models.front().source);
  return lines;
}

std::string summary_text(const Summary& summary, bool colour) {
  std::string first = wrapped(verdict(summary), 0);
  if (colour) first = std::string("\x1b[1m") + first.substr(0, first.size() - 1) + "\x1b[0m\n";
  std::string out = first + goal_lines(summary, colour) + quantile_table(summary) + header_lines(summary);
  out += line("Jobs", jobs_line(summary.jobs));
  out += gpu_lines(summary);
  out += waiting_line(summary);
  if (summary.makespan_s) out += line("Makespan", human_duration(*summary.makespan_s));
  if (summary.preemptions != 0) out += line("Preemptions", grouped(summary.preemptions));
  out += fairness_lines(summary.fairness);
  out += quota_lines(summary.header.quotas);
  out += cost_lines(summary);
  if (summary.header.wall_s > 0) {
    out += line("Simulation", grouped(summary.header.events) + " events in " + human_duration(summary.header.wall_s));
  }
  for (const std::string& warning : summary.header.warnings) out += line("Warning", quoted(warning, 400));
  return out;
}

}  // namespace seatrial
