// Victims of a job and the room that they leave; see priority_preemptor.h.
#include "policies/priority_preemptor.h"

#include <algorithm>

#include "models/disruption_budget.h"
#include "sim/check.h"
#include "sim/random.h"

namespace seatrial {
namespace {

NodeAmounts amounts_of(const PodRequest& pod) { return {pod.cpu_milli, pod.memory_mib, pod.total_milli(), 1}; }

std::vector<NodeAmounts> allocatable(const Cluster& cluster) {
  std::vector<NodeAmounts> amounts;
  for (std::uint32_t i = 0; i < cluster.nodes(); ++i) {
    const NodeId node{i};
    const std::int64_t gpus_milli = static_cast<std::int64_t>(cluster.gpus(node)) * kGpuMilli;
    amounts.push_back({cluster.cpu(node), cluster.memory(node), gpus_milli, kUnlimited});
  }
  return amounts;
}

}  // namespace

PriorityPreemptor::PriorityPreemptor(RunState& state)
    : state_(state),
      board_(allocatable(state.cluster)),
      healthy_(state.options.budgets.size(), 0),
      wanted_(state.options.budgets.size(), 0),
      counted_(state.workload.size(), 0) {}

bool PriorityPreemptor::is_under(JobId job, std::uint32_t budget) const {
  return state_.options.budgets[budget].tenant == state_.workload.tenant(job).index;
}

void PriorityPreemptor::created(JobId job) {
  if (counted_[job] != 0) return;
  counted_[job] = 1;
  for (std::uint32_t b = 0; b < wanted_.size(); ++b) {
    if (is_under(job, b)) wanted_[b] += state_.class_of(job).shapes.front().pods();
  }
}

void PriorityPreemptor::put_on_board(JobId job, const BoardRow& row) {
  BoardPod pod{row.pod, state_.workload.priority(job), state_.run(job).run_start, amounts_of(row.request), {}};
  for (std::uint32_t b = 0; b < healthy_.size(); ++b) {
    if (is_under(job, b)) pod.budgets.push_back({b, false});
  }
  board_.bind(row.node.index, pod);
}

void PriorityPreemptor::add_row(JobId job, NodeId node, const PodRequest& request) {
  std::uint32_t id = static_cast<std::uint32_t>(job_of_pod_.size());
  if (free_pods_.empty()) {
    job_of_pod_.push_back(job);
  } else {
    id = free_pods_.back();
    free_pods_.pop_back();
    job_of_pod_[id] = job;
  }
  const BoardRow row{node, id, request};
  on_board_[job.index].rows.push_back(row);
  put_on_board(job, row);
}

void PriorityPreemptor::hide(JobId job) {
  for (const BoardRow& row : on_board_.at(job.index).rows) board_.remove(row.node.index, row.pod);
}

void PriorityPreemptor::show(JobId job) {
  for (const BoardRow& row : on_board_.at(job.index).rows) put_on_board(job, row);
}

void PriorityPreemptor::take_off_board(JobId job) {
  const auto found = on_board_.find(job.index);
  if (found == on_board_.end()) return;
  hide(job);
  for (const BoardRow& row : found->second.rows) free_pods_.push_back(row.pod);
  on_board_.erase(found);
}

void PriorityPreemptor::started(JobId job) {
  take_off_board(job);  // its nomination
  const GangShape& shape = state_.shape_of(job);
  std::uint32_t main_left = shape.main_pods;
  for (const Piece& piece : state_.table.pieces(job)) {
    const bool main = main_left > 0;
    main_left -= main ? piece.pods : 0;
    for (std::uint32_t i = 0; i < piece.pods; ++i) add_row(job, piece.node, main ? shape.main : shape.rest);
  }
  on_board_[job.index].nominated = false;
  for (std::uint32_t b = 0; b < healthy_.size(); ++b) {
    if (is_under(job, b)) healthy_[b] += shape.pods();
  }
}

void PriorityPreemptor::left(JobId job) {
  const std::int64_t pods = state_.shape_of(job).pods();
  const bool was_there = on_board_.contains(job.index);
  take_off_board(job);
  for (std::uint32_t b = 0; b < healthy_.size(); ++b) {
    if (!is_under(job, b)) continue;
    wanted_[b] -= state_.class_of(job).shapes.front().pods();
    if (was_there) healthy_[b] -= pods;
  }
}

// How many more pods each budget lets go, the victims chosen so far taken off.
std::vector<std::int64_t> PriorityPreemptor::allowed(const Trial& trial) const {
  std::vector<std::int64_t> left;
  for (std::uint32_t b = 0; b < healthy_.size(); ++b) {
    const BudgetOptions& rule = state_.options.budgets[b];
    const auto status = budget_status(rule.budget, {wanted_[b], healthy_[b], wanted_[b]});
    std::int64_t pods = status ? status->disruptions_allowed : 0;
    for (const JobId victim : trial.victims) {
      if (is_under(victim, b)) pods -= static_cast<std::int64_t>(on_board_.at(victim.index).rows.size());
    }
    left.push_back(std::max<std::int64_t>(0, pods));
  }
  return left;
}

std::vector<JobId> PriorityPreemptor::jobs_of(const PreemptionCandidate& candidate) const {
  std::vector<JobId> jobs;
  for (const std::uint32_t pod : candidate.victims) {
    const JobId job = job_of_pod_[pod];
    if (std::find(jobs.begin(), jobs.end(), job) == jobs.end()) jobs.push_back(job);
  }
  return jobs;
}

// A gang goes with all its pods, wherever they are.
bool PriorityPreemptor::keeps_budgets(const PreemptionCandidate& candidate, const Trial& trial) const {
  std::vector<std::int64_t> left = allowed(trial);
  for (const JobId job : jobs_of(candidate)) {
    if (on_board_.at(job.index).nominated) continue;
    for (std::uint32_t b = 0; b < left.size(); ++b) {
      if (is_under(job, b)) left[b] -= static_cast<std::int64_t>(on_board_.at(job.index).rows.size());
    }
  }
  return std::all_of(left.begin(), left.end(), [](std::int64_t pods) { return pods >= 0; });
}

// In milli-GPU ns, or milli-GPUs.
std::int64_t PriorityPreemptor::cost_of(const PreemptionCandidate& candidate) const {
  std::int64_t cost = 0;
  for (const JobId job : jobs_of(candidate)) {
    if (on_board_.at(job.index).nominated) continue;
    const std::int64_t milli = state_.held_milli(job);
    const std::int64_t lost_ms = state_.lost_if_preempted(job).ns / 1'000'000;
    cost += state_.options.victims == VictimKey::LostWork ? milli * lost_ms : milli;
  }
  return cost;
}

bool PriorityPreemptor::better(const PreemptionCandidate& a, const PreemptionCandidate& b) const {
  if (a.budget_violations != b.budget_violations) return a.budget_violations < b.budget_violations;
  if (state_.options.victims != VictimKey::Kube) {
    const std::int64_t cost_a = cost_of(a);
    const std::int64_t cost_b = cost_of(b);
    if (cost_a != cost_b) return cost_a < cost_b;
  }
  const std::array<PreemptionCandidate, 2> both{b, a};
  return *best_candidate(both) == 1;
}

bool PriorityPreemptor::may_use(const GangShape& shape, JobId job, NodeId node) const {
  if (state_.cluster.state(node) != NodeState::Present || !state_.class_of(job).allows(state_.cluster, node)) {
    return false;
  }
  return std::find(shape.pools.begin(), shape.pools.end(), state_.cluster.pool_of(node)) != shape.pools.end();
}

// From a drawn node on, round, until there are candidates enough and the best violates no budget.
std::optional<PreemptionCandidate> PriorityPreemptor::search(const GangShape& shape, const PreemptorPod& pod,
                                                             const Trial& trial) {
  const auto nodes = static_cast<std::uint32_t>(board_.nodes());
  Random random(state_.seed(), "preemption offset", searches_++);
  const auto offset = std::min(nodes - 1, static_cast<std::uint32_t>(random.uniform() * nodes));
  const std::int64_t wanted = preemption_candidates(nodes, {});
  const std::vector<std::int64_t> left = allowed(trial);
  std::optional<PreemptionCandidate> best;
  std::int64_t found = 0;
  for (std::uint32_t step = 0; step < nodes; ++step) {
    const NodeId node{(offset + step) % nodes};
    if (!may_use(shape, trial.job, node)) continue;
    std::optional<PreemptionCandidate> candidate = board_.victims_on(node.index, pod, left);
    if (!candidate || (state_.options.keep_budgets && !keeps_budgets(*candidate, trial))) continue;
    ++found;
    if (!best || better(*candidate, *best)) best = std::move(candidate);
    if (found >= wanted && best->budget_violations == 0) break;
  }
  return best;
}

bool PriorityPreemptor::find_place(const GangShape& shape, const PodRequest& pod, Trial& trial) {
  const PreemptorPod preemptor{state_.workload.priority(trial.job), amounts_of(pod)};
  for (std::uint32_t i = 0; i < board_.nodes(); ++i) {
    if (!may_use(shape, trial.job, {i}) || !board_.fits(i, preemptor)) continue;
    add_row(trial.job, {i}, pod);
    return true;
  }
  const auto candidate = search(shape, preemptor, trial);
  if (!candidate) return false;
  for (const JobId victim : jobs_of(*candidate)) {
    hide(victim);
    trial.victims.push_back(victim);
  }
  add_row(trial.job, {candidate->node}, pod);
  return true;
}

// On success the victims are hidden and the job's pods stand on the board; else nothing has changed.
bool PriorityPreemptor::try_shape(const GangShape& shape, Trial& trial) {
  bool placed = true;
  for (std::uint32_t pod = 0; pod < shape.pods() && placed; ++pod) {
    placed = find_place(shape, pod < shape.main_pods ? shape.main : shape.rest, trial);
  }
  if (placed && !trial.victims.empty()) return true;
  take_off_board(trial.job);
  for (const JobId victim : trial.victims) show(victim);
  trial.victims.clear();
  return false;
}

std::vector<JobId> PriorityPreemptor::victims_for(JobId job) {
  if (const auto found = on_board_.find(job.index); found != on_board_.end()) {
    const auto& victims = found->second.victims;
    if (std::any_of(victims.begin(), victims.end(), [&](JobId victim) { return state_.is_draining(victim); }))
      return {};
    take_off_board(job);
  }
  Trial trial{job, {}};
  const RequestClass& job_class = state_.class_of(job);
  for (const GangShape& shape : job_class.shapes) {
    if (shape.main.is_share() || !try_shape(shape, trial)) continue;
    std::vector<JobId> running;
    for (const JobId victim : trial.victims) {
      if (!on_board_.at(victim.index).nominated) running.push_back(victim);
    }
    for (const JobId victim : running) {
      for (std::uint32_t b = 0; b < healthy_.size(); ++b) {
        if (is_under(victim, b)) healthy_[b] -= static_cast<std::int64_t>(on_board_.at(victim.index).rows.size());
      }
    }
    for (const JobId victim : trial.victims) {
      for (const BoardRow& row : on_board_.at(victim.index).rows) free_pods_.push_back(row.pod);
      on_board_.erase(victim.index);
    }
    on_board_[job.index].victims = running;
    on_board_[job.index].nominated = true;
    return running;
  }
  return {};
}

// What of the room is not free yet cannot be given away: the rest of it is taken.
void PriorityPreemptor::reserve_nominated(JobId job) {
  for (const auto& [other, entry] : on_board_) {
    if (!entry.nominated || other == job.index || state_.workload.priority({other}) < state_.workload.priority(job)) {
      continue;
    }
    for (const BoardRow& row : entry.rows) {
      PodRequest pod = row.request;
      pod.gpus = std::min(pod.gpus, state_.cluster.free_gpus(row.node));
      pod.gpu_milli = pod.gpus == 0 ? 0 : pod.gpu_milli;
      pod.cpu_milli = std::min(pod.cpu_milli, state_.cluster.cpu_free(row.node));
      pod.memory_mib = std::min(pod.memory_mib, state_.cluster.memory_free(row.node));
      if (!state_.cluster.fits(row.node, pod)) continue;
      reserved_.push_back({state_.cluster.bind(row.node, pod, 1, reserved_devices_), pod});
    }
  }
}

void PriorityPreemptor::drop_reservations() {
  for (auto at = reserved_.rbegin(); at != reserved_.rend(); ++at) {
    std::span<const std::uint16_t> devices;
    if (state_.cluster.tracks_devices()) devices = {reserved_devices_.data() + at->piece.first_device, at->piece.gpus};
    state_.cluster.release(at->piece, at->pod, devices);
  }
  reserved_.clear();
  reserved_devices_.clear();
}

}  // namespace seatrial
