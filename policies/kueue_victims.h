// Searches for victims, many on one state of the quota tree: what all of them would look up again (which workload of
// each subtree would go first, how much each node borrows) is kept between them. Used by the admission cycle, where
// every head of a queue asks on the same state.
// Invariant: each answer is that of a search which collects and sorts all candidates, as Kueue's do.
#pragma once

#include <cstdint>
#include <vector>

#include "policies/kueue_preemption.h"

namespace seatrial {

// The right that a preemptor has over a candidate; the first ones go first.
enum class VictimRight : std::uint8_t { Hierarchy, Priority, OwnQueue };

class SearchMemory {
 public:
  explicit SearchMemory(const QuotaTree& tree);

  void forget() { firsts_known_ = shares_known_ = false; }
  // By node: which workload below it goes first, if the node and all between them use more than their quota of
  // anything; else none. O(nodes) after `forget`.
  [[nodiscard]] const Column<QuotaNodeId, VictimPlace>& firsts(const QuotaView& view);
  [[nodiscard]] const Column<QuotaNodeId, BorrowingShare>& shares(const QuotaView& view);

  // A node above both queues, with the node below it on the preemptor's side, which is passed over.
  struct Level {
    QuotaNodeId common;
    QuotaNodeId below;
    VictimRight right = VictimRight::OwnQueue;
  };
  // A subtree with its first candidate, or a queue's list from a place on.
  struct Cursor {
    VictimPlace first;
    VictimRight right = VictimRight::OwnQueue;
    std::uint32_t level = 0;
    QuotaNodeId node;
    std::uint32_t at = 0;
  };
  // What one search by fair sharing notes of a node.
  struct FairNote {
    std::uint32_t search = 0;   // which one; the rest means nothing in another
    std::uint32_t next = 0;     // place in the queue's list
    std::uint32_t refused = 0;  // place of the first one that the first strategy refused
    std::uint8_t pruned_in_pass = 0;
    bool on_path = false;
    bool changed = false;
  };

  // Set by every search that looks at more than its own queue and the quotas of the cohorts above it.
  bool looked_beyond = false;

  // Room that searches use again.
  std::vector<Level> levels;
  std::vector<Cursor> heap;
  Column<QuotaNodeId, FairNote> notes;
  std::uint32_t fair_searches = 0;

 private:
  std::vector<QuotaNodeId> children_first_;
  Column<QuotaNodeId, VictimPlace> firsts_;
  Column<QuotaNodeId, BorrowingShare> shares_;
  bool firsts_known_ = false;
  bool shares_known_ = false;
};

class VictimFinder {
 public:
  // All that the view refers to outlives it.
  explicit VictimFinder(const QuotaView& view) : view_(view), memory_(view.tree) {}

  // Usage or what is held has changed.
  void forget() { memory_.forget(); }

  // Whether any search since the last `watch` may have depended on more than what its own queue holds and the quotas of
  // the cohorts above it.
  void watch() { memory_.looked_beyond = false; }
  [[nodiscard]] bool looked_beyond() const { return memory_.looked_beyond; }

  // The victims, none if no set of candidates makes room. O(depth * children) for each victim.
  [[nodiscard]] std::vector<Victim> classical(const QuotaRequest& request);
  // At least one strategy; the second is tried on candidates that the first refused.
  [[nodiscard]] std::vector<Victim> fair(const QuotaRequest& request, const std::vector<FairStrategy>& strategies);

 private:
  QuotaView view_;
  SearchMemory memory_;
};

}  // namespace seatrial
