// See back_off_queue.h.
#include "policies/back_off_queue.h"

#include <algorithm>

namespace seatrial {

Duration back_off_of(const BackOffOptions& options, std::uint32_t failures) {
  if (failures == 0) return {};
  const std::uint32_t shift = std::min<std::uint32_t>(failures - 1, 62);
  return options.first.ns > options.longest.ns >> shift ? options.longest : Duration{options.first.ns << shift};
}

void BackOffQueue::activate(std::uint32_t unit) {
  active_.insert({-std::int64_t{units_[unit].priority}, units_[unit].place, unit});
}

void BackOffQueue::join(std::uint32_t unit, std::int32_t priority) {
  if (unit >= units_.size()) units_.resize(unit + 1);
  units_[unit] = {priority, 0, ++places_, Time{0}};
  activate(unit);
}

std::optional<std::uint32_t> BackOffQueue::pop() {
  if (active_.empty()) return std::nullopt;
  const std::uint32_t unit = active_.begin()->unit;
  active_.erase(active_.begin());
  return unit;
}

void BackOffQueue::failed(std::uint32_t unit, Time now) {
  Unit& row = units_[unit];
  ++row.failures;
  row.place = ++places_;
  row.until = now + back_off_of(options_, row.failures);
  unschedulable_.push_back(unit);
}

void BackOffQueue::wake(Time now) {
  for (const std::uint32_t unit : unschedulable_) {
    if (units_[unit].until <= now) {
      activate(unit);
    } else {
      resting_.insert({units_[unit].until, unit});
    }
  }
  unschedulable_.clear();
}

void BackOffQueue::tick(Time now) {
  while (!resting_.empty() && resting_.begin()->until <= now) {
    activate(resting_.begin()->unit);
    resting_.erase(resting_.begin());
  }
}

std::optional<Time> BackOffQueue::next_tick(Time now) const {
  if (resting_.empty()) return std::nullopt;
  const std::int64_t period = options_.flush.ns;
  const std::int64_t ahead = std::max(resting_.begin()->until, now).ns - first_tick_.ns;
  return first_tick_ + Duration{(ahead + period - 1) / period * period};
}

}  // namespace seatrial
