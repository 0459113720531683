// The optimizing MIG partitioner: new layouts for a whole pool against queued and forecast demand, busy instances left
// as they are. GPUs that have the same choices are one group, so that 1,000 GPUs make a small integer programme with
// one variable per (group, layout), which CBC solves exactly; without it, or on request, a greedy method with the gap
// to an upper bound, stated honestly. A pure function; whoever runs the pool carries the plan out after its delays.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/mig_geometry.h"

namespace seatrial {

// Requests for one profile that could use an instance now.
struct MigDemand {
  std::uint32_t queued = 0;
  std::uint32_t forecast = 0;  // expected until the next period, beyond the queued ones
  std::uint32_t value = 0;     // of one served request; at most 1,000,000
};

struct MigGpuState {
  MigGeometry::StateId busy = MigGeometry::kEmpty;      // a subset of:
  MigGeometry::StateId existing = MigGeometry::kEmpty;  // what may be destroyed as far as it is not busy
};

struct OptimizeRule {
  std::uint32_t forecast_percent = 50;     // what serving a forecast request counts, against a queued one; 0 to 100
  std::uint32_t change_cost_percent = 10;  // of one unit of value: for each instance destroyed or created
  bool exact = true;                       // by integer programme, if there is a solver
  std::uint32_t max_nodes = 2'000;         // of branch and cut
};

// All values are in hundredths of a unit of value: so they are integers.
struct OptimizedLayouts {
  std::vector<MigGeometry::StateId> existing;  // by GPU
  std::int64_t value = 0;                      // served demand minus changes
  std::int64_t bound = 0;                      // no layouts have a larger value
  bool proven = false;                         // value == bound by proof of the solver or because they meet
  std::string method;                          // "cbc" or "greedy"
  std::string note;                            // why it is greedy, if an exact answer was asked for
  std::uint32_t destroyed = 0;                 // instances
  std::uint32_t created = 0;
  std::uint64_t choices = 0;  // (group, layout) pairs: the variables of the programme

  // The part of the bound that may be missing; 0 if the bound is not above 0.
  [[nodiscard]] double gap() const;
};

// demand: by profile. A request is served only by an instance of its own profile, as in Kubernetes, where each profile
// is a resource of its own.
[[nodiscard]] OptimizedLayouts optimize_layouts(const MigGeometry& geometry, std::span<const MigGpuState> gpus,
                                                std::span<const MigDemand> demand, const OptimizeRule& rule);

// The value of given layouts by the same measure; for tests and for judging a layout that is in place.
[[nodiscard]] std::int64_t layouts_value(const MigGeometry& geometry, std::span<const MigGpuState> gpus,
                                         std::span<const MigGeometry::StateId> existing,
                                         std::span<const MigDemand> demand, const OptimizeRule& rule);

}  // namespace seatrial
