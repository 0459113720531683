// Partial admission; see kueue_partial_admission.h.
#include "policies/kueue_partial_admission.h"

#include <algorithm>
#include <utility>

#include "sim/check.h"

namespace seatrial {
namespace {

std::uint64_t spare(const PodSetCount& set) {
  return set.count - std::min(set.count, set.min_count.value_or(set.count));
}

}  // namespace

CountSearch::CountSearch(std::vector<PodSetCount> pod_sets) : pod_sets_(std::move(pod_sets)) {
  for (const PodSetCount& set : pod_sets_) total_ += spare(set);
  high_ = total_ == 0 ? 0 : total_ + 1;
}

void CountSearch::answer(bool fits) {
  CHECK(!done());
  const std::uint64_t tried = middle();
  if (fits) {
    good_ = tried;
    high_ = tried;
  } else {
    low_ = tried + 1;
  }
}

std::optional<std::vector<std::uint32_t>> CountSearch::found() const {
  if (!good_) return std::nullopt;
  return counts_at(*good_);
}

std::vector<std::uint32_t> CountSearch::counts_at(std::uint64_t index) const {
  std::vector<std::uint32_t> counts;
  for (const PodSetCount& set : pod_sets_) {
    counts.push_back(set.count - static_cast<std::uint32_t>(spare(set) * index / total_));
  }
  return counts;
}

}  // namespace seatrial
