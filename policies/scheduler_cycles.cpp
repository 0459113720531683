// See scheduler_cycles.h.
#include "policies/scheduler_cycles.h"

#include <algorithm>

namespace seatrial {
namespace {

constexpr Duration kFirstPause{1'000'000};
constexpr Duration kLongestPause{100'000'000};

}  // namespace

void CycleScheduler::enqueue(JobId job) {
  heads_.insert({item_of(job).key, job});
  newcomers_.push_back(job);
}

void CycleScheduler::timer(std::uint32_t /*which*/) { pausing_ = false; }

void CycleScheduler::pass() {
  if (freed_ || !state_.freed().empty()) {
    heads_.insert(inadmissible_.begin(), inadmissible_.end());
    inadmissible_.clear();
  }
  freed_ = false;
  state_.clear_freed();
  while (!pausing_ && !heads_.empty()) {
    const Head head = *heads_.begin();
    heads_.erase(heads_.begin());
    if (state_.try_start(head.job, WaitReason::Fragmentation)) {
      pause_ = {0};
      continue;
    }
    inadmissible_.push_back(head);
    pause_ = pause_.ns == 0 ? kFirstPause : Duration{std::min(2 * pause_.ns, kLongestPause.ns)};
    pausing_ = true;
    Event event;
    event.kind = static_cast<std::uint16_t>(EventKind::SchedulerTimer);
    state_.events.push(state_.now + pause_, rank_of(EventKind::SchedulerTimer), event);
  }
  mark_newcomers();
}

}  // namespace seatrial
