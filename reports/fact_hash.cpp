// Two interleaved lanes, each folded by a 64 x 64 to 128 bit product; see fact_hash.h.
#include "reports/fact_hash.h"

namespace seatrial {
void FactHash::observe(std::span<const Fact> facts) {
  for (const Fact& fact : facts) {
    lanes_.mix(static_cast<std::uint64_t>(fact.at.ns), static_cast<std::uint64_t>(fact.milli));
    lanes_.mix((static_cast<std::uint64_t>(fact.job) << 32U) | fact.node,
               (static_cast<std::uint64_t>(fact.pool) << 32U) | static_cast<std::uint64_t>(fact.kind));
  }
  facts_ += facts.size();
}

void FactHash::finish(Time end) { lanes_.mix(static_cast<std::uint64_t>(end.ns), facts_); }

std::string FactHash::text() const {
  std::string out;
  append_hex(out, HashLanes::fold(lanes_.high ^ facts_, 0x8ebc6af09c88c6e3ULL) ^ lanes_.low);
  append_hex(out, HashLanes::fold(lanes_.low + facts_, 0x589965cc75374cc3ULL) ^ lanes_.high);
  return out;
}

}  // namespace seatrial
