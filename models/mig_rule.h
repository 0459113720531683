// Plain settings of MIG pools, apart from the geometry: an entry of a layout, where instances go, how far a placement
// may go to find one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace seatrial {

struct MigLayoutEntry {
  std::string profile;  // as the user wrote it
  std::int64_t count = 1;
};

// What is to be kept of a state.
enum class MigScore : std::uint8_t {
  Room,     // weighted placements that still fit
  Stranded  // as few stranded memory slices as possible (mig_metrics.h, FGD carried over to slices)
};

// Which GPU an instance goes to, if several have room.
enum class MigGpuChoice : std::uint8_t {
  LeastLoss,  // where the score falls least; then the fullest
  Packed,     // the fullest; then the least loss
  Spread      // the emptiest; then the least loss
};

// Room and Packed keep most placements open at every load; Stranded with LeastLoss (FGD) accepts a little more, Room
// with LeastLoss less, Spread far less (docs/model.md, measured by tests/bench/mig_bench.cpp).
struct MigRule {
  MigScore score = MigScore::Room;
  MigGpuChoice choice = MigGpuChoice::Packed;
};

// What may be done to serve a request, each including those before it.
enum class CutEffort : std::uint8_t {
  Idle,    // use an instance that exists
  Create,  // create one beside those that exist
  Recut,   // destroy idle ones for it
};
inline constexpr std::size_t kCutEfforts = 3;

}  // namespace seatrial
