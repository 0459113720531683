// See pod_holds.h.
#include "policies/pod_holds.h"

#include <algorithm>
#include <utility>

#include "policies/back_off_queue.h"

namespace seatrial {
namespace {

// Pods are bound one after the other, so that no two permits end at one instant. Assumed: at least this far apart.
constexpr Duration kApart{1'000'000};

}  // namespace

PodHolds::Attempt PodHolds::attempt(JobId job, std::uint32_t pod) {
  const auto rest = rests_.find(job.index);
  if (rest != rests_.end() && rest->second.until > state_.now) return {};
  const bool first = !holds_.contains(job.index);
  Hold& hold = holds_[job.index];
  if (!state_.hold_pod(job, hold.pods)) {
    if (first) holds_.erase(job.index);
    return {};
  }
  hold.numbers.push_back(pod);
  if (hold.pods.pieces.size() == pods_of(job)) {
    state_.start_held(job, hold.pods, WaitReason::Fragmentation);
    holds_.erase(job.index);
    rests_.erase(job.index);
    something_happened();
    return {true, true, {}};
  }
  Attempt attempt{true, false, {}};
  if (first && state_.options.permit.ns > 0 && barren_ < kMostBarren) {
    hold.until = std::max(state_.now + state_.options.permit,
                          last_permit_ == Time{INT64_MIN} ? Time{INT64_MIN} : last_permit_ + kApart);
    last_permit_ = hold.until;
    attempt.permit_until = hold.until;
  }
  return attempt;
}

std::vector<std::uint32_t> PodHolds::give_up(JobId job) {
  const auto found = holds_.find(job.index);
  if (found == holds_.end() || found->second.until != state_.now) return {};
  std::vector<std::uint32_t> pods = std::move(found->second.numbers);
  state_.give_up(job, found->second.pods);
  holds_.erase(found);
  ++barren_;
  Rest& rest = rests_[job.index];
  rest.until = state_.now + back_off_of(state_.options.back_off, ++rest.times);
  return pods;
}

}  // namespace seatrial
