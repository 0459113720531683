// What `explain` says of more nodes is what happens with more nodes: 200 waiting jobs of several worlds, each simulated
// again from a scenario that was edited by hand.
#include "scenarios/what_if.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "scenarios/load.h"
#include "sim/random.h"
#include "tests/support/scenario_run.h"

namespace seatrial {
namespace {

namespace fs = std::filesystem;

std::string world(std::uint64_t seed, int nodes) {
  constexpr const char* kSchedulers[] = {"order: fifo", "order: sjf, admission: best-effort",
                                         "order: fifo, admission: easy", "order: srtf"};
  return "schema: seatrial/v1\nname: w\nseed: " + std::to_string(seed) +
         "\ncluster:\n  pools:\n    - {name: a, count: " + std::to_string(nodes) +
         ", gpu: {model: v100-32, count: 4}}\n    - {name: b, count: 1, gpu: {model: t4, count: 2}}\n" +
         "workload: [{name: w, generate: {jobs: 200, load: 1.1, cluster_gpus: 14,\n"
         "            duration: {distribution: log-normal, median: 10m, shape: 1.4}, gpus: {1: 0.5, 2: 0.2, 4: 0.2, 8: "
         "0.1}}}]\n"
         "scheduler: {" +
         kSchedulers[seed % 4] + "}\n";
}

TEST(WhatIf, TwoHundredJobsStartWhenItSaysTheyWould) {
  const fs::path folder = fs::temp_directory_path() / ("seatrial-what-if-" + std::to_string(::getpid()));
  int asked = 0;
  int sooner = 0;
  for (std::uint64_t seed = 0; asked < 200; ++seed) {
    fs::create_directories(folder);
    const fs::path file = folder / "s.yaml";
    std::ofstream(file) << world(seed, 3);
    RunOptions options;
    options.out_dir = (folder / "out").string();
    options.write_report = false;
    (void)run_scenario(load_scenario(file.string()), options);
    const ScenarioRun base = run_text(world(seed, 3));
    const ScenarioRun larger = run_text(world(seed, 4));
    Random random(seed, "what if");
    for (int i = 0; i < 10; ++i) {
      const JobId job{static_cast<std::uint32_t>(random.below(200))};
      const WhatIf answer = what_if(options.out_dir, base.run->parts.workload.name(job));
      ASSERT_EQ(answer.unknown, "");
      ASSERT_EQ(answer.waited, base.run->table.waited[job]);
      if (answer.waited.ns == 0) continue;
      ++asked;
      ASSERT_EQ(answer.pools.size(), 2U);
      EXPECT_EQ(answer.pools[0].start, larger.run->table.start[job]) << "world " << seed << ", job " << job.index;
      EXPECT_EQ(answer.pools[0].waited, larger.run->table.waited[job]);
      sooner += answer.pools[0].waited < answer.waited ? 1 : 0;
    }
    fs::remove_all(folder);
  }
  EXPECT_GT(sooner, 100);
}

TEST(WhatIf, SaysWhyNothingCanBeSaid) {
  const fs::path folder = fs::temp_directory_path() / ("seatrial-what-if-no-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const fs::path file = folder / "s.yaml";
  std::ofstream(file) << world(1, 3);
  RunOptions options;
  options.out_dir = (folder / "out").string();
  options.write_report = false;
  (void)run_scenario(load_scenario(file.string()), options);
  // As if another version had made it.
  const fs::path summary = folder / "out" / "summary.json";
  std::string text;
  std::getline(std::ifstream(summary), text, '\0');
  const std::size_t at = text.find("\"fact_hash\": \"") + 14;
  text[at] = text[at] == '0' ? '1' : '0';
  std::ofstream(summary) << text;
  EXPECT_NE(what_if(options.out_dir, "5").unknown, "");
  EXPECT_NE(what_if_text(what_if(options.out_dir, "5")).find("not known"), std::string::npos);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace seatrial
