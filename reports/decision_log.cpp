// See decision_log.h.
#include "reports/decision_log.h"

#include <algorithm>
#include <iterator>

namespace seatrial {
namespace {

// A full log may end in the middle of an instant: what it holds for certain.
std::span<const Decision> certain(std::span<const Decision> log) {
  if (log.size() < DecisionLog::kMost) return log;
  std::size_t end = log.size();
  while (end > 0 && log[end - 1].at == log.back().at) --end;
  return log.first(end);
}

std::vector<Decision> only_in(std::span<const Decision> one, std::span<const Decision> two) {
  std::vector<Decision> a(one.begin(), one.end());
  std::vector<Decision> b(two.begin(), two.end());
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  std::vector<Decision> out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

// Decisions of the first instant of `log`, if that is `at`.
std::span<const Decision> of_instant(std::span<const Decision> log, Time at) {
  const auto end = std::find_if(log.begin(), log.end(), [&](const Decision& decision) { return decision.at != at; });
  return log.first(static_cast<std::size_t>(end - log.begin()));
}

std::optional<Parting> part_one_by_one(std::span<const Decision> one, std::span<const Decision> two) {
  const auto [a, b] = std::mismatch(one.begin(), one.end(), two.begin(), two.end());
  if (a == one.end() || b == two.end()) return std::nullopt;  // every job is one decision: one of them is cut
  return Parting{a->at, static_cast<std::uint64_t>(a - one.begin()), {*a}, {*b}};
}

}  // namespace

void DecisionLog::observe(std::span<const Fact> facts) {
  for (const Fact& fact : facts) {
    // The node is told by what follows the start.
    if (fact.kind == FactKind::Bound && !decisions_.empty() && decisions_.back().job == fact.job &&
        decisions_.back().node == NodeId::kNone) {
      decisions_.back().node = fact.node;
    }
    if (decisions_.size() == kMost) continue;
    const bool is_failure = sequential_ && fact.kind == FactKind::Failed;
    if (fact.kind == FactKind::Started) decisions_.push_back({fact.at, fact.job});
    if (fact.kind == FactKind::Resumed) decisions_.push_back({fact.at, fact.job, NodeId::kNone, DecisionKind::Resume});
    if (fact.kind == FactKind::Preempted) {
      decisions_.push_back({fact.at, fact.job, NodeId::kNone, DecisionKind::Preempt});
    }
    if (is_failure) decisions_.push_back({fact.at, fact.job, NodeId::kNone, DecisionKind::Fail});
  }
}

std::optional<Parting> find_parting(std::span<const Decision> one, std::span<const Decision> two, bool sequential) {
  if (sequential) return part_one_by_one(one, two);
  const bool cut = one.size() == DecisionLog::kMost || two.size() == DecisionLog::kMost;
  one = certain(one);
  two = certain(two);
  std::uint64_t position = 0;
  while (!one.empty() || !two.empty()) {
    if (cut && (one.empty() || two.empty())) return std::nullopt;  // the rest of one of them is not known
    const Time at = one.empty() || (!two.empty() && two.front().at < one.front().at) ? two.front().at : one.front().at;
    const auto a = of_instant(one, at);
    const auto b = of_instant(two, at);
    Parting parting{at, position, only_in(a, b), only_in(b, a)};
    if (!parting.one.empty() || !parting.two.empty()) return parting;
    position += a.size();
    one = one.subspan(a.size());
    two = two.subspan(b.size());
  }
  return std::nullopt;
}

}  // namespace seatrial
