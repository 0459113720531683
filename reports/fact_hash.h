// A 128-bit fingerprint of a run: every field of every fact, in order. Equal runs give equal text on any machine; a
// single changed, missing or swapped fact changes it. Not meant against forgery.
#pragma once

#include <cstdint>
#include <string>

#include "models/fact.h"
#include "sim/hash_lanes.h"

namespace seatrial {

class FactHash final : public Observer {
 public:
  void observe(std::span<const Fact> facts) override;
  void finish(Time end) override;
  // 32 hexadecimal digits of what was observed so far.
  [[nodiscard]] std::string text() const;

 private:
  HashLanes lanes_{0x9ae16a3b2f90404fULL, 0xc3a5c85c97cb3127ULL};
  std::uint64_t facts_ = 0;
};

}  // namespace seatrial
