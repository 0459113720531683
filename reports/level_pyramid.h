// Smallest, mean and largest number of jobs waiting and running and of GPUs waited for and held, over equal intervals
// of a run: what the charts of the report draw when one zooms in. Attached only where a report is wanted; cost per
// fact: a few additions.
//
// Invariant: at most kMost intervals; when more would come out, pairs become one of twice the length. The mean of an
// interval is exact up to the rounding of doubles, smallest and largest are exact.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "models/fact.h"

namespace seatrial {

class LevelPyramid final : public Observer {
 public:
  enum Level : std::size_t { WaitingJobs, WaitingMilli, RunningJobs, HeldMilli, kLevels };
  static constexpr std::size_t kMost = 8192;

  // One interval of one level. `sum` is level x ns.
  struct Cell {
    std::int64_t low = 0;
    std::int64_t high = 0;
    double sum = 0;
  };
  using Row = std::array<Cell, kLevels>;

  void observe(std::span<const Fact> facts) override;
  void finish(Time end) override;

  // After finish(). The first row begins with the first fact; the last one may be cut by the end.
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  [[nodiscard]] Duration step() const { return Duration{step_ns_}; }
  [[nodiscard]] double mean(std::size_t row, Level level) const;

 private:
  void change(Level level, std::int64_t by);
  void reach(std::int64_t at);
  void open_row();
  void hold_until(std::int64_t at);
  void merge();

  std::vector<Row> rows_;
  std::array<std::int64_t, kLevels> now_{};
  std::int64_t at_ns_ = 0;
  std::int64_t row_end_ns_ = 0;
  std::int64_t begin_ns_ = 0;
  std::int64_t end_ns_ = 0;
  std::int64_t step_ns_ = kNsPerSecond;
};

}  // namespace seatrial
