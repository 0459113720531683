// Nodes of one pool by their number of fully free GPUs: one bitset per level, so the tightest, the emptiest and the
// first node with room are found in a few words, whatever the number of nodes. A pool of one (huge) node keeps just
// its number. Kept current by Cluster.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/bitset_index.h"

namespace seatrial {

class FreeIndex {
 public:
  static constexpr std::uint32_t kNone = BitsetIndex::kNone;

  // Local node numbers 0..nodes-1; levels 0..node_gpus.
  FreeIndex(std::uint32_t nodes, std::uint32_t node_gpus) : single_(nodes == 1) {
    if (single_) return;
    levels_.assign(node_gpus + 1U, BitsetIndex(nodes));
    used_ = BitsetIndex(node_gpus + 1U);
  }

  void add(std::uint32_t node, std::uint32_t free) {
    if (single_) {
      only_ = free;
      return;
    }
    if (levels_[free].count() == 0) used_.add(free);
    levels_[free].add(node);
  }
  void remove(std::uint32_t node, std::uint32_t free) {
    if (single_) {
      only_ = kNone;
      return;
    }
    levels_[free].remove(node);
    if (levels_[free].count() == 0) used_.remove(free);
  }

  // The smallest level >= free that has a node, or kNone.
  [[nodiscard]] std::uint32_t level_at_least(std::uint32_t free) const {
    if (single_) return only_ != kNone && only_ >= free ? only_ : kNone;
    return used_.next(free);
  }
  // The largest level that has a node, or kNone.
  [[nodiscard]] std::uint32_t top_level() const { return single_ ? only_ : used_.last(); }
  // The first node of a level at or after `from`, or kNone.
  [[nodiscard]] std::uint32_t next(std::uint32_t level, std::uint32_t from) const {
    if (single_) return level == only_ && from == 0 ? 0 : kNone;
    return level < levels_.size() ? levels_[level].next(from) : kNone;
  }
  [[nodiscard]] std::uint32_t first(std::uint32_t level) const {
    if (single_) return level == only_ ? 0 : kNone;
    return level < levels_.size() ? levels_[level].first() : kNone;
  }
  [[nodiscard]] std::uint32_t count(std::uint32_t level) const {
    if (single_) return level == only_ ? 1 : 0;
    return level < levels_.size() ? levels_[level].count() : 0;
  }
  [[nodiscard]] bool contains(std::uint32_t node, std::uint32_t level) const {
    return single_ ? level == only_ : levels_[level].contains(node);
  }

 private:
  std::vector<BitsetIndex> levels_;
  BitsetIndex used_;  // levels that have a node
  std::uint32_t only_ = kNone;
  bool single_ = false;
};

}  // namespace seatrial
