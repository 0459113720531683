// Equidistant instants over a run, and intervals of time as ranges of these instants. Used by metrics.om.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/time.h"

namespace seatrial {

// Instants [first, last) of a grid.
struct InstantRange {
  std::size_t first = 0;
  std::size_t last = 0;
  [[nodiscard]] std::size_t size() const { return last - first; }
};

class SampleGrid {
 public:
  // From the first whole second at or after `begin`, every interval_s seconds, to the first instant not before `end`.
  SampleGrid(Time begin, Time end, std::int64_t interval_s);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::int64_t interval_s() const { return interval_s_; }
  // In seconds of the trace.
  [[nodiscard]] std::int64_t second(std::size_t index) const {
    return first_s_ + static_cast<std::int64_t>(index) * interval_s_;
  }
  // The first instant at or after `at`; size() if there is none.
  [[nodiscard]] std::size_t index_from(Time at) const;
  // Instants in [from, until).
  [[nodiscard]] InstantRange range(Time from, Time until) const { return {index_from(from), index_from(until)}; }

 private:
  std::int64_t first_s_ = 0;
  std::int64_t interval_s_ = 1;
  std::size_t size_ = 0;
};

// The sum over instants of what was added to ranges of them: adding costs O(1).
class RangeSums {
 public:
  explicit RangeSums(std::size_t size) : steps_(size + 1, 0) {}
  void add(InstantRange range, std::int64_t value) {
    if (range.first >= range.last) return;
    steps_[range.first] += value;
    steps_[range.last] -= value;
  }
  [[nodiscard]] std::vector<std::int64_t> values() const;

 private:
  std::vector<std::int64_t> steps_;
};

}  // namespace seatrial
