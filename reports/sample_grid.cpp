// See sample_grid.h.
#include "reports/sample_grid.h"

#include <algorithm>

#include "sim/check.h"

namespace seatrial {
namespace {

// Rounded up.
std::int64_t whole_seconds(Time at) {
  const std::int64_t seconds = at.ns / kNsPerSecond;
  return seconds * kNsPerSecond < at.ns ? seconds + 1 : seconds;
}

}  // namespace

SampleGrid::SampleGrid(Time begin, Time end, std::int64_t interval_s)
    : first_s_(whole_seconds(begin)), interval_s_(interval_s) {
  CHECK(interval_s > 0);
  const std::int64_t length_s = std::max<std::int64_t>(0, whole_seconds(end) - first_s_);
  size_ = static_cast<std::size_t>((length_s + interval_s - 1) / interval_s) + 1;
}

std::size_t SampleGrid::index_from(Time at) const {
  const std::int64_t offset_s = whole_seconds(at) - first_s_;
  if (offset_s <= 0) return 0;
  return std::min(size_, static_cast<std::size_t>((offset_s + interval_s_ - 1) / interval_s_));
}

std::vector<std::int64_t> RangeSums::values() const {
  std::vector<std::int64_t> sums(steps_.size() - 1);
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = sum += steps_[i];
  return sums;
}

}  // namespace seatrial
