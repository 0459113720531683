// The product behind the same two values as the plain reference: a TestWorld runs in memory, without files.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "models/job_table.h"
#include "policies/scheduler.h"
#include "sim/wide.h"
#include "tests/support/test_world.h"

namespace seatrial {

// Beside what became of the jobs: integrals over the facts that the run emitted, which reports are made of.
struct ProductResult : WorldResult {
  Int128 held_milli_ns = 0;            // milli-GPUs held, over time
  Int128 waiting_job_ns = 0;           // number of waiting jobs, over time
  std::vector<std::int64_t> split_ns;  // by job: sum of the parts of its wait by reason
  std::vector<WaitSplit> splits;       // by job: the parts
};

using SchedulerMaker = std::function<std::unique_ptr<Scheduler>(RunState&, std::unique_ptr<QueueOrder>)>;

// `make`: a scheduler of the test's own instead of the product's.
[[nodiscard]] ProductResult run_product(const TestWorld& world, const SchedulerMaker& make = make_scheduler);

}  // namespace seatrial
