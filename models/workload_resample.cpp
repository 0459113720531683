// Workload::resampled: rows drawn from a workload make another one; see workload.h.
#include <algorithm>
#include <numeric>

#include "models/workload.h"
#include "sim/column.h"

namespace seatrial {
namespace {

template <class T>
void draw_column(const Column<JobId, T>& from, std::span<const WorkloadDraw> draws,
                 const std::vector<std::uint32_t>& order, Column<JobId, T>& into) {
  if (from.empty()) return;
  into.reserve(order.size());
  for (const std::uint32_t position : order) into.push_back(from[draws[position].job]);
}

}  // namespace

Workload Workload::resampled(std::span<const WorkloadDraw> draws) const {
  std::vector<std::uint32_t> order(draws.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto submit_of = [&](std::uint32_t position) { return submit_[draws[position].job] + draws[position].shift; };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return submit_of(a) < submit_of(b); });
  Workload out;
  out.submit_.reserve(order.size());
  for (const std::uint32_t position : order) out.submit_.push_back(submit_of(position));
  draw_column(duration_, draws, order, out.duration_);
  draw_column(request_, draws, order, out.request_);
  draw_column(estimate_, draws, order, out.estimate_);
  draw_column(user_, draws, order, out.user_);
  draw_column(trace_state_, draws, order, out.trace_state_);
  draw_column(priority_, draws, order, out.priority_);
  out.file_order_.resize(order.size());
  for (std::uint32_t row = 0; row < order.size(); ++row) {
    out.file_row_.push_back(order[row]);
    out.file_order_[order[row]] = JobId{row};
  }
  out.requests_ = requests_;
  out.target_counts_ = target_counts_;
  out.texts_ = texts_;
  return out;
}

}  // namespace seatrial
