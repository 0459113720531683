// What reports need to know of a pool: its name, its size when the run begins, and what its nodes cost and draw.
// Plain values, so that metrics and summaries can be built and tested without a Cluster.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace seatrial {

class Cluster;

struct PoolInfo {
  std::string name;
  std::string gpu_model;
  std::int64_t total_milli = 0;                // GPUs of the nodes present at the start
  std::uint32_t nodes = 0;                     // present at the start
  std::optional<double> price_usd_per_hour{};  // of a node; none: unknown
  std::optional<double> busy_w{};              // of an allocated GPU
  std::optional<double> idle_w{};              // of a free GPU
};

// The pools of a cluster as they are now; call it before the run begins.
[[nodiscard]] std::vector<PoolInfo> pool_infos(const Cluster& cluster);

}  // namespace seatrial
