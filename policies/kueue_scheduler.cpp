// The admission cycle; see kueue_scheduler.h.
#include "policies/kueue_scheduler.h"

#include <algorithm>
#include <utility>

#include "policies/kueue_candidates.h"
#include "sim/check.h"

namespace seatrial {

// What a search for victims would give for one resource alone.
class KueueScheduler::Oracle final : public PreemptionOracle {
 public:
  Oracle(KueueScheduler& scheduler, const AdmissionEntry& entry) : scheduler_(scheduler), entry_(entry) {}

  SimulatedPreemption simulate(QuotaAmount amount) override {
    asked_ = amount;
    victims_ =
        scheduler_.victims({entry_.queue, entry_.workload.priority, entry_.workload.queued_at, {amount}, {amount.of}});
    const std::vector<Victim>& victims = victims_;
    const QuotaView view = scheduler_.view();
    for (const Victim& victim : victims) take_away(view, victim.id);
    SimulatedPreemption result;
    result.borrowing = lowest_fit(scheduler_.tree_, entry_.queue, amount).height;
    for (const Victim& victim : victims) give_back(view, victim.id);
    if (victims.empty()) return result;
    const bool own = std::any_of(victims.begin(), victims.end(), [&](const Victim& victim) {
      return scheduler_.held_[victim.id].queue == entry_.queue;
    });
    result.outlook = own ? PreemptionOutlook::Preempt : PreemptionOutlook::Reclaim;
    return result;
  }

  // The victims found last, if the whole request is what was asked for then.
  [[nodiscard]] const std::vector<Victim>* answered(const QuotaRequest& request) const {
    const bool same = request.short_of.size() == 1 && request.usage == QuotaAmounts{asked_};
    return same ? &victims_ : nullptr;
  }

 private:
  KueueScheduler& scheduler_;
  const AdmissionEntry& entry_;
  QuotaAmount asked_;
  std::vector<Victim> victims_;
};

KueueScheduler::KueueScheduler(KueueRules rules)
    : rules_(std::move(rules)),
      tree_(rules_.quotas),
      shares_(tree_),
      preemption_(tree_.nodes()),
      held_(tree_.nodes()),
      finder_(view()),
      pending_(tree_) {
  CHECK(rules_.queues.size() == tree_.nodes());
  CHECK(!rules_.strategies.empty());
  for (std::uint32_t i = 0; i < tree_.nodes(); ++i) {
    const QuotaNodeId id{i};
    if (tree_.node(id).is_cohort) continue;
    queues_.push_back(id);
    preemption_[id] = rules_.queues[id].preemption;
    const bool reclaims = rules_.fair_sharing && preemption_[id].reclaim_within_cohort != PreemptionPolicy::Never;
    rules_.queues[id].flavors.preempts_while_borrowing = preemption_[id].borrow_within_cohort || reclaims;
  }
}

HeldQuotaId KueueScheduler::submit(KueueWorkload workload) {
  const HeldQuotaId id{static_cast<std::uint32_t>(workloads_.size())};
  CHECK(!tree_.node(workload.queue).is_cohort);
  shapes_.push_back(shape_of(workload));
  pending_.push(workload.queue, {id, workload.priority, workload.queued_at, shapes_[id]});
  workloads_.push_back(std::move(workload));
  return id;
}

// Requests with node selectors or tolerations are not compared: each is a shape of its own.
RequestShapeId KueueScheduler::shape_of(const KueueWorkload& workload) {
  std::vector<std::int64_t> key;
  for (const KueuePodSet& set : workload.pod_sets) {
    const PodSetRequest& request = set.request;
    if (!request.node_selector.empty() || !request.tolerations.empty())
      key.push_back(-1 - static_cast<std::int64_t>(workloads_.size()));
    key.push_back(request.count);
    key.push_back(set.min_count ? std::int64_t{*set.min_count} : -1);
    for (const ResourceAmount& each : request.per_pod) {
      key.push_back(each.of.index);
      key.push_back(each.amount);
    }
    key.push_back(-1);
    for (const ResourceFlavorId flavor : request.unusable) key.push_back(flavor.index);
    key.push_back(-1);
  }
  const RequestShapeId next{static_cast<std::uint32_t>(known_shapes_.size())};
  return known_shapes_.emplace(std::move(key), next).first->second;
}

HeldQuotaId KueueScheduler::hold(KueueWorkload workload, QuotaAmounts usage, std::int64_t now) {
  const HeldQuotaId id{static_cast<std::uint32_t>(workloads_.size())};
  CHECK(!tree_.node(workload.queue).is_cohort);
  shapes_.push_back(shape_of(workload));
  tree_.add_usage(workload.queue, usage);
  held_.add(id, {workload.queue, workload.priority, now, workload.queued_at, false, std::move(usage)});
  workloads_.push_back(std::move(workload));
  return id;
}

void KueueScheduler::release(HeldQuotaId id) {
  tree_.remove_usage(held_[id].queue, held_[id].usage);
  held_.remove(id);
  pending_.wake_tree(workloads_[id].queue);
}

void KueueScheduler::finish(HeldQuotaId id) { release(id); }

void KueueScheduler::give_up(HeldQuotaId id) {
  const KueueWorkload& workload = workloads_[id];
  pending_.push(workload.queue, {id, workload.priority, workload.queued_at, shapes_[id]});
  release(id);
}

QuotaLimit KueueScheduler::limit_of(HeldQuotaId id) const {
  const KueueWorkload& workload = workloads_[id];
  return quota_limit(tree_, workload.queue, rules_.queues[workload.queue].flavors, workload.pod_sets.front().request);
}

std::vector<Victim> KueueScheduler::victims(const QuotaRequest& request) {
  return rules_.fair_sharing ? finder_.fair(request, rules_.strategies) : finder_.classical(request);
}

CycleResult KueueScheduler::cycle(std::int64_t now) {
  CycleResult result;
  pending_.wake();
  std::vector<AdmissionEntry> entries = nominate();
  const auto handle = [&](AdmissionEntry& entry) {
    const Outcome outcome = process(entry, now, result);
    if (outcome != Outcome::Admitted) result.passed_over.push_back(entry.workload.id);
    requeue(entry, outcome);
  };
  if (rules_.fair_sharing) {
    ShareTournament order(tree_, shares_, entries);
    for (auto next = order.pop(); next; next = order.pop()) handle(entries[*next]);
  } else {
    sort_classical(entries);
    for (AdmissionEntry& entry : entries) handle(entry);
  }
  // What was passed over is tried again at once if this cycle changed anything; else the next would end the same.
  if (!result.admitted.empty() || !result.evicted.empty()) {
    for (const QuotaNodeId queue : skipped_) pending_.advance(queue);
  }
  skipped_.clear();
  for (const auto& [queue, amounts] : reserved_) tree_.remove_usage(queue, amounts);
  reserved_.clear();
  preempted_.clear();
  return result;
}

std::vector<AdmissionEntry> KueueScheduler::nominate() {
  std::vector<AdmissionEntry> entries;
  finder_.forget();
  for (const QuotaNodeId queue : queues_) {
    PendingWorkload head;
    if (!pending_.pop_head(queue, head)) continue;
    AdmissionEntry& entry = entries.emplace_back();
    entry.queue = queue;
    entry.workload = head;
    assign(entry);
  }
  return entries;
}

// All pods, at once or by preemption; else the smallest reduction that works in one of these ways; else what is.
void KueueScheduler::assign(AdmissionEntry& entry) {
  std::vector<PodSetCount> counts;
  std::vector<std::uint32_t> all;
  for (const KueuePodSet& set : workloads_[entry.workload.id].pod_sets) {
    counts.push_back({set.request.count, set.min_count});
    all.push_back(set.request.count);
  }
  if (try_counts(entry, all)) return;
  CountSearch search(std::move(counts));
  AdmissionEntry reduced = entry;
  AdmissionEntry best = entry;
  while (!search.done()) {
    const std::vector<std::uint32_t> fewer = search.counts();
    const bool works = try_counts(reduced, fewer);
    search.answer(works);
    if (works) best = reduced;
  }
  if (search.found()) entry = std::move(best);
}

bool KueueScheduler::try_counts(AdmissionEntry& entry, const std::vector<std::uint32_t>& counts) {
  std::vector<PodSetRequest> requests;
  const std::vector<KueuePodSet>& sets = workloads_[entry.workload.id].pod_sets;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    requests.push_back(sets[i].request);
    requests.back().count = counts[i];
  }
  Oracle oracle(*this, entry);
  const FlavorQuestion question{tree_, entry.queue, rules_.queues[entry.queue].flavors, rules_.flavors, rules_.pods};
  entry.assignment = assign_flavors(question, requests, oracle);
  entry.counts = counts;
  entry.victims.clear();
  if (entry.assignment.mode != FlavorMode::Preempt) return entry.assignment.mode == FlavorMode::Fit;
  QuotaRequest request{entry.queue, entry.workload.priority, entry.workload.queued_at, entry.assignment.usage, {}};
  for (const std::vector<FlavorChoice>& set : entry.assignment.pod_sets) {
    for (const FlavorChoice& choice : set) {
      if (choice.mode == FlavorMode::Preempt) request.short_of.push_back(choice.pair);
    }
  }
  const std::vector<Victim>* known = oracle.answered(request);
  entry.victims = known != nullptr ? *known : victims(request);
  return !entry.victims.empty();
}

KueueScheduler::Outcome KueueScheduler::process(AdmissionEntry& entry, std::int64_t now, CycleResult& result) {
  if (entry.assignment.mode == FlavorMode::NoFit) return Outcome::Refused;
  if (entry.assignment.mode == FlavorMode::Preempt && entry.victims.empty()) {
    // Quota that it cannot be sure to get back later is kept from those after it in this cycle.
    const bool reclaims = preemption_[entry.queue].reclaim_within_cohort == PreemptionPolicy::Any;
    if (!reclaims) reserve(entry.queue, to_reserve(entry));
    return Outcome::Refused;
  }
  const bool overlaps = std::any_of(entry.victims.begin(), entry.victims.end(), [&](const Victim& victim) {
    return std::find(preempted_.begin(), preempted_.end(), victim.id) != preempted_.end();
  });
  if (overlaps || !fits_without(entry)) return Outcome::Skipped;
  if (entry.assignment.mode == FlavorMode::Preempt) {
    for (const Victim& victim : entry.victims) {
      preempted_.push_back(victim.id);
      if (!held_[victim.id].evicted) result.evicted.push_back({victim.id, entry.workload.id, victim.reason});
      held_.set_evicted(victim.id);
    }
    reserve(entry.queue, entry.assignment.usage);
    return Outcome::Preempting;
  }
  if (!fits_beside_victims(entry)) return Outcome::Skipped;
  tree_.add_usage(entry.queue, entry.assignment.usage);
  held_.add(entry.workload.id,
            {entry.queue, entry.workload.priority, now, entry.workload.queued_at, false, entry.assignment.usage});
  result.admitted.push_back({entry.workload.id, entry.assignment, entry.counts});
  return Outcome::Admitted;
}

// Whether it fits once the victims of this cycle so far and its own are gone.
bool KueueScheduler::fits_without(const AdmissionEntry& entry) {
  const QuotaView all = view();
  std::vector<HeldQuotaId> gone;
  for (const HeldQuotaId id : preempted_) {
    if (tree_.root(held_[id].queue) == tree_.root(entry.queue)) gone.push_back(id);
  }
  for (const Victim& victim : entry.victims) gone.push_back(victim.id);
  for (const HeldQuotaId id : gone) take_away(all, id);
  const bool fits = tree_.fits(entry.queue, entry.assignment.usage);
  for (const HeldQuotaId id : gone) give_back(all, id);
  return fits;
}

// Whether it fits while the victims of this cycle still hold their quota and their preemptors hold none. Kueue does not
// ask this: for as long as victims take to go it may hand out more than there is.
bool KueueScheduler::fits_beside_victims(const AdmissionEntry& entry) {
  if (preempted_.empty()) return true;
  const auto of_tree = [&](QuotaNodeId queue) { return tree_.root(queue) == tree_.root(entry.queue); };
  for (const auto& [queue, amounts] : reserved_) {
    if (of_tree(queue)) tree_.remove_usage(queue, amounts);
  }
  const bool fits = tree_.fits(entry.queue, entry.assignment.usage);
  for (const auto& [queue, amounts] : reserved_) {
    if (of_tree(queue)) tree_.add_usage(queue, amounts);
  }
  return fits;
}

void KueueScheduler::reserve(QuotaNodeId queue, const QuotaAmounts& amounts) {
  tree_.add_usage(queue, amounts);
  reserved_.emplace_back(queue, amounts);
}

// Up to the nominal quota, or, where it would borrow, up to the borrowing limit.
QuotaAmounts KueueScheduler::to_reserve(const AdmissionEntry& entry) const {
  QuotaAmounts amounts;
  for (const QuotaAmount& each : entry.assignment.usage) {
    const auto limit = tree_.borrowing_limit(entry.queue, each.of);
    std::int64_t most = tree_.subtree_quota(entry.queue, each.of) - tree_.usage(entry.queue, each.of);
    if (entry.assignment.borrowing > 0) most = limit ? most + *limit : each.amount;
    amounts.push_back({each.of, std::max<std::int64_t>(0, std::min(each.amount, most))});
  }
  return amounts;
}

void KueueScheduler::requeue(const AdmissionEntry& entry, Outcome outcome) {
  switch (outcome) {
    case Outcome::Admitted:
      remember_tried(entry, false);
      pending_.advance(entry.queue);
      return;
    case Outcome::Preempting:  // it stays the head and keeps its claim until its victims are gone
      remember_tried(entry, false);
      pending_.keep_first(entry.queue, entry.workload);
      return;
    case Outcome::Skipped:
      remember_tried(entry, false);
      pending_.put_back(entry.queue, entry.workload, false);
      skipped_.push_back(entry.queue);
      return;
    case Outcome::Refused:
      break;
  }
  const bool more_flavors = std::any_of(
      entry.assignment.pod_sets.begin(), entry.assignment.pod_sets.end(), [](const std::vector<FlavorChoice>& set) {
        return std::any_of(set.begin(), set.end(), [](const FlavorChoice& choice) { return choice.tried >= 0; });
      });
  remember_tried(entry, more_flavors);
  if (more_flavors || rules_.queues[entry.queue].strict_fifo) {
    pending_.put_back(entry.queue, entry.workload, more_flavors);
  } else {
    pending_.park(entry.queue, entry.workload);
  }
}

// The next try goes on after the flavors that were tried, as long as some are left.
void KueueScheduler::remember_tried(const AdmissionEntry& entry, bool keep) {
  std::vector<KueuePodSet>& sets = workloads_[entry.workload.id].pod_sets;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    sets[i].request.tried.clear();
    if (!keep || i >= entry.assignment.pod_sets.size()) continue;
    for (const FlavorChoice& choice : entry.assignment.pod_sets[i]) {
      std::vector<std::int32_t>& tried = sets[i].request.tried;
      tried.resize(std::max(tried.size(), std::size_t{choice.resource.index} + 1), -1);
      tried[choice.resource.index] = choice.tried;
    }
  }
}

}  // namespace seatrial
