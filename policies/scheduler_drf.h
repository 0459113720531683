// Order `drf`: the tenant with the smallest weighted dominant share is served next (dominant_share.h), inside a tenant
// first come first served. best-effort passes over jobs that do not fit; strict stops a tenant, and only it, at its
// first job that does not fit. Capacity is that of nodes that are present; CPU and memory count where every node that
// is present limits them. Cost of a pass: the lanes once, then tenants plus the tenant's lanes for each try.
#pragma once

#include <vector>

#include "policies/dominant_share.h"
#include "policies/scheduler.h"

namespace seatrial {

class DrfScheduler final : public Scheduler {
 public:
  DrfScheduler(RunState& state, std::unique_ptr<QueueOrder> order, bool strict);
  void left(JobId job) override;
  void started_outside(JobId job) override { hold(job, 1); }
  void capacity_changed() override;
  void pass() override;

 private:
  void hold(JobId job, std::int64_t sign);
  [[nodiscard]] std::uint32_t best_lane(std::uint32_t tenant) const;
  // The tenant whose turn it is; Pending::kNone if nobody has a job that may fit.
  [[nodiscard]] std::uint32_t next_tenant() const;

  bool strict_;
  ResourceAmounts capacity_{};
  std::vector<std::int64_t> weights_;      // by tenant
  std::vector<ResourceAmounts> held_;      // by tenant
  std::vector<std::uint32_t> best_lanes_;  // by tenant, during a pass
};

}  // namespace seatrial
