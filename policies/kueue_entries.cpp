// Order of the entries of a cycle; see kueue_entries.h.
#include "policies/kueue_entries.h"

#include <algorithm>

namespace seatrial {
namespace {

bool earlier(const PendingWorkload& a, const PendingWorkload& b) {
  if (a.priority != b.priority) return a.priority > b.priority;
  if (a.queued_at != b.queued_at) return a.queued_at < b.queued_at;
  return a.id < b.id;
}

}  // namespace

void sort_classical(std::vector<AdmissionEntry*>& entries) {
  struct Place {
    std::uint32_t borrowing;
    PendingWorkload workload;
    AdmissionEntry* entry;
  };
  std::vector<Place> places;
  places.reserve(entries.size());
  for (AdmissionEntry* entry : entries) places.push_back({entry->assignment.borrowing, entry->workload, entry});
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    if (a.borrowing != b.borrowing) return a.borrowing < b.borrowing;
    return earlier(a.workload, b.workload);
  });
  for (std::size_t i = 0; i < places.size(); ++i) entries[i] = places[i].entry;
}

ShareTournament::ShareTournament(QuotaTree& tree, const QuotaShares& shares,
                                 const std::vector<AdmissionEntry*>& entries)
    : tree_(tree), shares_(shares), entries_(entries), entry_of_(tree.nodes(), kNone), winners_(tree.nodes()) {
  for (std::uint32_t i = 0; i < entries.size(); ++i) entry_of_[entries[i]->queue] = i;
  std::vector<QuotaNodeId> by_height;
  for (std::uint32_t i = 0; i < tree.nodes(); ++i) {
    by_height.push_back(QuotaNodeId{i});
    if (!tree.has_parent(QuotaNodeId{i})) roots_.push_back(QuotaNodeId{i});
  }
  std::stable_sort(by_height.begin(), by_height.end(),
                   [&](QuotaNodeId a, QuotaNodeId b) { return tree.height(a) < tree.height(b); });
  for (const QuotaNodeId node : by_height) refresh(node);
}

std::optional<std::size_t> ShareTournament::pop() {
  for (QuotaNodeId node = popped_; node.valid(); node = tree_.parent(node)) refresh(node);
  popped_ = {};
  for (; at_root_ < roots_.size(); ++at_root_) {
    const std::uint32_t entry = winners_[roots_[at_root_]].entry;
    if (entry == kNone) continue;
    popped_ = entries_[entry]->queue;
    entry_of_[popped_] = kNone;
    return entry;
  }
  return std::nullopt;
}

void ShareTournament::refresh(QuotaNodeId node) {
  Winner winner;
  if (!tree_.node(node).is_cohort) {
    winner.entry = entry_of_[node];
  } else {
    for (const std::vector<QuotaNodeId>* children : {&tree_.child_cohorts(node), &tree_.child_queues(node)}) {
      for (const QuotaNodeId child : *children) {
        const Winner& other = winners_[child];
        if (other.entry != kNone && (winner.entry == kNone || before(other, winner))) winner = other;
      }
    }
  }
  if (winner.entry != kNone) {
    const AdmissionEntry& entry = *entries_[winner.entry];
    tree_.add_usage(entry.queue, entry.assignment.usage);
    winner.share = shares_.share(node);
    tree_.remove_usage(entry.queue, entry.assignment.usage);
  }
  winners_[node] = winner;
}

bool ShareTournament::before(const Winner& a, const Winner& b) const {
  const std::weak_ordering order = a.share.compare(b.share);
  if (order != 0) return order < 0;
  return earlier(entries_[a.entry]->workload, entries_[b.entry]->workload);
}

}  // namespace seatrial
