// How long a round of Gavel's max-min takes: 500 jobs on 3 GPU types, one linear programme.
#include <benchmark/benchmark.h>

#include "models/linear_program.h"
#include "policies/gavel.h"
#include "sim/random.h"

namespace seatrial {
namespace {

GavelInput random_input(std::size_t jobs) {
  Random random(1, "gavel bench");
  GavelInput input;
  input.gpus = {36, 36, 36};
  for (std::size_t i = 0; i < jobs; ++i) {
    GavelJob job;
    const double slow = 1 + 20 * random.uniform();
    job.steps_per_s = {slow * (2 + 8 * random.uniform()), slow * (1 + 3 * random.uniform()), slow};
    job.gpus = random.bernoulli(0.7) ? 1 : 4;
    input.jobs.push_back(std::move(job));
  }
  return input;
}

void gavel_max_min(benchmark::State& state) {
  if (!linear_solver_problem().empty()) {
    state.SkipWithError(linear_solver_problem().c_str());
    return;
  }
  const GavelInput input = random_input(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(gavel_allocate(input, GavelObjective::MaxMin));
}
BENCHMARK(gavel_max_min)->Arg(100)->Arg(500)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace seatrial
