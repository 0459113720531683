// report.json: what the page of a run shows, schema seatrial.report/1. Numbers of charts are rounded to four digits;
// GPU times that must add up are exact integers, as text because they pass 2^53. See report_data.h.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "models/workload.h"
#include "reports/fairness.h"
#include "reports/report_data.h"
#include "reports/report_parts_json.h"
#include "reports/wording.h"
#include "sim/wide.h"

namespace seatrial {
namespace {

constexpr std::size_t kScenarioShown = 65536;  // bytes
constexpr std::size_t kSeriesRows = 4096;      // for a few pools; a quarter of it for many

Json optional_number(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

std::string digits_of(Wide value) {
  if (value == 0) return "0";
  std::string out;
  const bool negative = value < 0;
  for (Wide rest = negative ? -value : value; rest != 0; rest /= 10) {
    out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  }
  return negative ? "-" + out : out;
}

Json histogram_json(const LogHistogram& histogram) {
  if (histogram.count == 0) return nullptr;
  return {{"n", histogram.count},
          {"zeros", histogram.zeros},
          {"bins", sparse(histogram.bins, [](std::uint32_t count) { return count; })}};
}

Json head_json(const ReportInput& input, const ReportData& data) {
  const Summary& summary = input.summary;
  const RunHeader& header = summary.header;
  Json root = {{"schema", "seatrial.report/1"}, {"scenario", header.scenario},   {"seed", header.seed},
               {"version", header.version},     {"fact_hash", header.fact_hash}, {"verdict", headline(summary)},
               {"axes", Json::array()}};
  for (const auto& [axis, policy] : header.axes) root["axes"].push_back(Json::array({axis, policy}));
  root["overheads"] = header.overheads;
  const std::vector<std::string> models = model_use_lines(header);
  if (!models.empty()) root["models"] = Json::array();
  for (const std::string& line : models) root["models"].push_back(clipped(line, 1000));
  root["warnings"] = Json::array();
  for (const std::string& warning : header.warnings) root["warnings"].push_back(clipped(warning, 1000));
  root["command"] = clipped(header.command, 8192);
  root["scenario_text"] = clipped(header.scenario_text, kScenarioShown);
  root["sequential"] = input.metrics.options().sequential;
  root["warmup_s"] = summary.warmup_s;
  root["first_submit_s"] = summary.first_submit_s;
  root["unix_start_s"] = header.epoch_s ? Json(*header.epoch_s + summary.first_submit_s) : Json(nullptr);
  root["span_s"] = data.span_s;
  root["window_s"] = data.window_s;
  root["preempted"] = data.preempted;
  root["capacity_changed"] = data.capacity_changed;
  root["goals"] = Json::array();
  for (const GoalResult& goal : summary.goals) {
    root["goals"].push_back(
        {{"goal", clipped(goal.text, 300)}, {"value", optional_number(goal.value)}, {"met", goal.met}});
  }
  return root;
}

// Every number of summary.json that is of the whole run; without those that differ between repeats.
Json metrics_json(const Summary& summary) {
  Json out = Json::object();
  for (const MetricValue& metric : metric_values(summary)) {
    const std::string& first = metric.path.front();
    if (first == "tenants" || first == "pools" || first == "wall_s" || first == "events_per_s") continue;
    out[metric.dotted()] = optional_number(metric.value);
  }
  return out;
}

Json groups_json(const ReportData& data, Json& totals) {
  Json out = Json::array();
  std::array<Wide, kWaitReasons> sums{};
  for (const ReportGroup& group : data.groups) {
    Json waiting = Json::array();
    for (std::size_t reason = 0; reason < kWaitReasons; ++reason) {
      waiting.push_back(digits_of(group.waiting_milli_ns[reason]));
      sums[reason] += group.waiting_milli_ns[reason];
    }
    out.push_back({{"t", group.tenant},
                   {"s", group.size},
                   {"p", group.pool},
                   {"jobs", group.jobs},
                   {"waited", group.waited},
                   {"held_milli_ns", digits_of(group.held_milli_ns)},
                   {"done_milli_ns", digits_of(group.done_milli_ns)},
                   {"waiting_milli_ns", std::move(waiting)},
                   {"wait", histogram_json(group.wait)},
                   {"jct", histogram_json(group.jct)},
                   {"slowdown", histogram_json(group.slowdown)},
                   {"recorded", histogram_json(group.recorded)}});
  }
  for (std::size_t reason = 0; reason < kWaitReasons; ++reason) {
    totals[wait_reason_name(static_cast<WaitReason>(reason))] = digits_of(sums[reason]);
  }
  return out;
}

Json statistics_json(const Statistics& s) {
  return {{"n", s.count},
          {"mean", optional_number(s.mean)},
          {"p50", optional_number(s.p50)},
          {"p90", optional_number(s.p90)},
          {"p95", optional_number(s.p95)},
          {"p99", optional_number(s.p99)},
          {"max", optional_number(s.max)}};
}

Json cells_json(const ReportData& data) {
  const auto index = [](std::size_t at) { return at == ReportData::kAll ? Json(nullptr) : Json(at); };
  Json out = Json::array();
  for (const ReportCell& cell : data.cells) {
    out.push_back({{"t", index(cell.tenant)},
                   {"s", index(cell.size)},
                   {"p", index(cell.pool)},
                   {"wait_s", statistics_json(cell.wait_s)},
                   {"jct_s", statistics_json(cell.jct_s)}});
  }
  return out;
}

Json hours_json(const ReportData& data) {
  Json out = Json::array();
  for (const GpuHours& row : data.hours) {
    out.push_back({{"name", clipped(row.name)},
                   {"pools", row.pools.size()},
                   {"capacity", digits_of(row.capacity)},
                   {"useful", digits_of(row.useful)},
                   {"overhead", digits_of(row.overhead)},
                   {"fragmented", digits_of(row.fragmented)},
                   {"free", digits_of(row.free)},
                   {"absent", digits_of(row.absent)},
                   {"residual", digits_of(row.residual)}});
  }
  return out;
}

// Means over `merge` rows of the series each, of the sum of some columns.
Json merged_column(const Series& series, const std::vector<std::size_t>& columns, std::size_t merge) {
  Json out = Json::array();
  for (std::size_t row = 0; row < series.rows(); row += merge) {
    double sum = 0;
    double length_s = 0;
    for (std::size_t at = row; at < std::min(row + merge, series.rows()); ++at) {
      const double length = series.length(at).seconds();
      length_s += length;
      for (const std::size_t column : columns) sum += length * series.cells[at * series.columns.size() + column];
    }
    out.push_back(rounded(length_s > 0 ? sum / length_s : 0));
  }
  return out;
}

Json series_json(const ReportInput& input, const ReportData& data) {
  const Series& series = input.metrics.series();
  const std::size_t most = data.hours.size() <= 5 ? kSeriesRows : kSeriesRows / 4;
  const std::size_t merge = std::max<std::size_t>(1, (series.rows() + most - 1) / most);
  Json out = {{"step_s", series.interval.seconds() * static_cast<double>(merge)}, {"pools", Json::array()}};
  const auto column = [&](const std::string& name) {
    const auto found = std::find(series.columns.begin(), series.columns.end(), name);
    return static_cast<std::size_t>(found - series.columns.begin());
  };
  for (const char* name : {"queue_jobs", "queue_gpus", "running_jobs", "fragmented_gpus"}) {
    const std::size_t at = column(name);
    if (at < series.columns.size()) out[name] = merged_column(series, {at}, merge);
  }
  const std::size_t first = column("running_jobs") + 1;  // four columns a pool follow
  for (std::size_t i = 1; i < data.hours.size() && series.rows() != 0; ++i) {
    std::vector<std::size_t> allocated, used, total;
    for (const std::size_t pool : data.hours[i].pools) {
      allocated.push_back(first + pool * 4);
      used.push_back(first + pool * 4 + 1);
      total.push_back(first + pool * 4 + 2);
    }
    out["pools"].push_back({{"allocated", merged_column(series, allocated, merge)},
                            {"used", merged_column(series, used, merge)},
                            {"total", merged_column(series, total, merge)}});
  }
  return out;
}

// Smallest, mean and largest, interval by interval, at the finest resolution that was kept.
Json levels_json(const LevelPyramid* levels) {
  if (levels == nullptr || levels->rows().empty()) return nullptr;
  struct Named {
    const char* name;
    LevelPyramid::Level level;
    double unit;
  };
  constexpr std::array<Named, LevelPyramid::kLevels> kNames{{{"waiting_jobs", LevelPyramid::WaitingJobs, 1},
                                                             {"waiting_gpus", LevelPyramid::WaitingMilli, 1000},
                                                             {"running_jobs", LevelPyramid::RunningJobs, 1},
                                                             {"held_gpus", LevelPyramid::HeldMilli, 1000}}};
  Json out = {{"step_s", levels->step().seconds()}};
  for (const auto& [name, level, unit] : kNames) {
    Json low = Json::array(), mean = Json::array(), high = Json::array();
    for (std::size_t row = 0; row < levels->rows().size(); ++row) {
      const LevelPyramid::Cell& cell = levels->rows()[row][level];
      low.push_back(rounded(static_cast<double>(cell.low) / unit));
      mean.push_back(rounded(levels->mean(row, level) / unit));
      high.push_back(rounded(static_cast<double>(cell.high) / unit));
    }
    out[name] = {{"low", std::move(low)}, {"mean", std::move(mean)}, {"high", std::move(high)}};
  }
  return out;
}

Json group_series_json(const ReportData& data) {
  Json out = Json::array();
  std::size_t buckets = 0;
  for (std::size_t i = 0; i < data.series.size(); ++i) {
    const GroupSeries& series = data.series[i];
    const ReportGroup& group = data.groups[i];
    Json waiting = Json::array();
    for (const Buckets& values : series.waiting_gpus) {
      waiting.push_back(sparse(values, rounded));
      buckets = std::max(buckets, values.size());
    }
    buckets = std::max(buckets, series.held_gpus.size());
    const Json held = sparse(series.held_gpus, rounded);
    const bool none =
        held.is_null() && std::all_of(waiting.begin(), waiting.end(), [](const Json& w) { return w.is_null(); });
    if (none) continue;
    out.push_back(
        {{"t", group.tenant}, {"s", group.size}, {"p", group.pool}, {"waiting", std::move(waiting)}, {"held", held}});
  }
  return {{"buckets", buckets}, {"groups", std::move(out)}};
}

// One character a bucket: '0' is nothing held, then 64 levels from '1' to 'p'; 'x' where most of the nodes are absent.
std::string level_text(const NodeRow& row) {
  std::string out;
  for (std::size_t i = 0; i < row.held_share.size(); ++i) {
    const double share = row.held_share[i];
    if (!row.absent.empty() && row.absent[i] > 0.5 && share <= 0) {
      out += 'x';
      continue;
    }
    const int level = share <= 0 ? 0 : 1 + static_cast<int>(std::min(63.0, std::floor(share * 64 - 1e-9)));
    out += static_cast<char>('0' + level);
  }
  return out;
}

Json map_json(const ReportInput& input, const ReportData& data) {
  Json rows = Json::array();
  for (const NodeRow& row : data.nodes) {
    rows.push_back({{"pool", clipped(input.metrics.pools()[row.pool].name)},
                    {"first", row.first},
                    {"nodes", row.nodes},
                    {"gpus", row.gpus},
                    {"name", clipped(row.name)},
                    {"cells", level_text(row)}});
  }
  return {{"nodes", data.node_count}, {"rows", std::move(rows)}};
}

// Null where nothing of the kind happened.
Json events_json(const ReportInput& input, const ReportData& data) {
  const ReportEvents& events = data.events;
  if (events.preemptions == 0 && events.capacity_changes == 0) return nullptr;
  const auto name = [&](JobId job) { return clipped(input.workload.name(job)); };
  Json shown = Json::array();
  for (const ShownPreemption& one : events.shown) {
    Json causers = Json::array();
    for (const JobId job : one.causers) causers.push_back(name(job));
    shown.push_back({{"at_s", seconds(one.at_s)},
                     {"held_s", seconds(one.held_s)},
                     {"job", name(one.victim)},
                     {"milli", input.workload.request(one.victim).total_milli()},
                     {"causers", std::move(causers)},
                     {"more", one.more_causers}});
  }
  Json capacity = Json::array();
  for (const ShownCapacity& one : events.capacity) {
    capacity.push_back({{"at_s", seconds(one.at_s)},
                        {"pool", clipped(input.metrics.pools()[one.pool].name)},
                        {"before", one.nodes_before},
                        {"nodes", one.nodes}});
  }
  return {{"preemptions", events.preemptions},
          {"shown", std::move(shown)},
          {"per_bucket", events.per_bucket},
          {"by_tenant", events.by_tenant},
          {"capacity_changes", events.capacity_changes},
          {"capacity", std::move(capacity)}};
}

Json job_json(const ReportInput& input, const ReportData& data, const SampledJob& sampled) {
  const ReportGroup& group = data.groups[sampled.group];
  const JobId job = sampled.job;
  const double zero_s = input.metrics.options().sequential ? 0 : input.metrics.first_submit().seconds();
  Json stints = Json::array();
  for (const SampledStint& stint : sampled.stints) {
    Json nodes = Json::array();
    for (const NodeRun& run : stint.nodes) nodes.push_back({run.first, run.count, run.milli});
    stints.push_back(Json::array({seconds(stint.begin_s), seconds(stint.end_s), std::move(nodes)}));
  }
  const WaitSplit split = input.table.wait_split(job);
  Json reasons = Json::array();
  for (const Duration& part : split) reasons.push_back(seconds(part.seconds()));
  return Json::array({clipped(input.workload.name(job)), group.tenant, group.size,
                      gang_milli(input.workload, input.table, job),
                      seconds(input.workload.submit(job).seconds() - zero_s), seconds(sampled.wait_s),
                      job_state_name(input.table.state[job]), input.table.preemptions[job], std::move(reasons),
                      std::move(stints), sampled.cut ? 1 : 0, group.pool});
}

Json pools_json(const ReportInput& input, const ReportData& data) {
  Json out = Json::array();
  for (std::size_t i = 1; i < data.hours.size(); ++i) {
    if (data.hours[i].pools.size() != 1) continue;
    const std::size_t at = data.hours[i].pools.front();
    const PoolSummary& pool = input.summary.pools[at];
    out.push_back({{"name", clipped(pool.name)},
                   {"gpu_model", input.metrics.pools()[at].gpu_model},
                   {"gpus", static_cast<double>(pool.total_milli) / 1000},
                   {"allocated_ratio", optional_number(pool.allocated_ratio_mean)},
                   {"cost_usd", optional_number(pool.cost_usd)},
                   {"energy_kwh", optional_number(pool.energy_kwh)}});
  }
  return out;
}

// Of the tenants that were due most; rows are joined until they are few.
Json shares_json(const ReportInput& input) {
  constexpr std::size_t kTenants = 8;
  constexpr std::size_t kRows = 1024;
  if (input.fairness == nullptr || input.fairness->series().cells.empty()) return nullptr;
  const ShareSeries& series = input.fairness->series();
  const std::vector<TenantShare>& shares = input.fairness->shares();
  const std::size_t rows = series.cells.size() / (2 * shares.size());
  const std::size_t joined = (rows + kRows - 1) / kRows;
  std::vector<std::size_t> order(shares.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return shares[a].entitled_gpu_s > shares[b].entitled_gpu_s; });
  if (order.size() > kTenants) order.resize(kTenants);
  Json tenants = Json::array();
  for (const std::size_t tenant : order) {
    const auto means = [&](std::size_t column) {
      Json out = Json::array();
      for (std::size_t row = 0; row < rows; row += joined) {
        const std::size_t end = std::min(rows, row + joined);
        double sum = 0;
        for (std::size_t r = row; r < end; ++r) sum += series.cells[r * 2 * shares.size() + column];
        out.push_back(std::round(sum / static_cast<double>(end - row) * 1000) / 1000);
      }
      return out;
    };
    tenants.push_back({{"name", clipped(input.workload.texts().text(shares[tenant].tenant))},
                       {"weight", shares[tenant].weight},
                       {"entitled", means(2 * tenant)},
                       {"received", means(2 * tenant + 1)}});
  }
  return {{"step_s", series.interval.seconds() * static_cast<double>(joined)},
          {"left_out", shares.size() - order.size()},
          {"tenants", std::move(tenants)}};
}

}  // namespace

std::string report_json(const ReportInput& input, const ReportData& data) {
  Json root = head_json(input, data);
  root["metrics"] = metrics_json(input.summary);
  root["n"] = {{"wait_s", input.summary.wait_s.count},
               {"jct_s", input.summary.jct_s.count},
               {"recorded_wait_s", input.summary.recorded_wait_s.count}};
  root["tenants"] = Json::array();
  for (const std::string& name : data.tenants) root["tenants"].push_back(clipped(name));
  root["by_pool"] = data.by_pool;
  root["tenant_count"] = data.tenant_count;
  root["sizes"] = Json::array();
  for (std::size_t i = 0; i < kSizeClasses; ++i) root["sizes"].push_back(size_class_name(i));
  Json totals = Json::object();
  root["groups"] = groups_json(data, totals);
  root["waiting_milli_ns"] = std::move(totals);
  root["cells"] = cells_json(data);
  root["histogram"] = {{"lowest", LogHistogram::kLowest}, {"per_decade", LogHistogram::kPerDecade}};
  root["hours"] = hours_json(data);
  root["series"] = series_json(input, data);
  root["levels"] = levels_json(input.levels);
  root["group_series"] = group_series_json(data);
  root["shares"] = shares_json(input);
  root["pools"] = pools_json(input, data);
  root["pool_count"] = input.metrics.pools().size();
  root["costs"] = Json::array();
  for (const TenantCost& cost : data.costs) {
    root["costs"].push_back({{"usd", optional_number(cost.usd)}, {"unpriced", clipped(cost.unpriced)}});
  }
  root["map"] = map_json(input, data);
  root["events"] = events_json(input, data);
  root["devices"] = devices_json(input, data.devices);
  Json jobs = Json::array();
  for (const SampledJob& job : data.jobs) jobs.push_back(job_json(input, data, job));
  root["jobs"] = {{"total", input.workload.size()}, {"rows", std::move(jobs)}, {"worst", data.worst}};
  return root.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace seatrial
