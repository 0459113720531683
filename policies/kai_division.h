// How the KAI scheduler divides one resource between queues: first what each deserves, then the rest by priority and
// weight, corrected by what queues used in the past. Rules: NVIDIA/KAI-Scheduler 72de64fc,
// pkg/scheduler/plugins/proportion/resource_division. The result does not depend on the order of the queues.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace seatrial {

struct KaiQueue {
  std::string name;                   // the last tie
  std::optional<double> deserved;     // nothing: unlimited
  double weight = 0;                  // of resources over quota, at least 0
  double request = 0;                 // at least 0
  std::optional<double> max_allowed;  // nothing: unlimited
  std::int64_t priority = 0;          // larger first, over quota alone
  double usage = 0;                   // share of the cluster in the past, 0 to 1
  std::int64_t created = 0;           // older first
  double fair_share = 0;              // the result; what is there already counts as given
};

// Gives every queue what it deserves and asks for, even beyond the total. Returns what is left, at least 0.
double divide_deserved(std::span<KaiQueue> queues, double total);
// Gives out what is left, queues of higher priority first: by weight w (as a share of those that still ask) moved by
// k (w - usage), in whole units unless a queue asks for less; then unit by unit by the largest fraction cut off.
// Returns what nobody took.
double divide_over_quota(std::span<KaiQueue> queues, double left, double k);

}  // namespace seatrial
