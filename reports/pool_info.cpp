// Extracts PoolInfo rows from a Cluster; see pool_info.h.
#include "reports/pool_info.h"

#include "models/cluster.h"

namespace seatrial {

std::vector<PoolInfo> pool_infos(const Cluster& cluster) {
  std::vector<PoolInfo> infos;
  for (const Pool& pool : cluster.pools()) {
    PoolInfo info;
    info.name = pool.name;
    info.gpu_model = pool.gpu_model;
    info.total_milli = pool.total_milli;
    info.nodes = pool.counted ? pool.counted_nodes : pool.present;
    info.price_usd_per_hour = pool.price_usd_per_hour;
    info.busy_w = pool.busy_w;
    info.idle_w = pool.idle_w;
    infos.push_back(std::move(info));
  }
  return infos;
}

}  // namespace seatrial
