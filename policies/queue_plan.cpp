// Rows of one queue, their reservations and lower bounds; see queue_plan.h.
#include "policies/queue_plan.h"

#include <algorithm>

namespace seatrial {

void QueuePlan::Least::take(const Least& other) {
  gpus = std::min(gpus, other.gpus);
  estimate_ns = std::min(estimate_ns, other.estimate_ns);
}

bool QueuePlan::add(const WaitItem& item, std::uint32_t gpus) {
  const Least added{gpus, item.estimate_ns};
  all_.take(added);
  if (rows_.empty() || rows_.back().item.before(item)) {
    rows_.push_back({item, gpus, {}, kNever, false});
    if (suffix_.size() <= rows_.size() / kBlock) suffix_.emplace_back();
    for (Least& least : suffix_) least.take(added);
    return true;
  }
  suffix_known_ = false;
  const auto at = std::upper_bound(rows_.begin(), rows_.end(), item,
                                   [](const WaitItem& fresh, const Row& row) { return fresh.before(row.item); });
  const bool holds = static_cast<std::size_t>(at - rows_.begin()) >= planned_;
  rows_.insert(at, {item, gpus, {}, kNever, false});
  return holds;
}

void QueuePlan::restart() {
  if (gone_ * 2 > rows_.size()) {
    rows_.erase(std::remove_if(rows_.begin(), rows_.end(), [](const Row& row) { return row.gone; }), rows_.end());
    gone_ = 0;
    suffix_known_ = false;
  }
  if (rows_.empty()) all_ = {};
  planned_ = head_ = 0;
  due_ = {};
}

std::uint64_t QueuePlan::next() {
  while (planned_ < rows_.size() && rows_[planned_].gone) ++planned_;
  return planned_ < rows_.size() ? base_ + planned_ : kNone;
}

void QueuePlan::reserve(Time at, PoolId pool) {
  Row& row = rows_[planned_];
  row.at = at;
  row.pool = pool;
  if (at != kNever) due_.push({at, base_ + planned_});
  ++planned_;
}

std::uint64_t QueuePlan::head() {
  while (head_ < planned_ && (rows_[head_].gone || rows_[head_].at == kNever)) ++head_;
  return head_ < planned_ ? base_ + head_ : kNone;
}

std::vector<std::uint64_t> QueuePlan::take_due(Time now) {
  std::vector<std::uint64_t> rows;
  for (; !due_.empty() && due_.top().at == now; due_.pop()) rows.push_back(due_.top().row);
  return rows;
}

void QueuePlan::start(std::uint64_t number) {
  rows_[number - base_].gone = true;
  ++gone_;
  if (++gone_since_suffix_ == kBlock) suffix_known_ = false;
  // Rows in front that are gone are dropped once they are most of all.
  if (gone_ < 4 * kBlock || gone_ * 2 < rows_.size()) return;
  std::size_t front = 0;
  while (front < rows_.size() && rows_[front].gone) ++front;
  if (front * 4 < rows_.size()) return;
  rows_.erase(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(front));
  base_ += front;
  gone_ -= front;
  planned_ -= std::min(planned_, front);
  head_ -= std::min(head_, front);
  suffix_known_ = false;
}

QueuePlan::Least QueuePlan::least_from(std::uint64_t number) {
  if (!suffix_known_) {
    suffix_.assign(rows_.size() / kBlock + 1, {});
    for (std::size_t i = rows_.size(); i-- > 0;) {
      Least& least = suffix_[i / kBlock];
      if (i % kBlock == kBlock - 1) least = suffix_[i / kBlock + 1];
      if (!rows_[i].gone) least.take({rows_[i].gpus, rows_[i].item.estimate_ns});
    }
    suffix_known_ = true;
    gone_since_suffix_ = 0;
  }
  return suffix_[(number - base_) / kBlock];
}

}  // namespace seatrial
