// Typical pods and F_n; see fragmentation.h.
#include "models/fragmentation.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

namespace seatrial {
namespace {

// cpu, gpu_milli, gpus, models: also the order in which equally frequent classes are listed, descending.
using PodKey = std::tuple<std::int64_t, std::uint32_t, std::uint32_t, std::string>;

std::vector<std::uint8_t> allowed_models(std::string_view spec, const Cluster& cluster) {
  if (spec.empty()) return {};
  std::vector<std::uint8_t> allowed(cluster.models().size(), 0);
  while (true) {
    const std::size_t bar = spec.find('|');
    for (std::size_t m = 0; m < allowed.size(); ++m) {
      if (cluster.models()[m] == spec.substr(0, bar)) allowed[m] = 1;
    }
    if (bar == std::string_view::npos) return allowed;
    spec.remove_prefix(bar + 1);
  }
}

}  // namespace

FragmentationModel::FragmentationModel(const Workload& workload, const Cluster& cluster, double popularity) {
  std::map<PodKey, std::uint64_t> counts;
  std::uint64_t pods = 0;
  for (std::uint32_t r = 0; r < workload.requests().size(); ++r) {
    const Request& request = workload.requests()[{r}];
    const std::uint64_t count = workload.target_counts()[r];
    const std::uint32_t split = std::max(1U, request.pods);
    if (count == 0) continue;
    pods += count;
    counts[{(request.cpu_milli + split - 1) / split, request.gpu_milli, (request.gpus + split - 1) / split,
            workload.texts().text(request.gpu_model)}] += count;
  }
  std::vector<std::pair<std::uint64_t, PodKey>> ranked;
  for (const auto& [key, count] : counts) ranked.emplace_back(count, key);
  std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a > b; });
  std::uint64_t covered = 0;
  std::size_t kept = 0;
  while (kept < ranked.size() && static_cast<double>(covered) < popularity * static_cast<double>(pods)) {
    covered += ranked[kept++].first;
  }
  const double share = static_cast<double>(covered) / static_cast<double>(pods);
  for (std::size_t i = 0; i < kept; ++i) {
    const auto& [cpu, milli, gpus, models] = ranked[i].second;
    const double frequency = static_cast<double>(ranked[i].first) / static_cast<double>(pods);
    auto size = std::find(sizes_.begin(), sizes_.end(), static_cast<std::uint16_t>(milli));
    if (size == sizes_.end()) size = sizes_.insert(size, static_cast<std::uint16_t>(milli));
    typical_.push_back({cpu, milli, gpus, frequency / share, allowed_models(models, cluster),
                        static_cast<std::uint32_t>(size - sizes_.begin())});
  }
}

double FragmentationModel::amount(std::int64_t cpu_left, std::span<const std::uint16_t> devices,
                                  std::uint32_t model) const {
  enum Category : std::uint8_t { LackBoth, LackGpu, Satisfied, LackCpu, CpuSatisfied, CpuLack, NoAccess, Count };
  // By distinct share: devices with room for it, and what the others have free.
  struct Room {
    std::uint32_t enough = 0;
    std::uint32_t too_small = 0;
  };
  static constexpr std::size_t kInline = 64;
  std::array<Room, kInline> few;
  std::vector<Room> many(sizes_.size() > kInline ? sizes_.size() : 0);
  Room* const rooms = many.empty() ? few.data() : many.data();
  std::uint32_t idle = 0;
  for (const std::uint16_t free : devices) idle += free;
  for (std::size_t size = 0; size < sizes_.size(); ++size) {
    Room room;
    for (const std::uint16_t free : devices) {
      room.enough += free >= sizes_[size] ? 1U : 0U;
      room.too_small += free >= sizes_[size] ? 0U : free;
    }
    rooms[size] = room;
  }
  std::array<double, Count> sums{};
  const double all = idle;
  for (const TypicalPod& pod : typical_) {
    const bool cpu_enough = cpu_left >= pod.cpu_milli;
    if (pod.gpu_milli == 0) {
      sums[cpu_enough ? CpuSatisfied : CpuLack] += pod.popularity * all;
      continue;
    }
    if (!pod.model_allowed.empty() && pod.model_allowed[model] == 0) {
      sums[NoAccess] += pod.popularity * all;
      continue;
    }
    const Room room = rooms[pod.size];
    if (room.enough < pod.gpus) {
      sums[cpu_enough ? LackGpu : LackBoth] += pod.popularity * all;
    } else if (!cpu_enough) {
      sums[LackCpu] += pod.popularity * all;
    } else {
      sums[LackGpu] += pod.popularity * static_cast<double>(room.too_small);
    }
  }
  double total = 0;
  for (const Category category : {LackBoth, LackGpu, LackCpu, CpuSatisfied, CpuLack, NoAccess}) total += sums[category];
  return total;
}

FragmentationGauge::FragmentationGauge(const FragmentationModel& model, const Cluster& cluster)
    : model_(model), amount_(cluster.nodes(), 0.0), seen_(cluster.change_log().size()) {
  for (std::uint32_t node = 0; node < cluster.nodes(); ++node) refresh(cluster, {node});
}

void FragmentationGauge::refresh(const Cluster& cluster, NodeId node) {
  const double now = cluster.state(node) == NodeState::Present ? model_.amount(cluster, node) : 0.0;
  sum_ += static_cast<long double>(now) - static_cast<long double>(amount_[node]);
  amount_[node] = now;
}

double FragmentationGauge::update(const Cluster& cluster) {
  const auto& log = cluster.change_log();
  for (; seen_ < log.size(); ++seen_) refresh(cluster, log[seen_]);
  return sum();
}

}  // namespace seatrial
