// Lanes, their tournament and what wakes them; see pending.h.
#include "policies/pending.h"

#include <algorithm>

#include "models/request_class.h"

namespace seatrial {
namespace {

// The number of free GPUs on one node of the pool that a change must reach to matter for the class.
std::uint32_t need_in(const RequestClass& job_class, PoolId pool) {
  if (job_class.needs_cpu) return 0;
  std::uint32_t need = 0xfffffffeU;
  for (const GangShape& shape : job_class.shapes) {
    if (std::find(shape.pools.begin(), shape.pools.end(), pool) == shape.pools.end()) continue;
    need = std::min(need, shape.main.gpus);
    if (shape.rest_pods > 0) need = std::min(need, shape.rest.gpus);
  }
  return need;
}

}  // namespace

std::uint32_t Pending::lane_of(std::uint32_t queue, RequestId request) {
  if (one_lane_ && queue < lanes_of_queue_.size() && !lanes_of_queue_[queue].empty()) {
    return lanes_of_queue_[queue].front();
  }
  const std::uint64_t key = one_lane_ ? queue : (static_cast<std::uint64_t>(queue) << 32U) | request.index;
  if (const auto found = lane_ids_.find(key); found != lane_ids_.end()) return found->second;
  const auto id = static_cast<std::uint32_t>(lanes_.size());
  lane_ids_.emplace(key, id);
  Lane lane;
  lane.queue = queue;
  lane.request = request;
  lanes_.push_back(std::move(lane));
  if (lanes_of_queue_.size() <= queue) lanes_of_queue_.resize(queue + 1);
  lanes_of_queue_[queue].push_back(id);
  if (lanes_.size() > leaves_) grow_tree();
  return id;
}

std::span<const std::uint32_t> Pending::lanes_of(std::uint32_t queue) const {
  if (queue >= lanes_of_queue_.size()) return {};
  return lanes_of_queue_[queue];
}

std::uint32_t Pending::better(std::uint32_t a, std::uint32_t b) const {
  if (!ready(a)) return b;
  if (!ready(b)) return a;
  return lanes_[b].items.front().before(lanes_[a].items.front()) ? b : a;
}

void Pending::grow_tree() {
  leaves_ = std::max(1U, leaves_ * 2);
  tree_.assign(2 * leaves_, kNone);
  for (std::uint32_t lane = 0; lane < lanes_.size(); ++lane) tree_[leaves_ + lane] = lane;
  for (std::uint32_t i = leaves_ - 1; i > 0; --i) tree_[i] = better(tree_[2 * i], tree_[2 * i + 1]);
}

void Pending::update(std::uint32_t lane) {
  std::uint32_t at = leaves_ + lane;
  tree_[at] = lane;
  for (at /= 2; at > 0; at /= 2) tree_[at] = better(tree_[2 * at], tree_[2 * at + 1]);
}

void Pending::push(std::uint32_t queue, const RequestClass& job_class, const WaitItem& item) {
  const std::uint32_t id = lane_of(queue, job_class.request);
  Lane& lane = lanes_[id];
  lane.items.push(item);
  ++jobs_;
  const bool new_head = lane.items.front().job == item.job;
  if (!new_head) return;
  // Jobs of a lane fit together, except where a queue is one lane: there a new head is another question.
  if (one_lane_) lane.parked = false;
  if (!lane.parked) update(id);
}

void Pending::pop_front(std::uint32_t id) {
  lanes_[id].items.pop_front();
  --jobs_;
  update(id);
}

void Pending::erase(std::uint32_t queue, RequestId request, const WaitItem& item) {
  const std::uint32_t id = lane_of(queue, request);
  const bool was_head = lanes_[id].items.front().job == item.job;
  lanes_[id].items.erase(item);
  --jobs_;
  if (was_head) {
    if (one_lane_) lanes_[id].parked = false;
    update(id);
  }
}

void Pending::park(std::uint32_t id, const RequestClass& job_class) {
  Lane& lane = lanes_[id];
  lane.parked = true;
  update(id);
  lane.listed_need.resize(parked_.size(), kNotListed);
  for (const PoolId pool : job_class.pools) {
    const std::uint32_t need = need_in(job_class, pool);
    std::uint32_t& listed = lane.listed_need[pool.index];
    if (listed == need) continue;
    auto& list = parked_[pool.index];
    if (listed != kNotListed) {
      list.erase(std::find_if(list.begin(), list.end(), [&](const ParkedLane& p) { return p.lane == id; }));
    }
    const auto at = std::upper_bound(list.begin(), list.end(), need,
                                     [](std::uint32_t wanted, const ParkedLane& p) { return wanted < p.need; });
    list.insert(at, {need, id});
    listed = need;
  }
}

void Pending::unpark(std::uint32_t id) {
  if (!lanes_[id].parked) return;
  lanes_[id].parked = false;
  update(id);
}

void Pending::wake(PoolId pool, std::uint32_t free) {
  auto& list = parked_[pool.index];
  std::size_t woken = 0;
  while (woken < list.size() && list[woken].need <= free) {
    const std::uint32_t id = list[woken++].lane;
    lanes_[id].listed_need[pool.index] = kNotListed;
    unpark(id);
  }
  if (woken > 0) list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(woken));
}

void Pending::wake_all() {
  for (std::uint32_t pool = 0; pool < parked_.size(); ++pool) wake({pool}, 0xfffffffeU);
}

}  // namespace seatrial
