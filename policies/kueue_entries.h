// The order in which the entries of one admission cycle are taken: classical, or by a tournament of shares. Used by the
// admission cycle, which changes the quota tree between two entries.
// Source: kubernetes-sigs/kueue pkg/scheduler/scheduler.go and fair_sharing_iterator.go.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/quota_share.h"
#include "policies/kueue_flavors.h"
#include "policies/kueue_pending.h"

namespace seatrial {

// A queue's head with the flavors that it would take.
struct AdmissionEntry {
  QuotaNodeId queue;
  PendingWorkload workload;
  FlavorAssignment assignment;
  std::vector<std::uint32_t> counts;  // of pods, by pod set
  std::vector<Victim> victims;
};

// Not borrowing before borrowing, by how far up; then priority, the instant of queueing and the id.
void sort_classical(std::vector<AdmissionEntry*>& entries);

// From the root down, the child whose share would be lowest with its entry admitted wins; ties: priority, instant, id.
// What a child would have is kept until usage below it changes, so an entry costs the children along its path.
class ShareTournament {
 public:
  // One entry for each queue at most; `tree` is changed and restored.
  ShareTournament(QuotaTree& tree, const QuotaShares& shares, const std::vector<AdmissionEntry*>& entries);

  // The next entry's index, or nothing. The caller then changes the usage of that entry's queue alone.
  [[nodiscard]] std::optional<std::size_t> pop();

 private:
  static constexpr std::uint32_t kNone = 0xffffffffU;
  struct Winner {
    std::uint32_t entry = kNone;
    BorrowingShare share;  // of the node, with the entry admitted
  };

  void refresh(QuotaNodeId node);
  [[nodiscard]] bool before(const Winner& a, const Winner& b) const;

  QuotaTree& tree_;
  const QuotaShares& shares_;
  const std::vector<AdmissionEntry*>& entries_;
  Column<QuotaNodeId, std::uint32_t> entry_of_;
  Column<QuotaNodeId, Winner> winners_;
  std::vector<QuotaNodeId> roots_;
  std::size_t at_root_ = 0;
  QuotaNodeId popped_;
};

}  // namespace seatrial
