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
    QuotaRequest& request = scheduler_.simulated_;
    request.queue = entry_.queue;
    request.priority = entry_.workload.priority;
    request.queued_at = entry_.workload.queued_at;
    request.usage.assign(1, amount);
    request.short_of.assign(1, amount.of);
    asked_ = amount;
    victims_ = scheduler_.victims(request);
    const QuotaView view = scheduler_.view();
    for (const Victim& victim : victims_) take_away(view, victim.id);
    SimulatedPreemption result;
    result.borrowing = lowest_fit(scheduler_.tree_, entry_.queue, amount).height;
    for (const Victim& victim : victims_) give_back(view, victim.id);
    if (victims_.empty()) return result;
    const bool own = std::any_of(victims_.begin(), victims_.end(), [&](const Victim& victim) {
      return scheduler_.held_[victim.id].queue == entry_.queue;
    });
    result.outlook = own ? PreemptionOutlook::Preempt : PreemptionOutlook::Reclaim;
    return result;
  }

  // Whether the whole request is what was asked for last.
  [[nodiscard]] bool answered(const QuotaAmounts& usage) const { return usage.size() == 1 && usage.front() == asked_; }
  [[nodiscard]] std::vector<Victim>& victims() { return victims_; }

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
      pending_(tree_),
      nominations_(tree_.nodes()) {
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
  resumes_.push_back(0);
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
  resumes_.push_back(0);
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
  nominate();
  const auto handle = [&](AdmissionEntry& entry) {
    const Outcome outcome = process(entry, now, result);
    if (outcome != Outcome::Admitted) result.passed_over.push_back(entry.workload.id);
    requeue(entry, outcome);
  };
  if (rules_.fair_sharing) {
    ShareTournament order(tree_, shares_, entries_);
    for (auto next = order.pop(); next; next = order.pop()) handle(*entries_[*next]);
  } else {
    sort_classical(entries_);
    for (AdmissionEntry* entry : entries_) handle(*entry);
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

void KueueScheduler::nominate() {
  entries_.clear();
  finder_.forget();
  for (const QuotaNodeId queue : queues_) {
    PendingWorkload head;
    if (pending_.pop_head(queue, head)) entries_.push_back(&nominate(queue, head));
  }
}

AdmissionEntry& KueueScheduler::nominate(QuotaNodeId queue, const PendingWorkload& head) {
  Nominations& nominations = nominations_[queue];
  for (std::uint8_t i = 0; i < 2 && resumes_[head.id] == 0; ++i) {
    if (nominations.kept[i].entry.workload.id != head.id || !holds(nominations.kept[i])) continue;
    EXPENSIVE_CHECK(would_be_made_again(nominations.kept[i].entry));
    nominations.latest = i;
    return nominations.kept[i].entry;
  }
  nominations.latest ^= 1;
  Nomination& nomination = nominations.kept[nominations.latest];
  nomination.entry.queue = queue;
  nomination.entry.workload = head;
  finder_.watch();
  assign(nomination.entry);
  nomination.known = resumes_[head.id] == 0 && !finder_.looked_beyond();
  if (nomination.known) remember(nomination);
  return nomination.entry;
}

void KueueScheduler::remember(Nomination& nomination) {
  nomination.held_changes = held_.changes(nomination.entry.queue);
  nomination.usages.clear();
  for (QuotaNodeId node = nomination.entry.queue; node.valid(); node = tree_.parent(node)) {
    for (std::uint32_t of = 0; of < tree_.flavor_resources(); ++of) {
      nomination.usages.push_back(tree_.usage(node, FlavorResourceId{of}));
    }
  }
}

bool KueueScheduler::holds(const Nomination& nomination) const {
  if (!nomination.known || nomination.held_changes != held_.changes(nomination.entry.queue)) return false;
  std::size_t at = 0;
  for (QuotaNodeId node = nomination.entry.queue; node.valid(); node = tree_.parent(node)) {
    for (std::uint32_t of = 0; of < tree_.flavor_resources(); ++of) {
      if (nomination.usages[at++] != tree_.usage(node, FlavorResourceId{of})) return false;
    }
  }
  return true;
}

bool KueueScheduler::would_be_made_again(const AdmissionEntry& entry) {
  AdmissionEntry anew = entry;
  assign(anew);
  const auto same_victim = [](const Victim& a, const Victim& b) { return a.id == b.id && a.reason == b.reason; };
  return anew.assignment.mode == entry.assignment.mode && anew.assignment.usage == entry.assignment.usage &&
         anew.assignment.borrowing == entry.assignment.borrowing && anew.counts == entry.counts &&
         std::equal(anew.victims.begin(), anew.victims.end(), entry.victims.begin(), entry.victims.end(), same_victim);
}

// All pods, at once or by preemption; else the smallest reduction that works in one of these ways; else what is.
void KueueScheduler::assign(AdmissionEntry& entry) {
  const std::vector<KueuePodSet>& sets = workloads_[entry.workload.id].pod_sets;
  std::vector<std::uint32_t> all = std::move(entry.counts);
  all.clear();
  for (const KueuePodSet& set : sets) all.push_back(set.request.count);
  if (try_counts(entry, std::move(all))) return;
  if (std::none_of(sets.begin(), sets.end(), [](const KueuePodSet& set) { return set.min_count.has_value(); })) return;
  std::vector<PodSetCount> counts;
  for (const KueuePodSet& set : sets) counts.push_back({set.request.count, set.min_count});
  CountSearch search(std::move(counts));
  AdmissionEntry reduced = entry;
  AdmissionEntry best = entry;
  while (!search.done()) {
    const bool works = try_counts(reduced, search.counts());
    search.answer(works);
    if (works) best = reduced;
  }
  if (search.found()) entry = std::move(best);
}

bool KueueScheduler::try_counts(AdmissionEntry& entry, std::vector<std::uint32_t> counts) {
  const std::vector<KueuePodSet>& sets = workloads_[entry.workload.id].pod_sets;
  requests_.resize(sets.size());
  for (std::size_t i = 0; i < sets.size(); ++i) {
    requests_[i] = sets[i].request;
    requests_[i].count = counts[i];
  }
  Oracle oracle(*this, entry);
  const FlavorQuestion question{tree_, entry.queue, rules_.queues[entry.queue].flavors, rules_.flavors, rules_.pods};
  entry.assignment = assign_flavors(question, requests_, oracle);
  entry.counts = std::move(counts);
  entry.victims.clear();
  if (entry.assignment.mode != FlavorMode::Preempt) return entry.assignment.mode == FlavorMode::Fit;
  if (oracle.answered(entry.assignment.usage)) {
    entry.victims = std::move(oracle.victims());
    return !entry.victims.empty();
  }
  QuotaRequest request{entry.queue, entry.workload.priority, entry.workload.queued_at, entry.assignment.usage, {}};
  for (const std::vector<FlavorChoice>& set : entry.assignment.pod_sets) {
    for (const FlavorChoice& choice : set) {
      if (choice.mode == FlavorMode::Preempt) request.short_of.push_back(choice.pair);
    }
  }
  entry.victims = victims(request);
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
  gone_.clear();
  for (const HeldQuotaId id : preempted_) {
    if (tree_.root(held_[id].queue) == tree_.root(entry.queue)) gone_.push_back(id);
  }
  for (const Victim& victim : entry.victims) gone_.push_back(victim.id);
  for (const HeldQuotaId id : gone_) take_away(all, id);
  const bool fits = tree_.fits(entry.queue, entry.assignment.usage);
  for (const HeldQuotaId id : gone_) give_back(all, id);
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
  if (!keep && resumes_[entry.workload.id] == 0) return;
  resumes_[entry.workload.id] = keep ? 1 : 0;
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
