// Nodes of one pool by their number of fully free GPUs: one bitset per level, so the tightest, the emptiest and the
// first node with room are found in a few words, whatever the number of nodes. Kept current by Cluster.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/bitset_index.h"

namespace seatrial {

class FreeIndex {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffU;

  // Local node numbers 0..nodes-1; levels 0..node_gpus.
  FreeIndex(std::uint32_t nodes, std::uint32_t node_gpus);

  void add(std::uint32_t node, std::uint32_t free) {
    if (levels_[free].count() == 0) used_.add(free);
    levels_[free].add(node);
  }
  void remove(std::uint32_t node, std::uint32_t free) {
    levels_[free].remove(node);
    if (levels_[free].count() == 0) used_.remove(free);
  }
  void move(std::uint32_t node, std::uint32_t from, std::uint32_t to) {
    remove(node, from);
    add(node, to);
  }

  // The smallest level >= free that has a node, or kNone.
  [[nodiscard]] std::uint32_t level_at_least(std::uint32_t free) const {
    return free >= levels_.size() ? kNone : used_.next(free);
  }
  // The largest level that has a node, or kNone.
  [[nodiscard]] std::uint32_t top_level() const { return used_.last(); }
  // The first node of a level after `from` (inclusive), or kNone.
  [[nodiscard]] std::uint32_t next(std::uint32_t level, std::uint32_t from) const { return levels_[level].next(from); }
  [[nodiscard]] std::uint32_t first(std::uint32_t level) const { return levels_[level].next(0); }
  [[nodiscard]] std::uint32_t count(std::uint32_t level) const { return levels_[level].count(); }
  [[nodiscard]] std::uint32_t levels() const { return static_cast<std::uint32_t>(levels_.size()); }
  [[nodiscard]] bool contains(std::uint32_t node, std::uint32_t level) const { return levels_[level].contains(node); }

 private:
  std::vector<BitsetIndex> levels_;
  BitsetIndex used_;  // levels that have a node
};

}  // namespace seatrial
