// gittins: two-dimensional Gittins index (Gu et al., NSDI '19): among jobs of a queue the one that most likely ends
// within the next quantum D per expected service: G(s) = P(S - s <= D | S > s) / E[min(S - s, D) | S > s], larger
// first, for the distribution S of total GPU-time over the jobs of the workload (known to the policy, unlike each job's
// own run time). Queues as in tiresias; the last queue is first come, first served.
#include <algorithm>
#include <numeric>
#include <vector>

#include "policies/keys.h"
#include "policies/registry.h"

namespace seatrial {
namespace {

constexpr std::size_t kMaxLevels = 4096;  // beyond, jobs share the last level

std::vector<std::int64_t> services_gpu_ns(const Workload& workload) {
  std::vector<std::int64_t> services;
  services.reserve(workload.size());
  for (std::uint32_t j = 0; j < workload.size(); ++j) {
    JobView view;
    view.gpus = workload.request({j}).gpus;
    view.executed = workload.duration({j});
    services.push_back(attained_gpu_ns(view));
  }
  std::sort(services.begin(), services.end());
  return services;
}

// Rank of each level of attained service by its index: 0 is served first.
std::vector<std::int64_t> rank_levels(const std::vector<std::int64_t>& services, std::int64_t quantum) {
  std::vector<double> index;
  auto from = services.begin();
  for (std::size_t level = 0; level < kMaxLevels; ++level) {
    const std::int64_t attained = static_cast<std::int64_t>(level) * quantum;
    from = std::upper_bound(from, services.end(), attained);
    if (from == services.end()) break;
    double expected = 0;
    double ending = 0;
    for (auto it = from; it != services.end(); ++it) {
      if (*it - attained > quantum) {
        expected += static_cast<double>(services.end() - it) * static_cast<double>(quantum);
        break;
      }
      expected += static_cast<double>(*it - attained);
      ending += 1;
    }
    index.push_back(ending / expected);
  }
  std::vector<std::size_t> by_index(index.size());
  std::iota(by_index.begin(), by_index.end(), std::size_t{0});
  std::stable_sort(by_index.begin(), by_index.end(), [&](std::size_t a, std::size_t b) { return index[a] > index[b]; });
  std::vector<std::int64_t> rank(std::max<std::size_t>(1, index.size()), 0);
  for (std::size_t place = 0; place < by_index.size(); ++place) {
    const bool tie = place > 0 && index[by_index[place]] == index[by_index[place - 1]];
    rank[by_index[place]] = tie ? rank[by_index[place - 1]] : static_cast<std::int64_t>(place);
  }
  return rank;
}

class Gittins final : public QueueOrder {
 public:
  Gittins(const Workload& workload, std::int64_t quantum, const std::vector<double>& thresholds_gpu_s)
      : quantum_(quantum), rank_(rank_levels(services_gpu_ns(workload), quantum)) {
    for (const double threshold : thresholds_gpu_s) thresholds_.push_back(duration_from_seconds(threshold).ns);
    std::sort(thresholds_.begin(), thresholds_.end());
  }

  [[nodiscard]] OrderKey key(const JobView& view) const override {
    const auto queue = static_cast<std::int64_t>(queue_of(view));
    if (queue == static_cast<std::int64_t>(thresholds_.size())) {
      const Time since = view.last_start == kNever ? view.submit : view.last_start;
      return {queue * 2 + (view.running ? 0 : 1), since.ns};
    }
    return {queue * 2, rank_[level_of(view)] * 2 + (view.running ? 0 : 1)};
  }
  [[nodiscard]] std::optional<Duration> next_crossing(const JobView& view) const override {
    const std::size_t queue = queue_of(view);
    if (queue == thresholds_.size()) return std::nullopt;
    const std::int64_t next_level = (attained_gpu_ns(view) / quantum_ + 1) * quantum_;
    return time_to_service(view, std::min(thresholds_[queue], next_level));
  }

 private:
  [[nodiscard]] std::size_t level_of(const JobView& view) const {
    return std::min(rank_.size() - 1, static_cast<std::size_t>(attained_gpu_ns(view) / quantum_));
  }
  [[nodiscard]] std::size_t queue_of(const JobView& view) const {
    const auto above = std::upper_bound(thresholds_.begin(), thresholds_.end(), attained_gpu_ns(view));
    return static_cast<std::size_t>(above - thresholds_.begin());
  }

  std::int64_t quantum_;
  std::vector<std::int64_t> rank_;        // by level
  std::vector<std::int64_t> thresholds_;  // GPU-ns, ascending
};

}  // namespace

OrderRegistration order_gittins() {
  return {{"order",
           "gittins",
           "Highest Gittins index of the workload's GPU-time distribution first (2D-Gittins, NSDI '19); preempts.",
           {{"quantum_gpu_s", "step of attained service in which the index is worked out", "GPU-s",
             ParameterDoc::Kind::Number, 1e-3, 1e9, "3250"},
            {"thresholds_gpu_s", "queue thresholds, as in tiresias", "GPU-s", ParameterDoc::Kind::NumberList, 1e-6,
             1e12, "[3250, 7200]"}}},
          true,
          [](const PolicyContext& context, const Parameters& parameters) -> std::unique_ptr<QueueOrder> {
            const std::int64_t quantum = duration_from_seconds(parameters.number("quantum_gpu_s", 3250)).ns;
            return std::make_unique<Gittins>(context.workload, std::max<std::int64_t>(1, quantum),
                                             parameters.numbers("thresholds_gpu_s", {3250, 7200}));
          }};
}

}  // namespace seatrial
