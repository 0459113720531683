// See many_runs.h.
#include "tests/support/many_runs.h"

#include <cstdio>

#include "scenarios/compare.h"
#include "scenarios/plan.h"
#include "sim/error.h"

namespace seatrial {
namespace {

std::vector<Axis> parsed(const std::vector<std::string>& texts) {
  Problems problems;
  std::vector<Axis> axes;
  for (const std::string& text : texts) axes.push_back(parse_axis(text, "--axis", problems));
  problems.throw_if_any();
  return axes;
}

std::vector<std::vector<Setting>> expanded(const std::vector<Axis>& axes) {
  Problems problems;
  auto points = expand(axes, problems);
  problems.throw_if_any();
  return points;
}

}  // namespace

Comparison compare_text(const std::string& scenario, const std::vector<std::string>& axes, std::uint32_t replications,
                        unsigned threads) {
  const std::vector<Axis> parsed_axes = parsed(axes);
  CompareRequest request;
  request.scenario = {scenario, "test.yaml", {}};
  request.experiment.replications = replications;
  request.experiment.threads = threads;
  request.experiment.job_times = true;
  Problems problems;
  const CaseGrid grid = case_grid(load_source(request.scenario).compare.cases, parsed_axes, problems);
  problems.throw_if_any();
  Experiment experiment(request.scenario, grid.points, request.experiment);
  return compare_scenario(request, experiment, parsed_axes);
}

PlanResult plan_text_scenario(const PlanQuestion& question) {
  const std::vector<Axis> axes = parsed(question.vary);
  PlanRequest request;
  request.scenario = {question.scenario, "test.yaml", {}};
  request.experiment.replications = question.replications;
  request.growth = question.growth;
  request.from = question.from;
  request.minimize = question.minimize;
  request.sensitivity = question.sensitivity;
  request.allow_rejected = question.allow_rejected;
  Experiment experiment(request.scenario, expanded(axes), request.experiment);
  return make_plan(request, experiment, axes);
}

std::string mmc_text(const MmcScenario& scenario) {
  char numbers[400];
  std::snprintf(numbers, sizeof numbers,
                "seed: %llu\n"
                "cluster: {pools: [{name: p, count: %u, counted: true, gpu: {model: v100-32, count: 1}}]}\n"
                "workload: [{name: w, generate: {jobs: %llu, rate: %.12g/s, resolution: 1ms,\n"
                "            duration: {distribution: exponential, mean: 100s}}}]\n",
                static_cast<unsigned long long>(scenario.seed), scenario.servers,
                static_cast<unsigned long long>(scenario.jobs), scenario.load_per_server * scenario.servers / 100);
  return std::string("schema: seatrial/v1\nname: mmc\n") + numbers + scenario.top_level;
}

}  // namespace seatrial
