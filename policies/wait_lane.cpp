// Sorted blocks of waiting jobs; see wait_lane.h.
#include "policies/wait_lane.h"

#include <algorithm>

#include "sim/check.h"

namespace seatrial {
namespace {

// Keeps the compiler from reading the value together with its neighbours.
std::int64_t in_register(std::int64_t value) {
  asm("" : "+r"(value));
  return value;
}

}  // namespace

void WaitLane::append(const WaitItem& item) {
  if (blocks_.size() == first_ || blocks_.back().items.size() == kBlock) {
    blocks_.emplace_back();
    blocks_.back().items.reserve(kBlock);
  }
  Block& block = blocks_.back();
  // The item was written field by field just now: read in wider pieces it would have to wait for those stores.
  WaitItem& place = block.items.emplace_back();
  place.key.first = in_register(item.key.first);
  place.key.second = item.key.second;
  place.job = item.job;
  place.estimate_ns = item.estimate_ns;
  block.min_estimate = std::min(block.min_estimate, item.estimate_ns);
}

std::size_t WaitLane::block_of(const WaitItem& item) const {
  const auto found =
      std::lower_bound(blocks_.begin() + static_cast<std::ptrdiff_t>(first_), blocks_.end(), item,
                       [](const Block& block, const WaitItem& wanted) { return block.items.back().before(wanted); });
  return static_cast<std::size_t>(found - blocks_.begin());
}

void WaitLane::push(const WaitItem& item) {
  ++count_;
  min_estimate_ = std::min(min_estimate_, item.estimate_ns);
  if (blocks_.size() == first_ || !item.before(blocks_.back().items.back())) {
    append(item);
    return;
  }
  const std::size_t at = block_of(item);
  Block& block = blocks_[at];
  const auto place = std::lower_bound(block.items.begin() + static_cast<std::ptrdiff_t>(block.begin), block.items.end(),
                                      item, [](const WaitItem& a, const WaitItem& b) { return a.before(b); });
  block.items.insert(place, item);
  block.min_estimate = std::min(block.min_estimate, item.estimate_ns);
  if (block.items.size() - block.begin > kBlock) split(at);
}

void WaitLane::split(std::size_t at) {
  Block upper;
  Block& lower = blocks_[at];
  const auto middle = lower.items.begin() + static_cast<std::ptrdiff_t>((lower.begin + lower.items.size()) / 2);
  upper.items.reserve(kBlock);
  upper.items.assign(middle, lower.items.end());
  lower.items.erase(middle, lower.items.end());
  refresh(lower);
  refresh(upper);
  blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(upper));
}

void WaitLane::refresh(Block& block) {
  block.min_estimate = INT64_MAX;
  for (std::size_t i = block.begin; i < block.items.size(); ++i) {
    block.min_estimate = std::min(block.min_estimate, block.items[i].estimate_ns);
  }
}

void WaitLane::drop_if_empty(std::size_t at) {
  if (blocks_[at].begin < blocks_[at].items.size()) return;
  if (at == first_) {
    blocks_[first_] = Block{};
    ++first_;
    if (first_ > 64 && first_ * 2 > blocks_.size()) {
      blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
    return;
  }
  blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(at));
}

void WaitLane::pop_front() {
  Block& block = blocks_[first_];
  const std::int64_t gone = block.items[block.begin].estimate_ns;
  ++block.begin;
  --count_;
  min_known_ = min_known_ && gone != min_estimate_;
  if (block.begin < block.items.size() && gone == block.min_estimate) refresh(block);
  drop_if_empty(first_);
}

void WaitLane::erase(const WaitItem& item) {
  const std::size_t at = block_of(item);
  CHECK(at < blocks_.size());
  Block& block = blocks_[at];
  const auto place = std::lower_bound(block.items.begin() + static_cast<std::ptrdiff_t>(block.begin), block.items.end(),
                                      item, [](const WaitItem& a, const WaitItem& b) { return a.before(b); });
  CHECK(place != block.items.end() && place->job == item.job);
  const std::int64_t gone = place->estimate_ns;
  block.items.erase(place);
  --count_;
  min_known_ = min_known_ && gone != min_estimate_;
  if (gone == block.min_estimate) refresh(block);
  drop_if_empty(at);
}

const WaitItem* WaitLane::first_within(std::int64_t limit_ns) const {
  for (std::size_t b = first_; b < blocks_.size(); ++b) {
    const Block& block = blocks_[b];
    if (block.min_estimate > limit_ns) continue;
    for (std::size_t i = block.begin; i < block.items.size(); ++i) {
      if (block.items[i].estimate_ns <= limit_ns) return &block.items[i];
    }
  }
  return nullptr;
}

const WaitItem* WaitLane::first_after(const WaitItem& item) const {
  for (std::size_t b = block_of(item); b < blocks_.size(); ++b) {
    const Block& block = blocks_[b];
    const auto from = block.items.begin() + static_cast<std::ptrdiff_t>(block.begin);
    const auto found = std::upper_bound(from, block.items.end(), item,
                                        [](const WaitItem& a, const WaitItem& other) { return a.before(other); });
    if (found != block.items.end()) return &*found;
  }
  return nullptr;
}

std::int64_t WaitLane::min_estimate() const {
  if (min_known_) return min_estimate_;
  min_estimate_ = INT64_MAX;
  for (std::size_t b = first_; b < blocks_.size(); ++b)
    min_estimate_ = std::min(min_estimate_, blocks_[b].min_estimate);
  min_known_ = true;
  return min_estimate_;
}

}  // namespace seatrial
