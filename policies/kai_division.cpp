// KAI's division of one resource. Fractions decide who gets the last units, so they are compared as they come out;
// every sum runs in one fixed order, by name, and does not depend on the caller's.
#include "policies/kai_division.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

namespace seatrial {
namespace {

// A queue with what its last share lost by rounding down.
struct Asking {
  KaiQueue* queue = nullptr;
  bool cut = false;
  double fraction = 0;
};

double rest_of(const KaiQueue& queue) {
  const double asked = queue.max_allowed ? std::min(queue.request, *queue.max_allowed) : queue.request;
  return std::max(0.0, asked - queue.fair_share);
}

bool takes_part(const Asking& asking) { return rest_of(*asking.queue) > 0 && asking.queue->weight > 0; }

// One round over the queues of one priority; true if one of them wanted less than its share.
bool divide_once(std::vector<Asking>& level, double& left, double k) {
  double weights = 0;
  for (const Asking& asking : level) weights += takes_part(asking) ? asking.queue->weight : 0;
  const auto corrected = [weights, k](const KaiQueue& queue) {
    const double share = queue.weight / weights;
    return std::max(0.0, share + k * (share - queue.usage));
  };
  double sum = 0;
  for (const Asking& asking : level) sum += takes_part(asking) ? corrected(*asking.queue) : 0;
  if (!(sum > 0)) return false;
  const double amount = left;
  bool again = false;
  for (Asking& asking : level) {
    if (!takes_part(asking)) continue;
    const double share = amount * (corrected(*asking.queue) / sum);
    const double rest = rest_of(*asking.queue);
    again = again || rest < share;
    asking.cut = rest > share;
    asking.fraction = asking.cut ? share - std::floor(share) : 0;
    const double given = asking.cut ? std::floor(share) : rest;
    asking.queue->fair_share += given;
    left -= given;
  }
  left = std::max(0.0, left);
  return again && left > 0;
}

void divide_last_units(std::vector<Asking>& level, double& left) {
  std::sort(level.begin(), level.end(), [](const Asking& a, const Asking& b) {
    if (a.fraction != b.fraction) return a.fraction > b.fraction;
    return std::tie(a.queue->created, a.queue->name) < std::tie(b.queue->created, b.queue->name);
  });
  for (const Asking& asking : level) {
    if (!asking.cut) continue;
    const double given = std::min({1.0, left, rest_of(*asking.queue)});
    asking.queue->fair_share += given;
    left -= given;
  }
}

// Levels of equal priority, highest first, each by name.
std::vector<std::vector<Asking>> levels_of(std::span<KaiQueue> queues) {
  std::vector<KaiQueue*> sorted;
  for (KaiQueue& queue : queues) sorted.push_back(&queue);
  std::sort(sorted.begin(), sorted.end(), [](const KaiQueue* a, const KaiQueue* b) {
    return a->priority != b->priority ? a->priority > b->priority : a->name < b->name;
  });
  std::vector<std::vector<Asking>> levels;
  for (KaiQueue* queue : sorted) {
    if (levels.empty() || levels.back().front().queue->priority != queue->priority) levels.emplace_back();
    levels.back().push_back({queue});
  }
  return levels;
}

}  // namespace

double divide_deserved(std::span<KaiQueue> queues, double total) {
  double left = total;
  for (std::vector<Asking>& level : levels_of(queues)) {
    for (const Asking& asking : level) {
      const double given = std::min(asking.queue->deserved.value_or(total), rest_of(*asking.queue));
      asking.queue->fair_share += given;
      left -= given;
    }
  }
  return std::max(0.0, left);
}

double divide_over_quota(std::span<KaiQueue> queues, double left, double k) {
  std::vector<std::vector<Asking>> levels = levels_of(queues);
  for (std::vector<Asking>& level : levels) {
    // Each further round has a queue less.
    for (std::size_t round = 0; round <= level.size() && left > 0; ++round) {
      if (!divide_once(level, left, k)) break;
    }
  }
  for (std::vector<Asking>& level : levels) divide_last_units(level, left);
  return left;
}

}  // namespace seatrial
