// Waiting workloads; see kueue_pending.h.
#include "policies/kueue_pending.h"

#include <algorithm>

namespace seatrial {
namespace {

// For heaps: the first of the order is at the top.
bool after(const PendingWorkload& a, const PendingWorkload& b) {
  if (a.priority != b.priority) return a.priority < b.priority;
  if (a.queued_at != b.queued_at) return a.queued_at > b.queued_at;
  return a.id > b.id;
}

}  // namespace

void PendingQueues::push(QuotaNodeId queue, const PendingWorkload& workload) {
  Queue& row = queues_[queue];
  row.heap.push_back(workload);
  std::push_heap(row.heap.begin(), row.heap.end(), after);
  row.changed = row.changed || row.heap.front().id == workload.id;
  ++waiting_;
}

bool PendingQueues::pop_head(QuotaNodeId queue, PendingWorkload& head) {
  Queue& row = queues_[queue];
  row.changed = false;
  if (row.first) {
    head = *row.first;
    row.first.reset();
    --waiting_;
    return true;
  }
  while (!row.heap.empty()) {
    std::pop_heap(row.heap.begin(), row.heap.end(), after);
    head = row.heap.back();
    row.heap.pop_back();
    const bool fails_again = std::any_of(row.failures.begin(), row.failures.end(), [&](const Failure& failure) {
      return failure.shape == head.shape && failure.priority == head.priority;
    });
    if (!fails_again) {
      --waiting_;
      return true;
    }
    row.parked.push_back(head);
  }
  return false;
}

void PendingQueues::put_back(QuotaNodeId queue, const PendingWorkload& head, bool again) {
  const bool changed = queues_[queue].changed;
  push(queue, head);
  queues_[queue].changed = changed || again;
}

void PendingQueues::keep_first(QuotaNodeId queue, const PendingWorkload& head) {
  queues_[queue].first = head;
  ++waiting_;
}

void PendingQueues::park(QuotaNodeId queue, const PendingWorkload& head) {
  Queue& row = queues_[queue];
  row.parked.push_back(head);
  row.failures.push_back({head.shape, head.priority});
  row.changed = !row.heap.empty();
  ++waiting_;
}

void PendingQueues::wake() {
  for (std::uint32_t i = 0; i < queues_.size(); ++i) {
    if (woken_[tree_.root(QuotaNodeId{i})] == 0) continue;
    Queue& row = queues_[QuotaNodeId{i}];
    for (const PendingWorkload& workload : row.parked) {
      row.heap.push_back(workload);
      std::push_heap(row.heap.begin(), row.heap.end(), after);
    }
    row.parked.clear();
    row.failures.clear();
    row.changed = row.first || !row.heap.empty();
  }
  woken_.assign(queues_.size(), 0);
}

bool PendingQueues::changed() const {
  const auto set = [](std::uint8_t woken) { return woken != 0; };
  return waiting_ > 0 && (std::any_of(woken_.begin(), woken_.end(), set) ||
                          std::any_of(queues_.begin(), queues_.end(), [](const Queue& row) { return row.changed; }));
}

}  // namespace seatrial
