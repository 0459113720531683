// The product behind the same two values as the plain reference: a TestWorld runs in memory, without files.
#pragma once

#include <vector>

#include "sim/wide.h"
#include "tests/support/test_world.h"

namespace seatrial {

// Beside what became of the jobs: integrals over the facts that the run emitted, which reports are made of.
struct ProductResult : WorldResult {
  Int128 held_milli_ns = 0;            // milli-GPUs held, over time
  Int128 waiting_job_ns = 0;           // number of waiting jobs, over time
  std::vector<std::int64_t> split_ns;  // by job: sum of the parts of its wait by reason
};

[[nodiscard]] ProductResult run_product(const TestWorld& world);

}  // namespace seatrial
