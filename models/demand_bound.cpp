// Windows of demand and the flow through constrained pools; see demand_bound.h.
#include "models/demand_bound.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/push_relabel_max_flow.hpp>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>

namespace seatrial {
namespace {

constexpr double kSteps = 3e7;          // windows x jobs
constexpr std::size_t kMostEdges = 24;  // begins and ends of windows: about their product of windows
constexpr double kUnits = 1e12;         // capacities are whole numbers of up to this size

struct Task {
  double release = 0;
  double deadline = 0;
  double run = 0;
  double gpus = 0;
  std::uint32_t request = 0;
};

std::vector<double> quantile_points(std::vector<double> values, std::size_t count) {
  std::sort(values.begin(), values.end());
  std::vector<double> points;
  for (std::size_t i = 0; i < count; ++i) points.push_back(values[i * (values.size() - 1) / (count - 1)]);
  points.erase(std::unique(points.begin(), points.end()), points.end());
  return points;
}

// The sum of the k largest.
double sum_of_largest(std::vector<double>& values, std::uint64_t k) {
  if (k == 0) return 0;
  if (k < values.size()) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(k), values.end(), std::greater<>());
    values.resize(static_cast<std::size_t>(k));
  }
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

// A flow, not the largest: classes with the fewest pools first. Where it is enough the largest need not be asked for.
double served_greedily(const std::vector<double>& demand, const std::vector<std::vector<PoolId>>& pools_of_class,
                       std::vector<double> capacity) {
  std::vector<std::size_t> order(demand.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return pools_of_class[a].size() < pools_of_class[b].size(); });
  double served = 0;
  for (const std::size_t c : order) {
    double left = demand[c];
    for (const PoolId pool : pools_of_class[c]) {
      const double part = std::min(left, capacity[pool.index]);
      capacity[pool.index] -= part;
      left -= part;
      served += part;
    }
  }
  return served;
}

}  // namespace

DemandWindows::DemandWindows(const Workload& jobs, const DeadlineRule& rule, bool kill_at_limit) {
  std::vector<Task> tasks;
  std::vector<double> releases;
  std::vector<double> deadlines;
  std::uint64_t impossible = 0;
  for (std::uint32_t j = 0; j < jobs.size(); ++j) {
    const JobId job{j};
    Duration run = jobs.duration(job);
    if (kill_at_limit) run = std::min(run, jobs.estimate(job));
    Task task;
    task.release = jobs.submit(job).seconds();
    double after = rule.value;
    if (rule.kind == DeadlineRule::Kind::Wait) after = rule.value + run.seconds();
    if (rule.kind == DeadlineRule::Kind::Slowdown) after = rule.value * std::max(1.0, run.seconds());
    // A nanosecond of grace for sums of doubles.
    impossible += after + 1e-9 < run.seconds() ? 1 : 0;
    task.deadline = task.release + after;
    task.request = jobs.request_id(job).index;
    task.run = run.seconds();
    task.gpus = static_cast<double>(jobs.request(job).total_milli()) / 1000;
    releases.push_back(task.release);
    deadlines.push_back(task.deadline);
    tasks.push_back(task);
  }
  hopeless_ = impossible > rule.exempt;
  if (tasks.size() < 2) return;
  const double most = std::sqrt(kSteps / static_cast<double>(tasks.size()));
  const std::size_t edges = std::clamp<std::size_t>(static_cast<std::size_t>(most), 2, kMostEdges);
  const std::vector<double> begins = quantile_points(std::move(releases), edges);
  const std::vector<double> ends = quantile_points(std::move(deadlines), edges);
  std::vector<double> works;
  for (const double begin : begins) {
    for (const double end : ends) {
      if (end <= begin) continue;
      Window window{end - begin, 0, std::vector<double>(jobs.requests().size(), 0.0)};
      works.clear();
      for (const Task& task : tasks) {
        const double outside = std::max(0.0, begin - task.release) + std::max(0.0, task.deadline - end);
        const double inside = std::min(task.run - outside, end - begin);
        if (inside <= 0 || task.gpus == 0) continue;
        window.demand[task.request] += task.gpus * inside;
        works.push_back(task.gpus * inside);
      }
      if (works.size() <= rule.exempt) continue;
      window.exempt = sum_of_largest(works, rule.exempt);
      windows_.push_back(std::move(window));
    }
  }
  keep_sharpest();
}

// Few windows refute what all do: those of the highest demand per second, in all and of each large request.
void DemandWindows::keep_sharpest() {
  constexpr std::size_t kInAll = 48;
  constexpr std::size_t kOfRequest = 4;
  constexpr std::size_t kRequests = 16;
  if (windows_.empty()) return;
  std::vector<bool> kept(windows_.size(), false);
  const auto keep = [&](std::size_t count, const auto& demand_of) {
    std::vector<std::size_t> order(windows_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto intensity = [&](std::size_t w) {
      return (demand_of(windows_[w]) - windows_[w].exempt) / windows_[w].length_s;
    };
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return intensity(a) > intensity(b); });
    for (std::size_t i = 0; i < std::min(count, order.size()); ++i) kept[order[i]] = true;
  };
  keep(kInAll, [](const Window& window) { return std::accumulate(window.demand.begin(), window.demand.end(), 0.0); });
  std::vector<std::size_t> requests(windows_.front().demand.size());
  std::iota(requests.begin(), requests.end(), std::size_t{0});
  const auto most = [&](std::size_t r) {
    double largest = 0;
    for (const Window& window : windows_) largest = std::max(largest, window.demand[r]);
    return largest;
  };
  std::stable_sort(requests.begin(), requests.end(), [&](auto a, auto b) { return most(a) > most(b); });
  if (requests.size() > kRequests) requests.resize(kRequests);
  for (const std::size_t r : requests) {
    keep(kOfRequest, [r](const Window& window) { return window.demand[r]; });
  }
  std::vector<Window> sharpest;
  for (std::size_t w = 0; w < windows_.size(); ++w) {
    if (kept[w]) sharpest.push_back(std::move(windows_[w]));
  }
  windows_ = std::move(sharpest);
}

bool DemandWindows::exceeds_quota(const Window& window, const Supply& supply) {
  return std::any_of(supply.parties.begin(), supply.parties.end(), [&](const Party& party) {
    double demand = 0;
    for (const std::uint32_t r : party.requests) demand += supply.pools_of_request[r].empty() ? 0 : window.demand[r];
    return (demand - window.exempt) * (1 - 1e-6) > static_cast<double>(party.milli) / 1000 * window.length_s;
  });
}

bool DemandWindows::refutes(const Supply& supply) const {
  if (hopeless_) return true;
  // Requests with equal pools are one class of the flow.
  std::map<std::vector<PoolId>, std::size_t> classes;
  std::vector<std::vector<PoolId>> pools_of_class;
  std::vector<std::size_t> class_of(supply.pools_of_request.size());
  for (std::size_t r = 0; r < class_of.size(); ++r) {
    const auto [found, fresh] = classes.emplace(supply.pools_of_request[r], pools_of_class.size());
    if (fresh) pools_of_class.push_back(supply.pools_of_request[r]);
    class_of[r] = found->second;
  }
  for (const Window& window : windows_) {
    if (exceeds_quota(window, supply)) return true;
    std::vector<double> demand(pools_of_class.size(), 0);
    double total = 0;
    for (std::size_t r = 0; r < class_of.size(); ++r) {
      if (supply.pools_of_request[r].empty()) continue;
      demand[class_of[r]] += window.demand[r];
      total += window.demand[r];
    }
    std::vector<double> capacity;
    double all = 0;
    for (const std::int64_t milli : supply.pool_milli) {
      capacity.push_back(static_cast<double>(milli) / 1000 * window.length_s);
      all += capacity.back();
    }
    const double must = (total - window.exempt) * (1 - 1e-6);  // more than all roundings of the flow
    if (must <= 0) continue;
    if (must > all) return true;
    if (pools_of_class.size() == 1 || served_greedily(demand, pools_of_class, capacity) >= must) continue;
    if (max_service(demand, pools_of_class, capacity) < must) return true;
  }
  return false;
}

double max_service(std::span<const double> demand, std::span<const std::vector<PoolId>> pools_of_class,
                   std::span<const double> capacity) {
  using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
  using Graph = boost::adjacency_list<
      boost::vecS, boost::vecS, boost::directedS, boost::no_property,
      boost::property<boost::edge_capacity_t, std::int64_t,
                      boost::property<boost::edge_residual_capacity_t, std::int64_t,
                                      boost::property<boost::edge_reverse_t, Traits::edge_descriptor>>>>;
  double total = 0;
  for (const double amount : demand) total += amount;
  if (total <= 0) return 0;
  const double unit = total / kUnits;
  Graph graph(demand.size() + capacity.size() + 2);
  const std::size_t source = demand.size() + capacity.size();
  const std::size_t sink = source + 1;
  auto room = boost::get(boost::edge_capacity, graph);
  auto reverse = boost::get(boost::edge_reverse, graph);
  const auto connect = [&](std::size_t from, std::size_t to, std::int64_t amount) {
    const auto there = boost::add_edge(from, to, graph).first;
    const auto back = boost::add_edge(to, from, graph).first;
    room[there] = amount;
    room[back] = 0;
    reverse[there] = back;
    reverse[back] = there;
  };
  for (std::size_t c = 0; c < demand.size(); ++c) {
    const auto amount = static_cast<std::int64_t>(demand[c] / unit);
    connect(source, c, amount);
    for (const PoolId pool : pools_of_class[c]) connect(c, demand.size() + pool.index, amount);
  }
  for (std::size_t p = 0; p < capacity.size(); ++p) {
    connect(demand.size() + p, sink, static_cast<std::int64_t>(std::ceil(std::min(capacity[p], total) / unit)));
  }
  return static_cast<double>(boost::push_relabel_max_flow(graph, source, sink)) * unit;
}

}  // namespace seatrial
