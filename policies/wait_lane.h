// Waiting jobs in service order: a sorted sequence in blocks, so that insertion anywhere, removal anywhere and "the
// first whose estimate is at most x" touch a few hundred contiguous rows, not the backlog. Appending at the end and
// taking the first, which is all that FIFO does, are O(1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "policies/queue_order.h"

namespace seatrial {

struct WaitItem {
  OrderKey key;
  JobId job;  // in submit order: the last tie-breaker
  std::int64_t estimate_ns = 0;

  [[nodiscard]] bool before(const WaitItem& other) const {
    return key != other.key ? key < other.key : job.index < other.job.index;
  }
};

class WaitLane {
 public:
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] const WaitItem& front() const { return blocks_[first_].items[blocks_[first_].begin]; }
  void push(const WaitItem& item);
  void pop_front();
  // Removes an item that is here; equality is by key and job.
  void erase(const WaitItem& item);
  // The first item with estimate <= limit; nullptr if none.
  [[nodiscard]] const WaitItem* first_within(std::int64_t limit_ns) const;
  // The first item behind another in service order, which need not be here; nullptr if none.
  [[nodiscard]] const WaitItem* first_after(const WaitItem& item) const;
  // The smallest estimate; INT64_MAX if empty.
  [[nodiscard]] std::int64_t min_estimate() const;
  // A position in service order; valid until the lane changes.
  struct Cursor {
    std::size_t block = 0;
    std::size_t item = 0;
  };
  [[nodiscard]] Cursor begin() const { return {first_, empty() ? 0 : blocks_[first_].begin}; }
  // nullptr behind the last item.
  [[nodiscard]] const WaitItem* at(Cursor cursor) const {
    return cursor.block < blocks_.size() ? &blocks_[cursor.block].items[cursor.item] : nullptr;
  }
  void advance(Cursor& cursor) const {
    if (++cursor.item < blocks_[cursor.block].items.size()) return;
    ++cursor.block;
    cursor.item = cursor.block < blocks_.size() ? blocks_[cursor.block].begin : 0;
  }
  // Calls visit(item) in order until it returns false.
  template <class Visit>
  void visit(Visit visit) const {
    for (std::size_t b = first_; b < blocks_.size(); ++b) {
      for (std::size_t i = blocks_[b].begin; i < blocks_[b].items.size(); ++i) {
        if (!visit(blocks_[b].items[i])) return;
      }
    }
  }

 private:
  static constexpr std::size_t kBlock = 256;
  struct Block {
    std::vector<WaitItem> items;
    std::size_t begin = 0;
    std::int64_t min_estimate = INT64_MAX;
  };
  [[nodiscard]] std::size_t block_of(const WaitItem& item) const;
  void append(const WaitItem& item);
  void split(std::size_t block);
  void refresh(Block& block);
  void drop_if_empty(std::size_t block);

  std::vector<Block> blocks_;
  std::size_t first_ = 0;  // blocks before it are spent
  std::size_t count_ = 0;
  mutable std::int64_t min_estimate_ = INT64_MAX;  // of all items, if known
  mutable bool min_known_ = true;
};

}  // namespace seatrial
