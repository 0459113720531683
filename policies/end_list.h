// The running jobs of one pool by expected end, with sums of GPUs per block, so that "when are k GPUs free" skips whole
// blocks instead of visiting every running job. Used by backfilling.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/ids.h"
#include "sim/time.h"

namespace seatrial {

struct EndItem {
  Time end;  // expected; may be past
  JobId job;
  std::uint32_t gpus = 0;  // in this pool
  [[nodiscard]] bool before(const EndItem& other) const {
    return end != other.end ? end < other.end : job.index < other.job.index;
  }
};

class EndList {
 public:
  void insert(const EndItem& item);
  // Removes an item that is here; compared by end and job.
  void erase(const EndItem& item);
  [[nodiscard]] bool empty() const { return blocks_.empty(); }

  struct Instant {
    Time at = kNever;        // kNever: not even if all jobs end
    std::uint64_t gpus = 0;  // released up to and including that instant
  };
  // The first instant, not before `now`, at which `wanted` GPUs will have been released; jobs whose end is past count
  // as ending now.
  [[nodiscard]] Instant when_released(std::uint64_t wanted, Time now) const;

  // In order of expected end, until visit(item) returns false.
  template <class Visit>
  void visit(Visit visit) const {
    for (const Block& block : blocks_) {
      for (const EndItem& item : block.items) {
        if (!visit(item)) return;
      }
    }
  }

 private:
  static constexpr std::size_t kBlock = 128;
  struct Block {
    std::vector<EndItem> items;  // never empty
    std::uint64_t gpus = 0;
  };
  [[nodiscard]] std::size_t block_of(const EndItem& item) const;

  std::vector<Block> blocks_;
};

}  // namespace seatrial
