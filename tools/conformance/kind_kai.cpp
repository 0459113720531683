// Kind resource_division: KAI's division of one resource between queues.
#include "policies/kai_division.h"
#include "tools/conformance/kinds.h"

namespace seatrial::conformance {
namespace {

constexpr double kMost = 1e15;

// -1 stands for no limit.
std::optional<double> limit(const Json& queue, const char* key) {
  const double value = number(queue, key, -1, kMost);
  return value < 0 ? std::nullopt : std::optional(value);
}

KaiQueue queue_of(const Json& object) {
  KaiQueue queue;
  queue.name = text(object, "name");
  queue.deserved = limit(object, "deserved");
  queue.weight = number(object, "weight", 0, kMost);
  queue.request = number(object, "request", 0, kMost);
  queue.max_allowed = limit(object, "maxAllowed");
  queue.priority = integer(object, "priority", INT32_MIN, INT32_MAX);
  queue.usage = number(object, "usage", 0, kMost);
  queue.created = integer(object, "created", -(std::int64_t{1} << 53), std::int64_t{1} << 53);
  queue.fair_share = number(object, "fairShare", 0, kMost);
  return queue;
}

}  // namespace

Json resource_division_answer(const Json& input) {
  std::vector<KaiQueue> queues;
  for (const Json& queue : list(input, "queues", 1000)) queues.push_back(queue_of(queue));
  const double total = number(input, "total", 0, kMost);
  const bool all = one_of(input, "phase", {"all", "overQuota"}) == 0;
  const double left = all ? divide_deserved(queues, total) : total;
  const double remaining = divide_over_quota(queues, left, number(input, "kValue", 0, kMost));
  Json shares = Json::object();
  for (const KaiQueue& queue : queues) shares[queue.name] = queue.fair_share;
  return {{"remaining", remaining}, {"fairShare", shares}};
}

}  // namespace seatrial::conformance
