// Rules of the Volcano scheduler: the score of its binpack plugin, what each queue deserves by its proportion plugin,
// and the victims of its drf plugin. Rules: volcano-sh/volcano ed72c7c8, pkg/scheduler/plugins. Amounts are doubles as
// there, in the unit of the caller; a resource that is not listed is 0, or unlimited in a capability.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace seatrial::volcano {

using Amounts = std::map<std::string, double, std::less<>>;

struct BinpackWeights {
  std::int64_t weight = 1;  // of the plugin
  Amounts resources;        // those that are not listed do not count
};

// 0 to 100 * weight, larger = fuller afterwards; 0 if a weighted resource that the node has would not suffice. A
// weighted resource that the node lacks scores 0, but its weight counts.
[[nodiscard]] double binpack_score(const BinpackWeights& weights, const Amounts& request, const Amounts& allocatable,
                                   const Amounts& used);

struct Queue {
  double weight = 1;  // above 0
  Amounts request;
  std::optional<Amounts> capability;  // at most that much
  Amounts guarantee;                  // at least that much, whatever the request
};

// What the queues deserve of `total`, in their order, for every resource of `total`. In rounds: each queue that is not
// satisfied gets its share of what is left, bounded by its capability, by what the guarantees of others leave, and by
// its request; it is satisfied when it has its request or got nothing more. As in Volcano, guarantees above a queue's
// share come on top, so that the sum may be more than the total.
[[nodiscard]] std::vector<Amounts> proportion_deserved(const Amounts& total, std::span<const Queue> queues);

struct Preemptee {
  std::string job;
  Amounts request;
};

// Dominant share: the largest of allocated / total; of a resource that the cluster lacks, 1 if any is allocated.
[[nodiscard]] double dominant_share(const Amounts& allocated, const Amounts& total);

// Indexes of the preemptees, in order, whose job would still have at least the preemptor's share (to 1e-6) without
// them, the preemptor having its task and the job having lost all preemptees before.
[[nodiscard]] std::vector<std::size_t> drf_victims(const Amounts& total, const Amounts& preemptor_with_task,
                                                   const std::map<std::string, Amounts>& job_allocated,
                                                   std::span<const Preemptee> preemptees);

}  // namespace seatrial::volcano
