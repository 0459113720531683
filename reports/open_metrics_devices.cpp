// Nodes, GPUs and pods as kube-state-metrics and dcgm-exporter show them; see open_metrics_parts.h.
#include <algorithm>
#include <array>
#include <map>

#include "reports/gpu_slots.h"
#include "reports/open_metrics_parts.h"

namespace seatrial {
namespace {

constexpr const char* kContainer = "main";

// [index] = GPUs of the node that are there at the instant.
class NodePresence {
 public:
  explicit NodePresence(const OpenMetricsSource& source) : source_(source) {
    for (const NodeChange& change : source.history.node_changes()) {
      nodes_.try_emplace(change.node, source.grid.size())
          .first->second.add(source.grid.range(change.at, kNever), change.present ? 1 : -1);
    }
    std::map<std::uint32_t, std::int64_t> milli;
    for (const PoolChange& change : source.history.pool_changes()) {
      if (!source.cluster.pools()[change.pool].counted) continue;
      std::int64_t& before = milli[change.pool];
      counted_.try_emplace(change.pool, source.grid.size())
          .first->second.add(source.grid.range(change.at, kNever), (change.milli - before) / kGpuMilli);
      before = change.milli;
    }
  }

  [[nodiscard]] std::vector<std::int64_t> gpus(NodeId node) const {
    const std::uint32_t pool = source_.cluster.pool_of(node).index;
    if (const auto counted = counted_.find(pool); counted != counted_.end()) return counted->second.values();
    const auto found = nodes_.find(node);
    if (found == nodes_.end()) return std::vector<std::int64_t>(source_.grid.size(), 0);
    std::vector<std::int64_t> values = found->second.values();
    for (std::int64_t& value : values) value *= source_.cluster.gpus(node);
    return values;
  }

 private:
  const OpenMetricsSource& source_;
  std::map<NodeId, RangeSums> nodes_;
  std::map<std::uint32_t, RangeSums> counted_;  // pools without node boundaries: their one node
};

std::string node_name(const OpenMetricsSource& source, NodeId node) { return source.cluster.node_name(node); }

// One GPU and everything that happens on it.
struct Occupancy {
  std::uint32_t stint = 0;
  std::int64_t milli = 0;
};
using GpuKey = std::pair<std::uint32_t, std::uint32_t>;  // node, index

struct GpuRow {
  std::string labels;  // of one pod on this GPU, or of none
  std::vector<std::int64_t> milli;
  std::vector<bool> there;
};

class GpuWriter {
 public:
  GpuWriter(const OpenMetricsSource& source, OpenMetricsText& out) : source_(source), out_(out), presence_(source) {
    GpuSlots slots(source.history);
    const auto& stints = source.history.stints();
    for (std::uint32_t i = 0; i < stints.size(); ++i) {
      const std::int64_t milli = unit_milli(source.workload, source.history.table(), stints[i].job);
      for (const std::uint32_t track : slots.assign(stints[i])) {
        const GpuTrack& slot = slots.tracks()[track];
        gpus_[{slot.node.index, slot.gpu}].push_back({i, milli});
      }
    }
    for (std::uint32_t node = 0; node < source.cluster.nodes(); ++node) {
      const std::vector<std::int64_t> present = presence_.gpus({node});
      const std::int64_t most = *std::max_element(present.begin(), present.end());
      for (std::uint32_t gpu = 0; gpu < most; ++gpu) gpus_[{node, gpu}];
    }
  }

  void write_utilisation() {
    out_.family("DCGM_FI_DEV_GPU_UTIL", "gauge",
                "Percent of the GPU that a job holds; an idle GPU has no labels of a pod.");
    for (const auto& [gpu, occupancies] : gpus_) {
      for (const GpuRow& row : rows(gpu, occupancies)) {
        for (std::size_t i = 0; i < row.milli.size(); ++i) {
          if (row.there[i]) out_.sample("", row.labels, static_cast<double>(row.milli[i]) / 10, source_.grid.second(i));
        }
      }
    }
  }

  // Of a shared GPU every job has a part of the power; they add up to the board's.
  void write_power() {
    out_.family("DCGM_FI_DEV_POWER_USAGE", "gauge", "Watts: idle power, and the rest of the board's by its use.");
    for (const auto& [gpu, occupancies] : gpus_) {
      const Pool& pool = source_.cluster.pool(source_.cluster.pool_of({gpu.first}));
      if (!pool.busy_w || !pool.idle_w) continue;
      const std::vector<GpuRow> all = rows(gpu, occupancies);
      std::vector<std::int64_t> sum(source_.grid.size(), 0);
      for (const GpuRow& row : all) {
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += row.milli[i];
      }
      for (const GpuRow& row : all) {
        for (std::size_t i = 0; i < sum.size(); ++i) {
          if (!row.there[i]) continue;
          const auto milli = static_cast<double>(row.milli[i]);
          const double idle_part = sum[i] == 0 ? 1 : milli / static_cast<double>(sum[i]);
          out_.sample("", row.labels, *pool.idle_w * idle_part + (*pool.busy_w - *pool.idle_w) * milli / kGpuMilli,
                      source_.grid.second(i));
        }
      }
    }
  }

 private:
  [[nodiscard]] std::string labels(const GpuKey& gpu, std::string_view space, std::string_view pod) const {
    const std::string node = node_name(source_, {gpu.first});
    const std::string index = std::to_string(gpu.second);
    const std::string device = "nvidia" + index;
    const std::string id = "GPU-" + std::to_string(gpu.first) + '-' + index;
    return labels_text({{"gpu", index},
                        {"UUID", id},
                        {"device", device},
                        {"modelName", source_.cluster.gpu_model({gpu.first})},
                        {"Hostname", node},
                        {"namespace", space},
                        {"pod", pod},
                        {"container", pod.empty() ? "" : kContainer}});
  }

  GpuRow row_of(std::string text) const {
    return {std::move(text), std::vector<std::int64_t>(source_.grid.size(), 0),
            std::vector<bool>(source_.grid.size(), false)};
  }

  // Jobs with equal names and tenants are one row, whether they follow each other or share the GPU.
  [[nodiscard]] std::vector<GpuRow> rows(const GpuKey& gpu, const std::vector<Occupancy>& occupancies) const {
    std::vector<GpuRow> found{row_of(labels(gpu, "", ""))};
    std::map<std::string, std::size_t> by_labels;
    std::vector<bool> busy(source_.grid.size(), false);
    for (const Occupancy& occupancy : occupancies) {
      const Stint& stint = source_.history.stints()[occupancy.stint];
      const Time end = stint.exit == Stint::Exit::Running ? kNever : stint.end;
      const InstantRange range = source_.grid.range(stint.begin, end);
      if (range.size() == 0) continue;
      std::string text = labels(gpu, namespace_of(source_.workload, stint.job), source_.workload.name(stint.job));
      const auto [place, fresh] = by_labels.emplace(std::move(text), found.size());
      if (fresh) found.push_back(row_of(place->first));
      GpuRow& row = found[place->second];
      for (std::size_t i = range.first; i < range.last; ++i) {
        row.milli[i] += occupancy.milli;
        row.there[i] = busy[i] = true;
      }
    }
    const std::vector<std::int64_t> present = presence_.gpus({gpu.first});
    for (std::size_t i = 0; i < present.size(); ++i) found.front().there[i] = !busy[i] && gpu.second < present[i];
    return found;
  }

  const OpenMetricsSource& source_;
  OpenMetricsText& out_;
  NodePresence presence_;
  std::map<GpuKey, std::vector<Occupancy>> gpus_;
};

// When something happened to a pod, as kube-state-metrics says it: a gauge whose value is the Unix time.
class PodTimes {
 public:
  PodTimes(const OpenMetricsSource& source, std::int64_t epoch_s, OpenMetricsText& out)
      : source_(source), epoch_s_(epoch_s), out_(out), first_(source.workload.size(), kNoStint), last_(first_) {
    const auto& stints = source.history.stints();
    for (std::uint32_t i = 0; i < stints.size(); ++i) {
      const std::uint32_t job = stints[i].job.index;
      if (first_[job] == kNoStint) first_[job] = i;
      last_[job] = i;
    }
  }

  template <class Instant>
  void write(const char* name, const char* help, Instant instant) {
    out_.family(name, "gauge", help);
    for (std::uint32_t job = 0; job < first_.size(); ++job) {
      if (first_[job] == kNoStint) continue;
      const Time at = instant(JobId{job}, source_.history.stints()[first_[job]], source_.history.stints()[last_[job]]);
      if (at == kNever) continue;
      const std::string uid = std::to_string(job);
      const std::string text = labels_text(
          {{"namespace", namespace_of(source_.workload, {job})}, {"pod", source_.workload.name({job})}, {"uid", uid}});
      const std::int64_t second = whole_second(at);
      out_.sample("", text, static_cast<double>(epoch_s_) + at.seconds(), second);
    }
  }

 private:
  static constexpr std::uint32_t kNoStint = 0xffffffffU;
  static std::int64_t whole_second(Time at) {
    const std::int64_t second = at.ns / kNsPerSecond;
    return second * kNsPerSecond < at.ns ? second + 1 : second;
  }

  const OpenMetricsSource& source_;
  std::int64_t epoch_s_;
  OpenMetricsText& out_;
  std::vector<std::uint32_t> first_, last_;  // stints by job
};

void write_requests(const OpenMetricsSource& source, OpenMetricsText& out) {
  out.family("kube_pod_container_resource_requests", "gauge", "GPUs that a running job holds on a node.");
  std::map<std::string, std::vector<std::pair<InstantRange, double>>> rows;
  std::vector<std::string> order;
  for (const Stint& stint : source.history.stints()) {
    const Time end = stint.exit == Stint::Exit::Running ? kNever : stint.end;
    const InstantRange range = source.grid.range(stint.begin, end);
    if (range.size() == 0) continue;
    const std::string uid = std::to_string(stint.job.index);
    const std::string name = source.workload.name(stint.job);
    for (const Piece& piece : source.history.pieces(stint)) {
      if (piece.gpus == 0) continue;
      const std::string node = node_name(source, piece.node);
      std::string text = labels_text({{"namespace", namespace_of(source.workload, stint.job)},
                                      {"pod", name},
                                      {"uid", uid},
                                      {"container", kContainer},
                                      {"node", node},
                                      {"resource", "nvidia_com_gpu"},
                                      {"unit", "integer"}});
      const std::uint32_t milli = unit_milli(source.workload, source.history.table(), stint.job);
      const double gpus = static_cast<double>(piece.gpus) * milli / kGpuMilli;
      rows[std::move(text)].emplace_back(range, gpus);
    }
  }
  for (const auto& [text, ranges] : rows) {
    for (const auto& [range, gpus] : ranges) {
      for (std::size_t i = range.first; i < range.last; ++i) out.sample("", text, gpus, source.grid.second(i));
    }
  }
}

}  // namespace

void write_node_families(const OpenMetricsSource& source, OpenMetricsText& out) {
  const NodePresence presence(source);
  out.family("kube_node_status_allocatable", "gauge", "GPUs of a node that is there.");
  for (std::uint32_t node = 0; node < source.cluster.nodes(); ++node) {
    const std::string name = node_name(source, {node});
    const std::string text = labels_text({{"node", name}, {"resource", "nvidia_com_gpu"}, {"unit", "integer"}});
    const std::vector<std::int64_t> gpus = presence.gpus({node});
    for (std::size_t i = 0; i < gpus.size(); ++i) {
      if (gpus[i] > 0) out.sample("", text, static_cast<double>(gpus[i]), source.grid.second(i));
    }
  }
}

void write_gpu_families(const OpenMetricsSource& source, OpenMetricsText& out) {
  GpuWriter writer(source, out);
  writer.write_utilisation();
  writer.write_power();
}

void write_pod_families(const OpenMetricsSource& source, std::int64_t epoch_s, OpenMetricsText& out) {
  PodTimes times(source, epoch_s, out);
  times.write("kube_pod_created", "Unix time of the submit.",
              [&](JobId job, const Stint&, const Stint&) { return source.workload.submit(job); });
  times.write("kube_pod_status_scheduled_time", "Unix time of the first start.",
              [](JobId, const Stint& first, const Stint&) { return first.begin; });
  times.write("kube_pod_start_time", "Unix time of the first start.",
              [](JobId, const Stint& first, const Stint&) { return first.begin; });
  times.write("kube_pod_completion_time", "Unix time of the end.", [](JobId, const Stint&, const Stint& last) {
    return last.exit == Stint::Exit::Completed || last.exit == Stint::Exit::Failed ? last.end : kNever;
  });
  write_requests(source, out);
}

}  // namespace seatrial
