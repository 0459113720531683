// See level_pyramid.h.
#include "reports/level_pyramid.h"

#include <algorithm>

namespace seatrial {
namespace {

std::int64_t later(std::int64_t at, std::int64_t by) {
  std::int64_t out = 0;
  return __builtin_add_overflow(at, by, &out) ? INT64_MAX : out;
}

double length(std::int64_t from, std::int64_t to) { return static_cast<double>(to) - static_cast<double>(from); }

}  // namespace

void LevelPyramid::open_row() {
  rows_.emplace_back();
  for (std::size_t i = 0; i < kLevels; ++i) rows_.back()[i] = {now_[i], now_[i], 0};
}

void LevelPyramid::hold_until(std::int64_t at) {
  const double held_ns = length(at_ns_, at);
  for (std::size_t i = 0; i < kLevels; ++i) rows_.back()[i].sum += static_cast<double>(now_[i]) * held_ns;
  at_ns_ = at;
}

void LevelPyramid::merge() {
  const std::size_t pairs = (rows_.size() + 1) / 2;
  for (std::size_t i = 0; i < pairs; ++i) {
    Row row = rows_[2 * i];
    for (std::size_t level = 0; level < kLevels && 2 * i + 1 < rows_.size(); ++level) {
      const Cell& other = rows_[2 * i + 1][level];
      row[level].low = std::min(row[level].low, other.low);
      row[level].high = std::max(row[level].high, other.high);
      row[level].sum += other.sum;
    }
    rows_[i] = row;
  }
  rows_.resize(pairs);
  step_ns_ = later(step_ns_, step_ns_);
}

// Ends every row that is over at `at`; an instant belongs to the row that it begins.
void LevelPyramid::reach(std::int64_t at) {
  while (row_end_ns_ <= at && row_end_ns_ != INT64_MAX) {
    hold_until(row_end_ns_);
    if (rows_.size() == kMost) merge();  // kMost is even: the row to come begins a pair
    open_row();
    row_end_ns_ = later(row_end_ns_, step_ns_);
  }
  hold_until(at);
}

void LevelPyramid::change(Level level, std::int64_t by) {
  now_[level] += by;
  Cell& cell = rows_.back()[level];
  cell.low = std::min(cell.low, now_[level]);
  cell.high = std::max(cell.high, now_[level]);
}

void LevelPyramid::observe(std::span<const Fact> facts) {
  for (const Fact& fact : facts) {
    if (rows_.empty()) {
      begin_ns_ = at_ns_ = fact.at.ns;
      row_end_ns_ = later(begin_ns_, step_ns_);
      open_row();
    }
    if (fact.at.ns != at_ns_) reach(fact.at.ns);
    switch (fact.kind) {
      case FactKind::Submitted:
        change(WaitingJobs, 1);
        change(WaitingMilli, fact.milli);
        break;
      case FactKind::Started:
      case FactKind::Resumed:
        change(WaitingJobs, -1);
        if (fact.milli != 0) change(WaitingMilli, -fact.milli);
        change(RunningJobs, 1);
        break;
      case FactKind::Preempted:
        change(WaitingJobs, 1);
        change(WaitingMilli, fact.milli);
        change(RunningJobs, -1);
        break;
      case FactKind::Completed:
      case FactKind::Failed:
        change(RunningJobs, -1);
        break;
      case FactKind::Bound:
        change(WaitingMilli, -fact.milli);
        change(HeldMilli, fact.milli);
        break;
      case FactKind::Held:
        change(HeldMilli, fact.milli);
        break;
      case FactKind::Released:
      case FactKind::HoldOver:
        change(HeldMilli, -fact.milli);
        break;
      case FactKind::Rejected:
      case FactKind::Progress:
      case FactKind::Stalled:
      case FactKind::Capacity:
      case FactKind::Slowed:
      case FactKind::Lost:
      case FactKind::OutOfMemory:
      case FactKind::Admitted:
      case FactKind::QuotaReleased:
      case FactKind::Evicted:
      case FactKind::Recut:
        break;
    }
  }
}

void LevelPyramid::finish(Time end) {
  end_ns_ = std::max(end.ns, at_ns_);
  if (rows_.empty()) return;
  reach(end_ns_);
  if (rows_.size() > 1 && row_end_ns_ - step_ns_ == end_ns_) rows_.pop_back();  // of no length
}

double LevelPyramid::mean(std::size_t row, Level level) const {
  const Cell& cell = rows_[row][level];
  const std::int64_t begin = later(begin_ns_, static_cast<std::int64_t>(row) * step_ns_);
  const double held_ns = length(begin, std::min(end_ns_, later(begin, step_ns_)));
  return held_ns > 0 ? cell.sum / held_ns : static_cast<double>(cell.high);
}

}  // namespace seatrial
