// Where GPU time went and when jobs waited; see report_data.h.
//
// The split of a job's wait by reason is exact; when within its wait each reason held is not recorded. Head-of-line
// comes first under strict admission, because only the head's wait is split further there; all else is spread evenly
// over the rest. Sums over time stay those of the split.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/workload.h"
#include "reports/bucket_sums.h"
#include "reports/report_data.h"

namespace seatrial {
namespace {

constexpr std::size_t kGroupCells = 150'000;  // of all curves by group together, about
constexpr std::size_t kMapBuckets = 1536;
constexpr std::size_t kMapRows = 128;
constexpr auto kHeadOfLine = static_cast<std::size_t>(WaitReason::HeadOfLine);

// The axis of the report: seconds from the first submit, or decisions.
struct Clock {
  bool sequential = false;
  std::int64_t zero_ns = 0;

  [[nodiscard]] double seconds(std::int64_t ns) const { return (Time{ns} - Time{zero_ns}).seconds(); }
};

Clock clock_of(const ReportInput& input) {
  const bool sequential = input.metrics.options().sequential;
  return {sequential, sequential ? 0 : input.metrics.first_submit().ns};
}

// The stays of a job on the report's axis. Sequential: decision i is the second from i on, and nobody leaves.
void find_stays(const ReportInput& input, JobId job, std::vector<Stay>& stays) {
  input.history.stays(job, stays);
  if (!input.metrics.options().sequential || stays.empty()) return;
  stays.resize(1);
  stays[0].begin_ns = static_cast<std::int64_t>(job.index) * kNsPerSecond;
  stays[0].end_ns = input.metrics.end().ns;
}

struct Window {
  std::int64_t begin_ns = 0, end_ns = 0;

  [[nodiscard]] Wide of(std::int64_t milli, const Stay& stay) const {
    const std::int64_t begin = std::max(begin_ns, stay.begin_ns);
    const std::int64_t end = std::min(end_ns, stay.end_ns);
    return end > begin ? area(milli, begin, end) : 0;
  }
};

Window window_of(const ReportInput& input) {
  const std::int64_t zero = clock_of(input).zero_ns;
  std::int64_t begin = 0;
  if (__builtin_add_overflow(zero, input.metrics.options().warmup.ns, &begin)) begin = INT64_MAX;
  return {begin, begin + static_cast<std::int64_t>(input.metrics.window_ns())};
}

// The largest number of milli-GPUs of each pool within the window.
std::vector<std::int64_t> pool_peaks(const ReportInput& input, const Window& window) {
  std::vector<std::int64_t> now;
  for (const PoolInfo& pool : input.metrics.pools()) now.push_back(pool.total_milli);
  std::vector<std::int64_t> peaks = now;
  for (const PoolChange& step : input.history.pool_changes()) {
    if (step.at.ns > window.end_ns) break;
    now[step.pool] = step.milli;
    peaks[step.pool] = step.at.ns <= window.begin_ns ? step.milli : std::max(peaks[step.pool], now[step.pool]);
  }
  return peaks;
}

// More for few groups, so that there is something to zoom into.
std::size_t group_buckets(std::size_t groups) {
  const std::size_t curves = std::max<std::size_t>(1, groups) * (kWaitReasons + 1);
  return std::clamp<std::size_t>(kGroupCells / curves, 240, 2048);
}

class TimePass {
 public:
  TimePass(const ReportInput& input, const GroupIndex& groups, ReportData& data)
      : input_(input),
        groups_(groups),
        data_(data),
        clock_(clock_of(input)),
        window_(window_of(input)),
        waiting_(data.groups.size() * kWaitReasons, group_buckets(data.groups.size()), data.span_s),
        held_(data.groups.size(), group_buckets(data.groups.size()), data.span_s),
        map_(data.nodes.size(), kMapBuckets, data.span_s),
        held_by_pool_(input.metrics.pools().size(), 0),
        tenant_pool_(data.rows() * held_by_pool_.size(), 0) {
    for (std::size_t row = 0; row < data.nodes.size(); ++row) {
      row_of_node_.insert(row_of_node_.end(), data.nodes[row].nodes, static_cast<std::uint32_t>(row));
    }
  }

  void run();

 private:
  void add(JobId job);
  void add_waits(JobId job, std::size_t group, std::span<const Stay> stays);
  void spread(std::size_t group, const WaitSplit& split, std::span<const std::pair<double, double>> gaps, double gpus);
  void add_stint(const Stay& stay, std::size_t group, std::uint32_t gpu_milli);
  void fill_hours();
  void fill_costs();

  const ReportInput& input_;
  const GroupIndex& groups_;
  ReportData& data_;
  Clock clock_;
  Window window_;
  BucketSums waiting_, held_, map_;
  std::vector<std::uint32_t> row_of_node_;
  std::vector<Wide> held_by_pool_;  // in the window
  std::vector<Wide> tenant_pool_;   // tenant row x pool, in the window
  std::vector<Stay> stays_;
  std::vector<std::pair<double, double>> gaps_;
};

void TimePass::add_stint(const Stay& stay, std::size_t group, std::uint32_t gpu_milli) {
  const double begin_s = clock_.seconds(stay.begin_ns);
  const double end_s = clock_.seconds(stay.end_ns);
  for (const Piece& piece : stay.pieces) {
    const std::int64_t milli = static_cast<std::int64_t>(piece.gpus) * gpu_milli;
    if (milli == 0 || piece.node.index >= input_.nodes.size()) continue;
    const std::uint32_t pool = input_.nodes[piece.node.index].pool;
    const Wide held = window_.of(milli, stay);
    held_by_pool_[pool] += held;
    tenant_pool_[data_.groups[group].tenant * held_by_pool_.size() + pool] += held;
    const std::uint32_t row = row_of_node_[piece.node.index];
    const auto gpus = static_cast<double>(data_.nodes[row].gpus);
    if (gpus > 0) map_.add(row, begin_s, end_s, static_cast<double>(milli) / 1000 / gpus);
  }
}

// Head-of-line first where that is its place, the other reasons evenly over what is left of the gaps.
void TimePass::spread(std::size_t group, const WaitSplit& split, std::span<const std::pair<double, double>> gaps,
                      double gpus) {
  bool strict = false;
  for (const auto& [axis, policy] : input_.summary.header.axes) strict |= axis == "admission" && policy == "strict";
  double total_s = 0;
  for (const Duration& part : split) total_s += part.seconds();
  double first_s = strict ? split[kHeadOfLine].seconds() : 0;
  const double rest_s = total_s - first_s;
  const std::size_t base = group * kWaitReasons;
  for (const auto& [begin, end] : gaps) {
    const double switch_s = std::min(end, begin + first_s);
    first_s = std::max(0.0, first_s - (end - begin));
    waiting_.add(base + kHeadOfLine, begin, switch_s, gpus);
    if (!(rest_s > 0)) continue;
    for (std::size_t reason = 0; reason < kWaitReasons; ++reason) {
      if (strict && reason == kHeadOfLine) continue;
      waiting_.add(base + reason, switch_s, end, gpus * split[reason].seconds() / rest_s);
    }
  }
}

void TimePass::add_waits(JobId job, std::size_t group, std::span<const Stay> stays) {
  const Duration waited = input_.table.waited[job];
  const auto gpus = static_cast<double>(gang_milli(input_.workload, input_.table, job)) / 1000;
  if (waited.ns <= 0 || gpus == 0 || clock_.sequential) return;
  gaps_.clear();
  std::int64_t later_ns = 0;  // waited after the first stay
  for (std::size_t i = 0; i < stays.size(); ++i) {
    const std::int64_t until = i + 1 < stays.size() ? stays[i + 1].begin_ns : input_.history.end().ns;
    if (i + 1 == stays.size() && input_.table.state[job] != JobState::Pending) break;
    gaps_.emplace_back(clock_.seconds(stays[i].end_ns), clock_.seconds(until));
    later_ns += until - stays[i].end_ns;
  }
  const std::int64_t first_end = stays.empty() ? input_.history.end().ns : stays.front().begin_ns;
  const std::int64_t first_ns = std::max<std::int64_t>(0, waited.ns - later_ns);
  gaps_.insert(gaps_.begin(), {clock_.seconds(first_end - first_ns), clock_.seconds(first_end)});
  spread(group, input_.table.wait_split(job), gaps_, gpus);
}

void TimePass::add(JobId job) {
  const std::size_t group = groups_.of(job);
  find_stays(input_, job, stays_);
  add_waits(job, group, stays_);
  const std::int64_t milli = gang_milli(input_.workload, input_.table, job);
  Wide held = 0;
  for (const Stay& stay : stays_) {
    if (stay.end_ns > stay.begin_ns) held += area(milli, stay.begin_ns, stay.end_ns);
    held_.add(group, clock_.seconds(stay.begin_ns), clock_.seconds(stay.end_ns), static_cast<double>(milli) / 1000);
    add_stint(stay, group, unit_milli(input_.workload, input_.table, job));
  }
  data_.groups[group].held_milli_ns += held;
  const bool completed = input_.table.state[job] == JobState::Completed && !clock_.sequential;
  data_.groups[group].done_milli_ns += completed ? area(milli, 0, input_.workload.duration(job).ns) : held;
}

// Pools beyond the largest kPoolsShown share a row.
void TimePass::fill_hours() {
  const auto& infos = input_.metrics.pools();
  const auto [order, peaks] = pool_order(input_);
  data_.hours.assign(1, {});
  for (std::size_t at = 0; at < order.size(); ++at) {
    const std::size_t pool = order[at];
    const bool others = order.size() > kPoolsShown && at >= kPoolsShown;
    if (!others || at == kPoolsShown) data_.hours.emplace_back().name = others ? "" : infos[pool].name;
    const PoolUse& use = input_.metrics.pool_uses()[pool];
    const Wide capacity = static_cast<Wide>(peaks[pool]) * input_.metrics.window_ns();
    for (GpuHours* row : {&data_.hours.front(), &data_.hours.back()}) {
      row->pools.push_back(pool);
      row->capacity += capacity;
      row->useful += use.useful_milli_ns;
      // More than jobs had is what pods held that waited for the rest of their gang.
      row->overhead += std::max(held_by_pool_[pool], use.allocated_milli_ns) - use.useful_milli_ns;
      row->free += use.total_milli_ns - use.allocated_milli_ns;
      row->absent += capacity - use.total_milli_ns;
    }
  }
  GpuHours& all = data_.hours.front();
  if (input_.metrics.has_fragmented()) {
    const auto measured = static_cast<Wide>(std::llround(input_.metrics.fragmented_milli_s() * 1e3)) * 1'000'000;
    all.fragmented = std::min(measured, all.free);
    all.free -= all.fragmented;
  }
  for (GpuHours& row : data_.hours) {
    row.residual = row.capacity - row.useful - row.overhead - row.fragmented - row.free - row.absent;
  }
}

// A pool's cost falls on its tenants by GPU time held there, idle time included.
void TimePass::fill_costs() {
  const auto& pools = input_.summary.pools;
  data_.costs.resize(data_.rows());
  for (std::size_t row = 0; row < data_.rows(); ++row) {
    TenantCost& cost = data_.costs[row];
    cost.usd = 0.0;
    for (std::size_t pool = 0; pool < pools.size(); ++pool) {
      const Wide held = tenant_pool_[row * pools.size() + pool];
      if (held == 0) continue;
      if (!pools[pool].cost_usd) {
        cost.usd.reset();
        cost.unpriced = pools[pool].name;
        break;
      }
      *cost.usd += *pools[pool].cost_usd * static_cast<double>(held) / static_cast<double>(held_by_pool_[pool]);
    }
  }
}

// Walks back from what was present at the end.
void fill_absent(const ReportInput& input, ReportData& data) {
  const Clock clock = clock_of(input);
  BucketSums sums(data.nodes.size(), kMapBuckets, data.span_s);
  std::vector<std::size_t> row_of_node;
  for (std::size_t row = 0; row < data.nodes.size(); ++row) {
    row_of_node.insert(row_of_node.end(), data.nodes[row].nodes, row);
  }
  std::vector<double> absent_until(input.nodes.size(), -1);  // below 0: present
  for (std::size_t i = 0; i < input.nodes.size(); ++i) absent_until[i] = input.nodes[i].present ? -1 : data.span_s;
  const auto close = [&](std::size_t node, double from) {
    if (absent_until[node] < 0) return;
    const std::size_t row = row_of_node[node];
    sums.add(row, from, absent_until[node], 1.0 / static_cast<double>(data.nodes[row].nodes));
  };
  const auto& steps = input.history.node_changes();
  for (auto step = steps.rbegin(); step != steps.rend() && step->at != kBeforeAll; ++step) {
    const double at = std::max(0.0, clock.seconds(step->at.ns));
    if (!step->present) close(step->node.index, at);
    absent_until[step->node.index] = step->present ? at : -1;
  }
  for (std::size_t i = 0; i < input.nodes.size(); ++i) close(i, 0);
  for (std::size_t row = 0; row < data.nodes.size(); ++row) {
    if (sums.used(row)) data.nodes[row].absent = sums.means(row);
  }
}

void TimePass::run() {
  for (std::uint32_t i = 0; i < input_.workload.size(); ++i) add(JobId{i});
  for (std::size_t group = 0; group < data_.groups.size(); ++group) {
    GroupSeries series;
    for (std::size_t reason = 0; reason < kWaitReasons; ++reason) {
      const std::size_t row = group * kWaitReasons + reason;
      if (waiting_.used(row)) series.waiting_gpus[reason] = waiting_.means(row);
    }
    if (held_.used(group)) series.held_gpus = held_.means(group);
    data_.series.push_back(std::move(series));
  }
  for (std::size_t row = 0; row < data_.nodes.size(); ++row) data_.nodes[row].held_share = map_.means(row);
  fill_absent(input_, data_);
  fill_hours();
  fill_costs();
}

// Consecutive nodes of one pool share a row where there are more than kMapRows.
void make_node_rows(const ReportInput& input, ReportData& data) {
  const std::size_t count = input.nodes.size();
  const std::size_t pools = input.metrics.pools().size();
  const bool many_pools = pools > kMapRows / 4;
  const std::size_t most = std::max<std::size_t>(1, (count + kMapRows - 1) / kMapRows);
  data.node_count = count;
  for (std::uint32_t i = 0; i < count; ++i) {
    const ReportNode& node = input.nodes[i];
    const bool fresh =
        data.nodes.empty() || data.nodes.back().nodes >= most || (!many_pools && data.nodes.back().pool != node.pool);
    if (fresh) {
      data.nodes.push_back({node.pool, i, 0, 0, "", {}, {}});
      input.names.append(NodeId{i}, data.nodes.back().name);
    }
    ++data.nodes.back().nodes;
    data.nodes.back().gpus += node.gpus;
  }
}

}  // namespace

PoolOrder pool_order(const ReportInput& input) {
  PoolOrder pools;
  pools.peak_milli = pool_peaks(input, window_of(input));
  pools.order.resize(pools.peak_milli.size());
  std::iota(pools.order.begin(), pools.order.end(), std::size_t{0});
  std::stable_sort(pools.order.begin(), pools.order.end(),
                   [&](std::size_t a, std::size_t b) { return pools.peak_milli[a] > pools.peak_milli[b]; });
  return pools;
}

void fill_times(const ReportInput& input, const GroupIndex& groups, ReportData& data) {
  const bool sequential = input.metrics.options().sequential;
  data.span_s = sequential ? input.metrics.end().seconds() : input.summary.simulated_s;
  data.window_s = seconds_of(input.metrics.window_ns());
  data.preempted = input.summary.preemptions != 0;
  data.capacity_changed = input.history.capacity_changed();
  make_node_rows(input, data);
  TimePass(input, groups, data).run();
}

}  // namespace seatrial
