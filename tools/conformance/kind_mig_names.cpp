// Kinds mig_profile_gb and mig_resource_name: how profiles and their resources are named.
#include "models/gpu_sharing_names.h"
#include "tools/conformance/kinds.h"

namespace seatrial::conformance {

Json mig_profile_gb_answer(const Json& input) {
  constexpr std::int64_t kLargest = std::int64_t{1} << 40;
  const auto device_mib = static_cast<std::uint64_t>(integer(input, "deviceMemoryMiB", 1, kLargest));
  const auto mig_mib = static_cast<std::uint64_t>(integer(input, "migMemoryMB", 0, kLargest));
  return {{"gb", mig_profile_gb(device_mib, mig_mib)}};
}

Json mig_resource_name_answer(const Json& input) {
  const auto strategy = static_cast<MigStrategy>(one_of(input, "migStrategy", {"none", "single", "mixed"}));
  const auto resource = mig_resource_name(text(input, "profile"), strategy);
  return {{"resource", resource ? Json(*resource) : Json()}};
}

}  // namespace seatrial::conformance
