// Which jobs the report shows together: by tenant, by size and, where there are several, by pool; see report_data.h.
#include <algorithm>
#include <numeric>

#include "models/workload.h"
#include "reports/report_data.h"

namespace seatrial {

GroupIndex::GroupIndex(const ReportInput& input, ReportData& data) : input_(input) {
  assign_tenants(data);
  const PoolOrder pools = pool_order(input);
  if (pools.order.size() > 1) {
    pool_rows_.resize(pools.order.size());
    for (std::size_t at = 0; at < pools.order.size(); ++at) pool_rows_[pools.order[at]] = PoolOrder::row(at);
    pools_ = 1 + PoolOrder::row(pools.order.size() - 1);
    data.by_pool = find_groups(data);
    if (data.by_pool) return;
    pool_rows_.clear();
    pools_ = 1;
  }
  find_groups(data);
}

void GroupIndex::assign_tenants(ReportData& data) {
  const Workload& workload = input_.workload;
  std::vector<double> demand(workload.texts().size(), -1);
  for (std::uint32_t i = 0; i < workload.size(); ++i) {
    const Request& request = workload.request(JobId{i});
    double& sum = demand[request.tenant.index];
    sum = std::max(sum, 0.0) + static_cast<double>(request.total_milli()) * workload.duration(JobId{i}).seconds();
  }
  std::vector<std::uint32_t> order(demand.size());
  std::iota(order.begin(), order.end(), 0U);
  std::erase_if(order, [&](std::uint32_t tenant) { return demand[tenant] < 0; });
  const auto name = [&](std::uint32_t tenant) -> const std::string& { return workload.texts().text({tenant}); };
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return demand[a] != demand[b] ? demand[a] > demand[b] : name(a) < name(b);
  });
  tenant_rows_.assign(demand.size(), 0);
  if (order.empty() || (order.size() == 1 && order[0] == 0)) return;  // the trace knows no tenants
  data.tenant_count = order.size();
  for (std::size_t i = 0; i < order.size(); ++i) {
    tenant_rows_[order[i]] = std::min(i, kTenantsShown);
    if (i < kTenantsShown) data.tenants.push_back(name(order[i]));
  }
  if (order.size() > kTenantsShown) data.tenants.emplace_back();
}

std::size_t GroupIndex::dense(JobId job) const {
  const std::size_t tenant = tenant_rows_[input_.workload.tenant(job).index];
  std::size_t pool = 0;
  if (!pool_rows_.empty() && input_.table.start[job] != kNever) {
    const auto pieces = input_.table.pieces(job);
    if (!pieces.empty()) pool = pool_rows_[input_.nodes[pieces.front().node.index].pool];
  }
  return (tenant * kSizeClasses + size_class_of(input_.workload, job)) * pools_ + pool;
}

// False if there are too many; the last resort, without pools, never fails.
bool GroupIndex::find_groups(ReportData& data) {
  constexpr std::uint32_t kNone = UINT32_MAX;
  group_.assign(data.rows() * kSizeClasses * pools_, kNone);
  for (std::uint32_t i = 0; i < input_.workload.size(); ++i) group_[dense(JobId{i})] = 0;
  data.groups.clear();
  for (std::size_t i = 0; i < group_.size(); ++i) {
    if (group_[i] == kNone) continue;
    group_[i] = static_cast<std::uint32_t>(data.groups.size());
    ReportGroup& group = data.groups.emplace_back();
    group.tenant = i / pools_ / kSizeClasses;
    group.size = i / pools_ % kSizeClasses;
    group.pool = i % pools_;
    if (pools_ > 1 && data.groups.size() > kGroupsShown) return false;
  }
  return true;
}

}  // namespace seatrial
