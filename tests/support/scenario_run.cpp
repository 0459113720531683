// See scenario_run.h.
#include "tests/support/scenario_run.h"

#include <limits>
#include <utility>

#include "reports/csv_writers.h"
#include "scenarios/build.h"
#include "scenarios/describe_run.h"
#include "scenarios/load.h"

namespace seatrial {
namespace {

ScenarioRun run_spec(ScenarioSpec spec, const RunOptions& options) {
  ScenarioRun done;
  done.spec = std::move(spec);
  const std::uint64_t seed = options.seed.value_or(done.spec.seed);
  done.run = simulate(done.spec, std::make_shared<const Workload>(build_workload(done.spec, seed)), options);
  const RunHeader header = describe_run(done.spec, *done.run, options);
  done.summary =
      summarize(header, done.run->parts.workload, done.run->table, done.run->metrics, {}, done.run->fairness_or_null());
  return done;
}

}  // namespace

ScenarioRun run_text(const std::string& text, const RunOptions& options) {
  return run_spec(load_scenario_text(text, "test.yaml"), options);
}

ScenarioRun run_file(const std::string& path, const RunOptions& options) {
  return run_spec(load_scenario(path), options);
}

std::string jobs_csv_of(const ScenarioRun& done) {
  TextSink sink;
  const ClusterNodeNames names(done.run->parts.cluster);
  write_jobs_csv(done.run->parts.workload, done.run->table, names, sink);
  return std::move(sink.text);
}

std::string placements_csv_of(const ScenarioRun& done) {
  TextSink sink;
  const ClusterNodeNames names(done.run->parts.cluster);
  write_placements_csv(done.run->parts.workload, done.run->placements, names, sink);
  return std::move(sink.text);
}

double number(const std::optional<double>& value) { return value.value_or(std::numeric_limits<double>::quiet_NaN()); }

std::string scenario_text(const OnePool& scenario) {
  std::string text = "schema: seatrial/v1\nname: test\ncluster: {pools: [{name: p, count: ";
  text += std::to_string(scenario.nodes) + ", gpu: {model: v100-32, count: " + std::to_string(scenario.gpus) + "}";
  if (!scenario.pool_extra.empty()) text += ", " + scenario.pool_extra;
  text += "}]}\nworkload: [{name: w, trace: {" + scenario.trace + "}}]\nscheduler: {" + scenario.scheduler + "}\n";
  return text + scenario.top_level;
}

}  // namespace seatrial
