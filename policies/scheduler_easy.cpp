// Reservations for heads and jobs that pass them; see scheduler_easy.h.
#include "policies/scheduler_easy.h"

#include <algorithm>

namespace seatrial {

BackfillScheduler::BackfillScheduler(RunState& state, std::unique_ptr<QueueOrder> order)
    : Scheduler(state, std::move(order), false),
      ends_(state.cluster.pools().size()),
      queues_of_pool_(state.cluster.pools().size()),
      expected_(state.workload.size()) {}

void BackfillScheduler::mark_dirty(std::uint32_t queue) {
  if (dirty_[queue] != 0) return;
  dirty_[queue] = 1;
  dirty_queues_.push_back(queue);
}

void BackfillScheduler::enqueue(JobId job) {
  Scheduler::enqueue(job);
  const std::uint32_t queue = queue_of(job);
  if (dirty_.size() <= queue) {
    dirty_.resize(queue + 1, 0);
    heads_.resize(queue + 1);
    pools_of_queue_.resize(queue + 1);
  }
  mark_dirty(queue);
  std::vector<PoolId>& known = pools_of_queue_[queue];
  for (const PoolId pool : state_.class_of(job).pools) {
    if (std::find(known.begin(), known.end(), pool) != known.end()) continue;
    known.push_back(pool);
    queues_of_pool_[pool.index].push_back(queue);
  }
}

template <class Visit>
void BackfillScheduler::each_pool_part(JobId job, Visit visit) const {
  const GangShape& shape = state_.class_of(job).shapes[state_.run(job).shape];
  const auto pieces = state_.table.pieces(job);
  if (shape.pools.size() == 1 || shape.pods() == 1) {
    visit(state_.cluster.pool_of(pieces.front().node), state_.class_of(job).gpus);
    return;
  }
  for (const PoolId pool : shape.pools) {
    std::uint32_t gpus = 0;
    for (const Piece& piece : pieces) gpus += state_.cluster.pool_of(piece.node) == pool ? piece.gpus : 0;
    if (gpus > 0) visit(pool, gpus);
  }
}

void BackfillScheduler::add_end(JobId job) {
  expected_[job.index] = state_.expected_end(job);
  each_pool_part(job, [&](PoolId pool, std::uint32_t gpus) {
    ends_[pool.index].insert({expected_[job.index], job, gpus});
  });
}

void BackfillScheduler::left(JobId job) {
  Scheduler::left(job);
  each_pool_part(job, [&](PoolId pool, std::uint32_t gpus) {
    ends_[pool.index].erase({expected_[job.index], job, gpus});
    for (const std::uint32_t queue : queues_of_pool_[pool.index]) mark_dirty(queue);
  });
}

void BackfillScheduler::capacity_changed() {
  Scheduler::capacity_changed();
  for (std::uint32_t queue = 0; queue < dirty_.size(); ++queue) mark_dirty(queue);
}

std::uint32_t BackfillScheduler::head_lane(std::uint32_t queue) const {
  std::uint32_t best = kNone;
  for (const std::uint32_t lane : pending_.lanes_of(queue)) {
    const WaitLane& items = pending_.lane(lane).items;
    if (items.empty()) continue;
    if (best == kNone || items.front().before(pending_.lane(best).items.front())) best = lane;
  }
  return best;
}

std::vector<std::uint32_t> BackfillScheduler::take_dirty_queues() {
  std::vector<std::pair<WaitItem, std::uint32_t>> found;
  for (const std::uint32_t queue : dirty_queues_) {
    dirty_[queue] = 0;
    const std::uint32_t lane = head_lane(queue);
    if (lane != kNone) found.emplace_back(pending_.lane(lane).items.front(), queue);
  }
  dirty_queues_.clear();
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first.before(b.first); });
  std::vector<std::uint32_t> queues;
  for (const auto& entry : found) queues.push_back(entry.second);
  return queues;
}

bool BackfillScheduler::is_head(JobId job) const { return heads_[queue_of(job)] == job; }

void BackfillScheduler::start(std::uint32_t queue, const WaitItem& item) {
  const WaitItem kept = item;
  state_.commit_start(kept.job, is_head(kept.job) ? WaitReason::Fragmentation : WaitReason::HeadOfLine, true);
  add_end(kept.job);
  pending_.erase(queue, state_.workload.request_id(kept.job), kept);
}

void BackfillScheduler::head_is_blocked(std::uint32_t queue, JobId job) {
  JobId& head = heads_[queue];
  if (head == job) return;
  const auto settle = [&](JobId waiting, WaitReason rest) {
    state_.settle_wait(waiting, rest, true);
    state_.mark_waiting(waiting);
  };
  if (head.valid() && state_.table.state[head] == JobState::Pending) settle(head, WaitReason::Fragmentation);
  head = job;
  settle(job, WaitReason::HeadOfLine);
}

void BackfillScheduler::finish() {
  for (std::uint32_t queue = 0; queue < pending_.queues(); ++queue) {
    for (const std::uint32_t lane : pending_.lanes_of(queue)) {
      pending_.lane(lane).items.visit([&](const WaitItem& item) {
        state_.settle_wait(item.job, is_head(item.job) ? WaitReason::Fragmentation : WaitReason::HeadOfLine, true);
        return true;
      });
    }
  }
}

EasyScheduler::EasyScheduler(RunState& state, std::unique_ptr<QueueOrder> order)
    : BackfillScheduler(state, std::move(order)), room_(state.cluster) {}

void EasyScheduler::pass() {
  wake_for_freed();
  for (const std::uint32_t queue : take_dirty_queues()) pass_queue(queue);
  mark_newcomers();
}

void EasyScheduler::pass_queue(std::uint32_t queue) {
  std::uint32_t lane = head_lane(queue);
  for (; lane != kNone; lane = head_lane(queue)) {
    const WaitItem head = pending_.lane(lane).items.front();
    if (pending_.lane(lane).parked) break;
    if (!state_.place(head.job)) {
      pending_.park(lane, state_.class_of(head.job));
      break;
    }
    start(queue, head);
  }
  if (lane == kNone) return;
  const JobId head = pending_.lane(lane).items.front().job;
  head_is_blocked(queue, head);
  backfill(queue, reserve(state_.class_of(head)));
}

EasyScheduler::Reservation EasyScheduler::reserve_counted(const RequestClass& job_class) {
  const PoolId pool = job_class.pools.front();
  const std::int64_t free = state_.cluster.free_gpus({state_.cluster.pool(pool).first_node});
  const std::int64_t missing = std::max<std::int64_t>(0, job_class.gpus - free);
  const EndList::Instant instant = ends_[pool.index].when_released(static_cast<std::uint64_t>(missing), state_.now);
  return {instant.at, true, free + static_cast<std::int64_t>(instant.gpus) - job_class.gpus};
}

EasyScheduler::Reservation EasyScheduler::reserve(const RequestClass& job_class) {
  const bool one_node = job_class.pools.size() == 1 && state_.cluster.pool(job_class.pools.front()).nodes == 1;
  if (one_node && !job_class.needs_cpu && !job_class.check_model && job_class.shapes.front().pods() == 1) {
    return reserve_counted(job_class);
  }
  room_.begin(job_class);
  std::vector<EndItem> ending;
  for (const PoolId pool : job_class.pools) {
    ends_[pool.index].visit([&](const EndItem& item) {
      ending.push_back(item);
      return true;
    });
  }
  if (job_class.pools.size() > 1) {
    std::sort(ending.begin(), ending.end(), [](const EndItem& a, const EndItem& b) { return a.before(b); });
    const auto same = [](const EndItem& a, const EndItem& b) { return a.job == b.job; };
    ending.erase(std::unique(ending.begin(), ending.end(), same), ending.end());
  }
  for (std::size_t i = 0; i < ending.size();) {
    const Time at = std::max(ending[i].end, state_.now);
    for (; i < ending.size() && std::max(ending[i].end, state_.now) == at; ++i) {
      const JobId job = ending[i].job;
      const GangShape& shape = state_.class_of(job).shapes[state_.run(job).shape];
      std::uint32_t main_left = shape.main_pods;
      for (const Piece& piece : state_.table.pieces(job)) {
        const PodRequest& pod = main_left > 0 ? shape.main : shape.rest;
        main_left -= std::min(main_left, piece.pods);
        room_.change(piece, pod, state_.table.devices(piece), +1);
      }
    }
    if (room_.fits()) return {at};
  }
  return {kNever};
}

std::uint32_t EasyScheduler::candidate(std::uint32_t queue, const Reservation& reservation, WaitItem& item) const {
  const std::int64_t limit = reservation.at == kNever ? INT64_MAX : (reservation.at - state_.now).ns;
  std::uint32_t best = kNone;
  for (const std::uint32_t id : pending_.lanes_of(queue)) {
    const Lane& lane = pending_.lane(id);
    if (lane.parked || lane.items.empty()) continue;
    bool short_only = turns_[id] == Turn::OnlyShort;
    if (reservation.counted) {
      const RequestClass& job_class = state_.class_of(lane.items.front().job);
      short_only = static_cast<std::int64_t>(job_class.gpus) > reservation.extra;
    }
    const WaitItem* found = &lane.items.front();
    if (turns_[id] == Turn::BehindLastStart) found = lane.items.first_after(last_start_);
    if (short_only) found = lane.items.min_estimate() > limit ? nullptr : lane.items.first_within(limit);
    if (found == nullptr || (best != kNone && item.before(*found))) continue;
    best = id;
    item = *found;
  }
  return best;
}

bool EasyScheduler::leaves_room(JobId job, bool ends_in_time) {
  const GangShape& shape = state_.placed_shape(job);
  const auto apply = [&](int sign) {
    std::uint32_t main_left = shape.main_pods;
    for (const Piece& piece : state_.placed_pieces()) {
      const PodRequest& pod = main_left > 0 ? shape.main : shape.rest;
      main_left -= std::min(main_left, piece.pods);
      room_.change(piece, pod, state_.table.devices(piece), sign);
    }
  };
  apply(-1);
  if (!ends_in_time && room_.fits()) return true;
  apply(+1);  // its GPUs are free again by then, or it does not start
  return ends_in_time;
}

void EasyScheduler::backfill(std::uint32_t queue, Reservation reservation) {
  turns_.assign(pending_.lanes(), Turn::All);
  const std::int64_t limit = reservation.at == kNever ? INT64_MAX : (reservation.at - state_.now).ns;
  WaitItem item;
  while (true) {
    const std::uint32_t lane = candidate(queue, reservation, item);
    if (lane == kNone) return;
    if (!state_.place(item.job)) {
      pending_.park(lane, state_.class_of(item.job));
      continue;
    }
    const bool ends_in_time = item.estimate_ns <= limit;
    if (reservation.counted) {
      reservation.extra -= ends_in_time ? 0 : state_.class_of(item.job).gpus;
    } else if (!leaves_room(item.job, ends_in_time)) {
      state_.undo_place(item.job);
      turns_[lane] = Turn::OnlyShort;
      continue;
    }
    last_start_ = item;
    std::replace(turns_.begin(), turns_.end(), Turn::OnlyShort, Turn::BehindLastStart);
    start(queue, item);
  }
}

}  // namespace seatrial
