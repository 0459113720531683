// Kinds replica_allocation and shared_request_valid: what the device plugin grants of shared GPUs.
#include <algorithm>
#include <functional>

#include "models/gpu_sharing_names.h"
#include "tools/conformance/kinds.h"

namespace seatrial::conformance {
namespace {

constexpr std::int64_t kMostReplicas = 100'000;

// Available replicas by GPU from ids like "gpu0::1"; null: all of them.
std::vector<ReplicaSupply> supplies(const Json& input) {
  std::vector<std::string> gpus;
  for (const Json& gpu : list(input, "gpus", 1000)) gpus.push_back(text(gpu));
  const auto total = static_cast<std::uint32_t>(integer(input, "replicasPerGpu", 0, kMostReplicas));
  if (optional_member(input, "available") == nullptr) return {gpus.size(), ReplicaSupply{total, total}};
  std::vector<ReplicaSupply> supply(gpus.size(), ReplicaSupply{total, 0});
  for (const Json& entry : list(input, "available", kMostReplicas)) {
    const std::string id = text(entry);
    const auto found = std::find(gpus.begin(), gpus.end(), id.substr(0, id.find("::")));
    if (found == gpus.end()) throw MalformedCase("input.available: a replica of no listed GPU");
    ReplicaSupply& gpu = supply[static_cast<std::size_t>(found - gpus.begin())];
    if (gpu.available == total) throw MalformedCase("input.available: more replicas than the GPU has");
    ++gpu.available;
  }
  return supply;
}

}  // namespace

Json replica_allocation_answer(const Json& input) {
  const std::vector<ReplicaSupply> supply = supplies(input);
  const auto size = static_cast<std::uint64_t>(integer(input, "size", 0, 1'000'000'000));
  const auto policy = static_cast<ReplicaPolicy>(one_of(input, "policy", {"distributed", "packed"}));
  const auto taken = allocate_replicas(supply, size, policy);
  if (!taken) return {{"error", true}};
  std::vector<std::uint32_t> sorted = *taken;
  std::erase(sorted, 0U);
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  return {{"error", false}, {"sortedReplicasPerGpu", sorted}};
}

Json shared_request_valid_answer(const Json& input) {
  SharingConfig sharing;
  sharing.mode = static_cast<ReplicaSharing>(one_of(input, "sharing", {"none", "time-slicing", "mps"}));
  sharing.fail_requests_greater_than_one = boolean(input, "failRequestsGreaterThanOne");
  const auto requested = static_cast<std::uint64_t>(integer(input, "requested", 0, 1'000'000'000));
  return {{"valid", shared_request_valid(sharing, requested)}};
}

}  // namespace seatrial::conformance
