// The page's sections, top to bottom; see html_report.h. Style and script are reports/assets/report.{css,js}.
#include "reports/html_report.h"

#include <algorithm>
#include <string_view>

#include "reports/html.h"
#include "reports/wording.h"
#include "sim/text.h"

namespace seatrial {

extern const std::string_view kReportCss;
extern const std::string_view kReportJs;

namespace {

constexpr std::size_t kBuckets = 240;          // of a chart over time
constexpr std::size_t kScenarioShown = 65536;  // bytes of the scenario in the reproduction block

// The nonce only has to be unguessable for markup in the page's own data, which is escaped anyway; the fact hash keeps
// the bytes equal between repeats.
std::string nonce(const Summary& summary) {
  std::string digits;
  for (const char c : summary.header.fact_hash) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) digits += c;
  }
  return std::string("seatrial") + digits;
}

std::string head(const Summary& summary) {
  const std::string id = nonce(summary);
  std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  html += std::string("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'nonce-") +
          id + "'; script-src 'nonce-" + id + "'; base-uri 'none'; form-action 'none'\">\n";
  html += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  html += std::string("<meta name=\"color-scheme\" content=\"light dark\">\n<title>") +
          escaped(summary.header.scenario) + " - seatrial</title>\n<style nonce=\"" + id + "\">\n";
  html += kReportCss;
  return html + "</style>\n</head>\n<body>\n<main>\n";
}

std::string card(const std::string& label, const std::string& value, const std::string& note) {
  return std::string("<div class=\"card\"><span>") + escaped(label) + "</span><b>" + escaped(value) + "</b><span>" +
         escaped(note) + "</span></div>\n";
}

std::string header_section(const Summary& summary) {
  const RunHeader& header = summary.header;
  std::string html = std::string("<p class=\"eyebrow\">") + escaped(header.scenario) + " &middot; seed " +
                     std::to_string(header.seed) + " &middot; " + escaped(axes_line(summary)) + "</p>\n";
  html += std::string("<h1>") + escaped(verdict(summary)) + "</h1>\n";
  std::string overheads;
  for (const std::string& overhead : header.overheads) overheads += (overheads.empty() ? "" : "; ") + overhead;
  html += std::string("<p class=\"note\">Overheads: ") + escaped(overheads.empty() ? "none" : overheads) + ".";
  if (summary.warmup_s > 0) {
    html += std::string(" The first ") + escaped(human_duration(summary.warmup_s)) +
            " are warmup and left out of statistics.";
  }
  html += "</p>\n";
  for (const std::string& warning : header.warnings)
    html += std::string("<p class=\"warning\">") + escaped(warning) + "</p>\n";
  return html;
}

std::string goals_section(const Summary& summary) {
  if (summary.goals.empty()) return "";
  std::string html =
      "<div class=\"scroll\"><table><thead><tr><th>Goal</th><th>Value</th><th></th></tr></thead><tbody>\n";
  for (const GoalResult& goal : summary.goals) {
    html += std::string("<tr><td>") + escaped(goal.text) + "</td><td>" +
            (goal.value ? short_number(*goal.value) : "not known") + "</td><td class=\"" +
            (goal.met ? "met\">met" : "missed\">missed") + "</td></tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

const TenantSummary* worst_tenant(const Summary& summary) {
  const TenantSummary* worst = nullptr;
  for (const TenantSummary& tenant : summary.tenants) {
    if (tenant.wait_p95_s && (worst == nullptr || *tenant.wait_p95_s > *worst->wait_p95_s)) worst = &tenant;
  }
  return worst;
}

std::string cards_section(const Summary& summary) {
  const bool recorded = summary.recorded_wait_s.p95.has_value();
  std::string html = "<div class=\"cards\">\n";
  html += card("Wait, 95th percentile", duration_words(summary.wait_s.p95),
               recorded ? std::string("recorded: ") + duration_words(summary.recorded_wait_s.p95)
                        : std::string("mean ") + duration_words(summary.wait_s.mean));
  const double share = summary.jobs.submitted == 0
                           ? 0
                           : static_cast<double>(summary.jobs.waited) / static_cast<double>(summary.jobs.submitted);
  html += card("Jobs that waited", grouped(summary.jobs.waited),
               percent_words(share) + " of " + grouped(summary.jobs.submitted));
  html += card("GPUs allocated", percent_words(summary.allocated_mean),
               std::string("peak ") + percent_words(summary.allocated_peak));
  html += card("GPUs useful", percent_words(summary.useful_mean),
               summary.overhead_gpu_s > 0 ? short_number(summary.overhead_gpu_s / 3600) + " GPU-h of overhead"
                                          : std::string("no overhead"));
  html += card("Cost per GPU-hour used", usd_words(summary.usd_per_gpu_hour_used),
               summary.cost_usd ? usd_words(summary.cost_usd) + " in all" : std::string("a pool has no price"));
  if (const TenantSummary* worst = worst_tenant(summary)) {
    html += card("Worst tenant", duration_words(worst->wait_p95_s),
                 "95th percentile of " + (worst->name.empty() ? std::string("jobs without a tenant") : worst->name));
  } else {
    html += card("Makespan", duration_words(summary.makespan_s), grouped(summary.jobs.completed) + " jobs completed");
  }
  return html + "</div>\n";
}

std::string quantile_row(const std::string& label, const Statistics& s, bool seconds) {
  std::string html = std::string("<tr><td>") + label + "</td>";
  for (const auto& value : {s.mean, s.p50, s.p90, s.p95, s.p99, s.max}) {
    const std::string words = !value ? "not known" : seconds ? human_duration(*value) : short_number(*value);
    html += std::string("<td>") + words + "</td>";
  }
  return html + "</tr>\n";
}

std::string quantiles_section(const Summary& summary) {
  const bool recorded = summary.recorded_wait_s.mean.has_value();
  std::string html = recorded ? "<h2>Simulated beside recorded</h2>\n" : "<h2>Waits and completion times</h2>\n";
  html +=
      "<div class=\"scroll\"><table><thead><tr><th></th><th>mean</th><th>50 %</th><th>90 %</th><th>95 %</th>"
      "<th>99 %</th><th>longest</th></tr></thead><tbody>\n";
  html += quantile_row(recorded ? "Wait, simulated" : "Wait", summary.wait_s, true);
  if (recorded) html += quantile_row("Wait, recorded", summary.recorded_wait_s, true);
  html += quantile_row("Completion time", summary.jct_s, true);
  html += quantile_row("Slowdown", summary.slowdown, false);
  return html + "</tbody></table></div>\n";
}

// Time-weighted means over kBuckets equal parts of the run, of the sum of all columns that end in `suffix`.
std::vector<double> bucket_means(const Series& series, std::string_view suffix) {
  const std::size_t columns = series.columns.size();
  const std::size_t rows = series.rows();
  double total_s = 0;
  for (std::size_t row = 0; row < rows; ++row) total_s += series.length(row).seconds();
  const std::size_t count = std::min(kBuckets, std::max<std::size_t>(rows, 1));
  std::vector<double> sums(count, 0);
  std::vector<double> weights(count, 0);
  double begin_s = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    double value = 0;
    for (std::size_t i = 0; i < columns; ++i) {
      if (series.columns[i].ends_with(suffix)) value += series.cells[row * columns + i];
    }
    const double length = series.length(row).seconds();
    const double middle = (begin_s + length / 2) / total_s * static_cast<double>(count);
    const std::size_t bucket = std::min(count - 1, static_cast<std::size_t>(middle));
    sums[bucket] += value * length;
    weights[bucket] += length;
    begin_s += length;
  }
  for (std::size_t i = 0; i < count; ++i) {
    sums[i] = weights[i] > 0 ? sums[i] / weights[i] : (i > 0 ? sums[i - 1] : 0);
  }
  return sums;
}

double series_seconds(const Series& series) {
  double sum = 0;
  for (std::size_t row = 0; row < series.rows(); ++row) sum += series.length(row).seconds();
  return sum;
}

std::string time_section(const Summary& summary, const Series& series) {
  if (series.rows() == 0) return "<h2>Over time</h2>\n<p>The run took no time: there is nothing to draw.</p>\n";
  TimeChart gpus{"GPUs over time", "", 0, series_seconds(series), "GPUs", {}};
  gpus.summary = std::string("GPUs over time: ") + percent_words(summary.allocated_mean) + " allocated on average, " +
                 percent_words(summary.allocated_peak) + " at the peak.";
  const bool overhead = summary.overhead_gpu_s > 0;
  gpus.lines.push_back({"allocated", overhead ? "c2" : "c1", true, bucket_means(series, ".allocated_gpus")});
  if (overhead) gpus.lines.push_back({"useful", "c1", true, bucket_means(series, ".used_gpus")});
  if (summary.fragmented_mean) {
    gpus.lines.push_back({"fragmented", "c3", false, bucket_means(series, "fragmented_gpus")});
  }
  gpus.lines.push_back({"total", "c6", false, bucket_means(series, ".total_gpus")});
  TimeChart queue{"Jobs waiting and running", "", 0, gpus.end_s, "jobs", {}};
  queue.summary = std::string("Jobs over time: at most ") + grouped(static_cast<std::uint64_t>(summary.queue_peak)) +
                  " waiting and " + grouped(static_cast<std::uint64_t>(summary.running_peak)) + " running.";
  queue.lines.push_back({"running", "c4", false, bucket_means(series, "running_jobs")});
  queue.lines.push_back({"waiting", "c3", false, bucket_means(series, "queue_jobs")});
  std::string html =
      std::string("<h2>Over time</h2>\n<div class=\"charts\">\n") + time_chart_svg(gpus) + "\n" + time_chart_svg(queue);
  return html + "\n</div>\n";
}

std::string cdf_section(const Summary& summary, const JobGroups& groups) {
  CdfChart wait{"Share of jobs that waited at most this long (0: did not wait)", "", &groups.wait, {}};
  wait.summary = std::string("Waits: half of the jobs waited at most ") + duration_words(summary.wait_s.p50) +
                 ", 95 % at most " + duration_words(summary.wait_s.p95) + ".";
  const Statistics& recorded = summary.recorded_wait_s;
  const auto point = [&](const std::optional<double>& value, double share, const char* name) {
    if (value) wait.points.push_back({share, *value, name});
  };
  point(recorded.p50, 0.5, "50 %");
  point(recorded.p90, 0.9, "90 %");
  point(recorded.p95, 0.95, "95 %");
  point(recorded.p99, 0.99, "99 %");
  point(recorded.max, 1.0, "longest");
  CdfChart jct{"Share of jobs completed within this time of their submission", "", &groups.jct, {}};
  jct.summary = std::string("Completion times: half of the jobs within ") + duration_words(summary.jct_s.p50) +
                ", 95 % within " + duration_words(summary.jct_s.p95) + ".";
  return std::string("<h2>Distributions</h2>\n<div class=\"charts\">\n") + cdf_chart_svg(wait) + "\n" +
         cdf_chart_svg(jct) + "\n</div>\n";
}

std::string cell_html(const GroupCell& cell) {
  if (cell.jobs == 0) return "<td></td>";
  return std::string("<td>") + duration_words(cell.wait_p95_s) + "<small>" + grouped(cell.jobs) + " jobs</small></td>";
}

std::string group_row(const std::string& name, const GroupCell& all, const std::array<GroupCell, kSizeClasses>& classes,
                      const std::array<bool, kSizeClasses>& shown) {
  std::string html = std::string("<tr><td>") + name + "</td>" + cell_html(all);
  for (std::size_t i = 0; i < kSizeClasses; ++i) {
    if (shown[i]) html += cell_html(classes[i]);
  }
  return html + "</tr>\n";
}

std::string groups_section(const JobGroups& groups) {
  std::string html = "<h2>Who waits</h2>\n";
  if (groups.everyone.jobs == 0) return html + "<p>No job started.</p>\n";
  html += "<p class=\"note\">95th percentile of the wait, by tenant and by GPUs asked for.</p>\n";
  html += "<div class=\"scroll\"><table><thead><tr><th>Tenant</th><th>all</th>";
  std::array<bool, kSizeClasses> shown{};
  for (std::size_t i = 0; i < kSizeClasses; ++i) {
    shown[i] = groups.classes[i].jobs != 0;
    if (shown[i]) html += std::string("<th>") + size_class_name(i) + "</th>";
  }
  html += std::string("</tr></thead><tbody>\n") + group_row("All jobs", groups.everyone, groups.classes, shown);
  for (const TenantRow& tenant : groups.tenants) {
    std::string name = tenant.name.empty() ? "(no tenant)" : escaped(tenant.name);
    if (tenant.others) name = grouped(groups.tenant_count - groups.tenants.size() + 1) + " other tenants";
    html += group_row(name, tenant.all, tenant.classes, shown);
  }
  return html + "</tbody></table></div>\n";
}

const char* reason_sentence(WaitReason reason) {
  switch (reason) {
    case WaitReason::Capacity:
      return "too few GPUs were free";
    case WaitReason::Fragmentation:
      return "enough GPUs were free, but not in a legal place";
    case WaitReason::HeadOfLine:
      return "behind a blocked head of queue or a reservation";
    case WaitReason::Quota:
      return "the queue's quota was used up";
    case WaitReason::Constraint:
      return "GPUs were free, but not in pools that the job may use";
  }
  return "";
}

std::string reasons_section(const Summary& summary) {
  double sum = 0;
  for (const double part : summary.waiting_gpu_s) sum += part;
  std::string html = "<h2>Why jobs waited</h2>\n";
  if (!(sum > 0)) return html + "<p>No job that asks for GPUs waited.</p>\n";
  std::vector<std::pair<std::string, double>> parts;
  for (std::size_t i = 0; i < kWaitReasons; ++i) {
    parts.emplace_back(wait_reason_name(static_cast<WaitReason>(i)), summary.waiting_gpu_s[i]);
  }
  html += share_bar_svg(parts);
  html += "<ul class=\"legend\">\n";
  for (std::size_t i = 0; i < kWaitReasons; ++i) {
    if (parts[i].second <= 0) continue;
    html += std::string("<li><span class=\"swatch c") + std::to_string(i + 1) + "\"></span>" + parts[i].first + ": " +
            percent_words(parts[i].second / sum) + ", " + short_number(parts[i].second / 3600) + " GPU-h (" +
            reason_sentence(static_cast<WaitReason>(i)) + ")</li>\n";
  }
  return html + "</ul>\n";
}

std::string pools_section(const Summary& summary) {
  if (summary.pools.empty()) return "";
  std::string html =
      "<h2>Pools</h2>\n<div class=\"scroll\"><table><thead><tr><th>Pool</th><th>GPUs</th>"
      "<th>allocated</th><th>cost</th><th>energy</th></tr></thead><tbody>\n";
  for (const PoolSummary& pool : summary.pools) {
    html += std::string("<tr><td>") + escaped(pool.name) + "</td><td>" +
            short_number(static_cast<double>(pool.total_milli) / 1000) + "</td><td>" +
            percent_words(pool.allocated_ratio_mean) + "</td><td>" + usd_words(pool.cost_usd) + "</td><td>" +
            (pool.energy_kwh ? short_number(*pool.energy_kwh) + " kWh" : std::string("not known")) + "</td></tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string reproduction_section(const Summary& summary) {
  const RunHeader& header = summary.header;
  std::string html = "<h2>Reproduce</h2>\n<dl>\n";
  const auto entry = [&](const char* term, const std::string& text) {
    html += std::string("<dt>") + term + "</dt><dd>" + escaped(text) + "</dd>\n";
  };
  entry("Command", header.command);
  entry("Version", header.version);
  entry("Seed", std::to_string(header.seed));
  entry("Fact hash", header.fact_hash);
  entry("Events", grouped(header.events));
  html += "</dl>\n<details><summary>Scenario</summary>\n<pre>";
  html += escaped(std::string_view(header.scenario_text).substr(0, kScenarioShown));
  if (header.scenario_text.size() > kScenarioShown) html += "\n... (the rest is in scenario.yaml)";
  return html + "</pre></details>\n";
}

}  // namespace

std::string html_report(const Summary& summary, const Series& series, const JobGroups& groups) {
  std::string html = head(summary);
  html += header_section(summary);
  html += goals_section(summary);
  html += cards_section(summary);
  html += quantiles_section(summary);
  html += time_section(summary, series);
  html += cdf_section(summary, groups);
  html += groups_section(groups);
  html += reasons_section(summary);
  html += pools_section(summary);
  html += reproduction_section(summary);
  html += std::string("</main>\n<script nonce=\"") + nonce(summary) + "\">\n";
  html += kReportJs;
  return html + "</script>\n</body>\n</html>\n";
}

}  // namespace seatrial
