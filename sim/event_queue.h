// A binary heap of plain events: push and pop are O(log n), top is O(1). Sequence numbers make equal times and ranks
// come out in the order of pushing. Sorted sources (a trace) are merged by the caller, never pushed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/event.h"

namespace seatrial {

class EventQueue {
 public:
  // rank: 0 first among events of one instant.
  void push(Time at, std::uint8_t rank, Event event) {
    event.at = at;
    event.order = (static_cast<std::uint64_t>(rank) << 56U) | next_sequence_++;
    std::size_t hole = heap_.size();
    heap_.push_back(event);
    while (hole > 0) {
      const std::size_t parent = (hole - 1) / 2;
      if (!earlier(event, heap_[parent])) break;
      heap_[hole] = heap_[parent];
      hole = parent;
    }
    // Field by field: a copy would load what was just stored in narrower pieces, and stall.
    Event& place = heap_[hole];
    place.at = event.at;
    place.order = event.order;
    place.target = event.target;
    place.kind = event.kind;
    place.version = event.version;
  }

  [[nodiscard]] bool empty() const { return heap_.empty(); }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }
  [[nodiscard]] const Event& top() const { return heap_.front(); }
  // The earliest event and its two followers in the heap, of which one comes next: what a prefetch may look at.
  [[nodiscard]] std::span<const Event> front() const { return {heap_.data(), heap_.size() < 3 ? heap_.size() : 3}; }

  // Requires !empty().
  Event pop() {
    const Event result = heap_.front();
    const Event last = heap_.back();
    heap_.pop_back();
    const std::size_t count = heap_.size();
    if (count == 0) return result;
    std::size_t hole = 0;
    for (std::size_t child = 1; child < count; child = 2 * hole + 1) {
      // The four grandchildren are two cache lines of a heap that is larger than the nearest caches.
      __builtin_prefetch(heap_.data() + 2 * child + 1);
      __builtin_prefetch(heap_.data() + 2 * child + 4);
      if (child + 1 < count && earlier(heap_[child + 1], heap_[child])) ++child;
      if (!earlier(heap_[child], last)) break;
      heap_[hole] = heap_[child];
      hole = child;
    }
    heap_[hole] = last;
    return result;
  }

 private:
  std::vector<Event> heap_;
  std::uint64_t next_sequence_ = 0;
};

}  // namespace seatrial
