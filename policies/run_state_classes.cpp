// Requests as this cluster sees them, on all pools or on those of a flavor; see run_state.h.
#include <algorithm>

#include "policies/run_state.h"
#include "sim/check.h"

namespace seatrial {

void RunState::resolve_classes() {
  const ClassRules rules{spec, options.span_pools, reachable_};
  const bool first = classes_.empty();
  if (first && cluster.partitions() != nullptr) {
    table.shape.assign(workload.size(), 0);
    table.shape_milli.resize(workload.requests().size());
    table.shape_slice.resize(workload.requests().size());
  }
  for (std::uint32_t r = 0; r < workload.requests().size(); ++r) {
    RequestClass fresh = resolve_class(workload, {r}, cluster, rules);
    if (first) {
      if (speed_plan_ != nullptr) leave_out_stalled(fresh);
      for (const GangShape& shape : fresh.shapes) {
        if (table.shape_milli.empty()) continue;
        table.shape_milli[r].push_back(shape.main.gpu_milli);
        table.shape_slice[r].push_back(shape.main.slice);
      }
      fresh.domain = fresh.infeasible == nullptr ? clocks.domain_of(fresh.pools, cluster) : 0;
      classes_.push_back(std::move(fresh));
    } else {
      // Waiting jobs keep their pools; only whether new ones could still run is asked again.
      if (classes_[r].infeasible == nullptr) classes_[r].infeasible = fresh.infeasible;
    }
  }
  for (const auto& [of, number] : narrow_classes_) {
    if (classes_[number].infeasible != nullptr) continue;
    classes_[number].infeasible =
        resolve_class(workload, {of.first}, cluster, {spec, options.span_pools, reachable_, &of.second}).infeasible;
  }
}

std::uint32_t RunState::class_on(RequestId request, const std::vector<PoolId>& pools) {
  const RequestClass& whole = classes_[request.index];
  if (std::includes(pools.begin(), pools.end(), whole.pools.begin(), whole.pools.end())) return request.index;
  const auto next = static_cast<std::uint32_t>(classes_.size());
  const auto [found, fresh] = narrow_classes_.emplace(std::pair{request.index, pools}, next);
  if (!fresh) return found->second;
  RequestClass narrow = resolve_class(workload, request, cluster, {spec, options.span_pools, reachable_, &pools});
  if (speed_plan_ != nullptr) leave_out_stalled(narrow);
  narrow.request = RequestId{next};
  narrow.domain = narrow.infeasible == nullptr ? clocks.domain_of(narrow.pools, cluster) : 0;
  classes_.push_back(std::move(narrow));
  return next;
}

void RunState::set_class(JobId job, std::uint32_t number) {
  if (class_rows_.empty() && number == workload.request_id(job).index) return;
  if (class_rows_.empty()) {
    class_rows_.reserve(workload.size());
    for (std::uint32_t j = 0; j < workload.size(); ++j) class_rows_.push_back(workload.request_id({j}).index);
  }
  class_rows_[job] = number;
}

// The shape's number among those of the class on all pools, which the job table knows.
std::uint16_t RunState::shape_in_table(const RequestClass& job_class, std::uint32_t shape) const {
  if (job_class.request == job_class.base) return static_cast<std::uint16_t>(shape);
  const PodRequest& held = job_class.shapes[shape].main;
  const std::vector<GangShape>& shapes = classes_[job_class.base.index].shapes;
  const auto same = std::find_if(shapes.begin(), shapes.end(), [&](const GangShape& other) {
    return other.main.gpu_milli == held.gpu_milli && other.main.slice == held.slice;
  });
  CHECK(same != shapes.end());
  return static_cast<std::uint16_t>(same - shapes.begin());
}

}  // namespace seatrial
