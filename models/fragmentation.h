// Fragmentation of GPUs in the sense of FGD (Weng et al., "Beware of Fragmentation", USENIX ATC '23, section 3): the
// idle milli-GPUs of a node that a pod drawn from a target workload could not use. F_n(M) = sum over typical pods m of
// popularity(m) x F_n(m). The order of the floating-point additions is part of the published results: per category
// over the pods in list order, then the categories in the order of their codes.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "models/cluster.h"
#include "models/workload.h"
#include "sim/column.h"

namespace seatrial {

// One class of the target workload.
struct TypicalPod {
  std::int64_t cpu_milli = 0;
  std::uint32_t gpu_milli = 0;  // per GPU
  std::uint32_t gpus = 0;
  double popularity = 0;                    // the popularities of all typical pods sum to 1
  std::vector<std::uint8_t> model_allowed;  // by row of Cluster::models(); empty: any
  std::uint32_t size = 0;                   // row of the distinct GPU shares
};

class FragmentationModel {
 public:
  // Typical pods: the most frequent classes (cpu, GPU share, GPUs, models) of the workload's target counts until they
  // cover `popularity` of its pods. Memory is not part of a class.
  FragmentationModel(const Workload& workload, const Cluster& cluster, double popularity);

  [[nodiscard]] const std::vector<TypicalPod>& typical() const { return typical_; }

  // F_n in milli-GPU of a node with this much cpu left and these free milli by device.
  [[nodiscard]] double amount(std::int64_t cpu_left, std::span<const std::uint16_t> devices, std::uint32_t model) const;
  [[nodiscard]] double amount(const Cluster& cluster, NodeId node) const {
    return amount(cluster.cpu_free(node), cluster.devices(node), cluster.model_index(node));
  }

 private:
  std::vector<TypicalPod> typical_;
  std::vector<std::uint16_t> sizes_;  // distinct gpu_milli of typical pods: devices are looked at once for each
};

// F of every node that takes pods and their sum, kept current from the cluster's change log (which must be enabled).
class FragmentationGauge {
 public:
  FragmentationGauge(const FragmentationModel& model, const Cluster& cluster);
  // Catches up with the log; returns the sum in milli-GPU.
  double update(const Cluster& cluster);
  // F of one node; valid after update().
  [[nodiscard]] double of(NodeId node) const { return amount_[node]; }
  [[nodiscard]] double sum() const { return static_cast<double>(sum_); }

 private:
  void refresh(const Cluster& cluster, NodeId node);

  const FragmentationModel& model_;
  Column<NodeId, double> amount_;
  long double sum_ = 0;
  std::size_t seen_ = 0;
};

}  // namespace seatrial
