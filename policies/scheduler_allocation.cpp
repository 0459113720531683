// Questions to an allocator and what follows from its answers; see scheduler_allocation.h.
#include "policies/scheduler_allocation.h"

#include <algorithm>

#include "sim/check.h"

namespace seatrial {

AllocationScheduler::AllocationScheduler(RunState& state, std::unique_ptr<QueueOrder> order, AllocationInput input)
    : Scheduler(state, std::move(order), false), input_(std::move(input)) {
  state_.record_started = true;
}

void AllocationScheduler::enqueue(JobId job) {
  Scheduler::enqueue(job);
  changed_ = true;
  stuck_ = false;
}

void AllocationScheduler::left(JobId job) {
  Scheduler::left(job);
  std::erase(running_, job);
  input_.allocator->left(job);
  changed_ = true;
}

void AllocationScheduler::started_outside(JobId job) {
  const auto at =
      std::lower_bound(running_.begin(), running_.end(), job, [](JobId a, JobId b) { return a.index < b.index; });
  if (at == running_.end() || *at != job) running_.insert(at, job);
}

double AllocationScheduler::speed_in(const RequestClass& job_class, PoolId pool) const {
  if (std::find(job_class.pools.begin(), job_class.pools.end(), pool) == job_class.pools.end()) return 0;
  const double gpus = static_cast<double>(job_class.total_milli) / 1000;
  return gpus > gpus_[pool.index] ? 0 : state_.speed_in(job_class.request, pool);
}

void AllocationScheduler::add(JobId job, bool running) {
  const RequestClass& job_class = state_.class_of(job);
  ActiveJob active;
  active.view = state_.view(job);
  active.gpus = static_cast<double>(job_class.total_milli) / 1000;
  active.age_s = (state_.now - active.view.submit).seconds();
  const std::uint32_t tenant = state_.workload.tenant(job).index;
  if (tenant < input_.tenant_weight.size()) active.weight = input_.tenant_weight[tenant];
  if (running) active.pool = state_.cluster.pool_of(state_.table.pieces(job).front().node).index;
  active.preemptions = state_.table.preemptions[job];
  active.restart_s = state_.options.overheads.at_start(active.view.gpus, true).seconds();
  active_.push_back(active);
}

std::vector<WaitItem> AllocationScheduler::in_line(bool without_gpus, std::size_t most) const {
  std::vector<WaitItem> found;
  const auto before = [](const WaitItem& a, const WaitItem& b) { return a.before(b); };
  for (std::uint32_t id = 0; id < pending_.lanes(); ++id) {
    const Lane& lane = pending_.lane(id);
    if (lane.items.empty()) continue;
    if ((state_.class_of(lane.items.front().job).total_milli == 0) != without_gpus) continue;
    std::size_t taken = 0;
    lane.items.visit([&](const WaitItem& item) {
      found.push_back(item);
      return ++taken < most;
    });
    if (found.size() <= 2 * most) continue;
    std::nth_element(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(most), found.end(), before);
    found.resize(most);
  }
  std::sort(found.begin(), found.end(), before);
  if (found.size() > most) found.resize(most);
  return found;
}

// All that runs, and of what waits the first in line; in submit order.
void AllocationScheduler::collect() {
  gpus_.clear();
  for (const Pool& pool : state_.cluster.pools()) gpus_.push_back(static_cast<double>(pool.total_milli) / 1000);
  active_.clear();
  for (const JobId job : running_) {
    if (state_.class_of(job).total_milli > 0) add(job, true);
  }
  const std::size_t counted = input_.allocator->on_events() ? 0 : active_.size();
  const std::size_t room = input_.most_jobs > counted ? input_.most_jobs - counted : 0;
  left_out_ = false;
  if (room > 0) {
    const std::vector<WaitItem> line = in_line(false, room);
    for (const WaitItem& item : line) add(item.job, false);
    left_out_ = line.size() == room;
  }
  std::sort(active_.begin(), active_.end(),
            [](const ActiveJob& a, const ActiveJob& b) { return a.view.job.index < b.view.job.index; });
  speed_.clear();
  for (const ActiveJob& active : active_) {
    const RequestClass& job_class = state_.class_of(active.view.job);
    for (std::uint32_t pool = 0; pool < gpus_.size(); ++pool) speed_.push_back(speed_in(job_class, {pool}));
  }
}

// Who would keep nothing of this run stays: where a restart takes as long as a round, jobs would only ever restart.
void AllocationScheduler::preempt_movers() {
  for (std::size_t i = 0; i < active_.size(); ++i) {
    const JobId job = active_[i].view.job;
    if (active_[i].pool == kNoPool || active_[i].pool == choice_[i]) continue;
    if (active_[i].view.executed - state_.lost_if_preempted(job) <= state_.run(job).executed) {
      choice_[i] = active_[i].pool;
      continue;
    }
    std::erase(running_, job);
    state_.preempt(job);
    // One that still writes its checkpoint joins the queue when that is done.
    if (state_.table.state[job] == JobState::Pending) Scheduler::enqueue(job);
  }
}

void AllocationScheduler::start_chosen() {
  std::erase_if(chosen_, [&](const Chosen& chosen) {
    if (state_.table.state[chosen.job] != JobState::Pending) return state_.run(chosen.job).draining == 0;
    const WaitItem item = item_of(chosen.job);
    if (!state_.place_in(chosen.job, {chosen.pool})) return false;
    state_.commit_start(chosen.job, WaitReason::Fragmentation, true);
    pending_.erase(queue_of(chosen.job), state_.workload.request_id(chosen.job), item);
    return true;
  });
}

void AllocationScheduler::begin_round() {
  chosen_.clear();
  collect();
  choice_.assign(active_.size(), kNoPool);
  if (!active_.empty()) {
    input_.allocator->assign({state_.now, active_, speed_, gpus_, input_.usd_per_gpu_hour, changed_}, choice_);
  }
  changed_ = false;
  preempt_movers();
  for (std::size_t i = 0; i < active_.size(); ++i) {
    if (choice_[i] != kNoPool && choice_[i] != active_[i].pool) chosen_.push_back({active_[i].view.job, choice_[i]});
  }
}

void AllocationScheduler::start_anywhere(bool without_gpus_only) {
  for (const bool without_gpus : {true, false}) {
    if (!without_gpus && without_gpus_only) return;
    if (pending_.jobs() == 0) return;
    for (const WaitItem& item : in_line(without_gpus, pending_.jobs())) {
      if (!state_.try_start(item.job, WaitReason::Fragmentation)) continue;
      pending_.erase(queue_of(item.job), state_.workload.request_id(item.job), item);
    }
  }
}

// `taken`: of those that started during this instant, how many are in running_ already.
void AllocationScheduler::take_up_started(std::size_t& taken) {
  for (; taken < state_.started.size(); ++taken) started_outside(state_.started[taken]);
}

void AllocationScheduler::pass() {
  state_.clear_freed();
  const bool on_events = input_.allocator->on_events();
  const bool asked = round_due_ || (changed_ && on_events);
  round_due_ = false;
  if (asked) begin_round();
  start_chosen();
  std::size_t taken = 0;
  // Where not all could be asked about, the next in line have their turn as soon as those before them have started.
  while (asked && on_events && left_out_ && taken < state_.started.size()) {
    take_up_started(taken);
    begin_round();
    start_chosen();
  }
  const bool idle = asked && state_.running == 0;
  start_anywhere(!idle);
  stuck_ = idle && state_.running == 0 && pending_.jobs() > 0;
  take_up_started(taken);
  mark_newcomers();
}

}  // namespace seatrial
