// Kind mig_placement_feasible: whether counts of profiles fit a placement table that the case itself gives.
#include <algorithm>

#include "models/mig_geometry.h"
#include "tools/conformance/kinds.h"

namespace seatrial::conformance {
namespace {

constexpr std::int64_t kMemorySlices = 16;

MigProfile profile_of(const std::string& name, const Json& placements, const Json& compute) {
  MigProfile profile;
  profile.name = name;
  profile.compute_slices = static_cast<std::uint8_t>(integer(compute, name.c_str(), 0, 100));
  if (!placements.is_array() || placements.size() > 100) throw MalformedCase("input.placements: expected short lists");
  for (const Json& placement : placements) {
    if (!placement.is_array() || placement.size() != 2) throw MalformedCase("input.placements: expected [start, size]");
    const std::int64_t start = integer(placement[0], 0, kMemorySlices - 1);
    const std::int64_t size = integer(placement[1], 1, kMemorySlices - start);
    profile.placements.push_back({static_cast<std::uint8_t>(start), static_cast<std::uint8_t>(size)});
  }
  profile.max_instances = static_cast<std::uint8_t>(profile.placements.size());
  return profile;
}

}  // namespace

Json mig_placement_feasible_answer(const Json& input) {
  MigFamily table;
  // The limits of the GPU that is named; those of the 8-slice families for one that is not in the catalogue.
  const MigFamily* family = mig_family_of_product(text(input, "gpu"));
  table.compute_slices = family == nullptr ? std::uint8_t{7} : family->compute_slices;
  table.memory_slices = kMemorySlices;  // the placements themselves say where memory ends
  const Json& compute = object_of(input, "computeSlices", 100);
  for (const auto& [name, placements] : object_of(input, "placements", 100).items()) {
    table.profiles.push_back(profile_of(name, placements, compute));
  }
  std::vector<std::uint32_t> counts(table.profiles.size(), 0);
  for (const auto& [name, count] : object_of(input, "config", 100).items()) {
    const auto found = std::find_if(table.profiles.begin(), table.profiles.end(),
                                    [&name = name](const MigProfile& profile) { return profile.name == name; });
    if (found == table.profiles.end()) return {{"feasible", false}};
    counts[static_cast<std::size_t>(found - table.profiles.begin())] =
        static_cast<std::uint32_t>(integer(count, 0, 1'000'000));
  }
  return {{"feasible", mig_feasible(table, counts)}};
}

}  // namespace seatrial::conformance
