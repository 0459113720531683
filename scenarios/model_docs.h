// The models that a scenario names besides policies, for the loader and `seatrial list models`: distributions of run
// times and of arrivals of generated jobs.
#pragma once

#include <span>
#include <vector>

#include "traces/generate.h"

namespace seatrial {

struct DistributionDoc {
  const char* name;
  const char* sentence;
  GeneratorSpec::Durations kind;
  std::vector<const char*> keys;  // that it needs; min and max go with all
};

struct ArrivalsDoc {
  const char* name;
  const char* sentence;
  GeneratorSpec::Arrivals kind;
};

[[nodiscard]] std::span<const DistributionDoc> distribution_docs();
[[nodiscard]] std::span<const ArrivalsDoc> arrivals_docs();

}  // namespace seatrial
