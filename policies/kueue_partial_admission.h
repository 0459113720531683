// The counts that a workload with minimum counts may be admitted with: Kueue's search for the smallest reduction. Pod
// sets shrink together, each in proportion to what it can spare. The admission cycle asks whether counts fit.
// Source: kubernetes-sigs/kueue pkg/scheduler/flavorassigner/podset_reducer.go.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace seatrial {

struct PodSetCount {
  std::uint32_t count = 0;
  std::optional<std::uint32_t> min_count = std::nullopt;  // none: never reduced
};

// A binary search that is told after each try whether those counts fit. It assumes that fewer pods fit where more do.
class CountSearch {
 public:
  // A minimum above the count is the count.
  explicit CountSearch(std::vector<PodSetCount> pod_sets);

  // Whether nothing is left to try; at once if nothing can be reduced.
  [[nodiscard]] bool done() const { return low_ >= high_; }
  // What to try next.
  [[nodiscard]] std::vector<std::uint32_t> counts() const { return counts_at(middle()); }
  void answer(bool fits);
  // When done: the largest counts that fit.
  [[nodiscard]] std::optional<std::vector<std::uint32_t>> found() const;

 private:
  [[nodiscard]] std::uint64_t middle() const { return low_ + (high_ - low_) / 2; }
  [[nodiscard]] std::vector<std::uint32_t> counts_at(std::uint64_t index) const;

  std::vector<PodSetCount> pod_sets_;
  std::uint64_t total_ = 0;  // pods that can be spared
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
  std::optional<std::uint64_t> good_;
};

}  // namespace seatrial
