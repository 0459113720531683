// Random worlds of several GPU types under every order that gives out GPUs by type: nobody
// waits for ever and GPUs are never given out twice. A failure prints the seed and the scenario.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "policies/registry.h"
#include "sim/random.h"
#include "tests/support/scenario_run.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

struct World {
  std::string pools;
  std::string jobs = "job_id,submit_s,duration_s,gpus,tenant,work\n";
  std::string speeds = "gpu_type,model,scale_factor,steps_per_s\n";
  std::string rest;
  std::string scheduler;
};

std::string pick(Random& random, const std::vector<std::string>& texts) { return texts[random.below(texts.size())]; }

World random_types(Random& random) {
  const std::vector<std::string> models{"v100-16", "p100-16", "k80"};
  World world;
  std::uint64_t most_gpus = 0;
  const std::uint64_t pools = 1 + random.below(3);
  for (std::uint64_t i = 0; i < pools; ++i) {
    const std::uint64_t nodes = 1 + random.below(4);
    const std::uint64_t gpus = 1U << random.below(3);
    most_gpus = std::max(most_gpus, nodes * gpus);
    world.pools += (i == 0 ? "" : ", ") + ("{name: p" + std::to_string(i)) + ", count: " + std::to_string(nodes) +
                   ", gpu: {model: " + models[i] + ", count: " + std::to_string(gpus) + "}, price: 3 USD/h}";
  }
  for (const char* work : {"x", "y", "z"}) {
    for (const char* type : {"v100", "p100", "k80"}) {
      const bool runs = std::string(type) == "v100" || random.bernoulli(0.8);
      if (!runs) continue;
      for (const int gpus : {1, 2, 4, 8, 16}) {
        world.speeds += std::string(type) + "," + work + "," + std::to_string(gpus) + "," +
                        std::to_string(1 + random.below(20)) + "\n";
      }
    }
  }
  std::uint64_t now = 0;
  const std::uint64_t jobs = 2 + random.below(24);
  for (std::uint64_t i = 0; i < jobs; ++i) {
    now += random.bernoulli(0.5) ? 0 : random.below(60);
    const std::uint64_t gpus = random.bernoulli(0.1) ? 0 : 1 + random.below(random.bernoulli(0.2) ? most_gpus + 1 : 2);
    world.jobs += std::to_string(i) + "," + std::to_string(now) + "," + std::to_string(random.below(300)) + "," +
                  std::to_string(gpus) + "," + pick(random, {"a", "b", "c"}) + "," + pick(random, {"x", "y", "z"}) +
                  "\n";
  }
  if (random.bernoulli(0.5)) world.rest += "overheads: {restart: 7s, drain: 3s, start: 2s}\n";
  if (random.bernoulli(0.3)) world.rest += "tenants: [{name: a, weight: 3}]\n";
  world.scheduler = ", preemption: {round: " + pick(random, {"60s", "6m"}) +
                    "}, placement: " + pick(random, {"best-fit", "first-fit", "consolidate"}) +
                    ", estimate: " + pick(random, {"oracle", "history", "{noise: 0.7}"});
  return world;
}

std::string text_of(const World& world, const std::string& order, const TempFile& trace, const TempFile& speeds) {
  return "schema: seatrial/v1\nname: types\ncluster: {pools: [" + world.pools +
         "]}\nworkload: [{name: w, trace: {format: native, file: " + trace.path() + "}}]\n" +
         "models: {sharing: none, isolated: " + speeds.path() +
         ", reference_gpu: v100, gpu_types: {v100-16: v100, p100-16: p100, k80: k80}}\n" +
         "scheduler: {order: " + order + world.scheduler + "}\n" + world.rest;
}

TEST(SwarmRounds, EveryOrderOverTypesKeepsTheInvariants) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Random random(seed, "swarm rounds");
    const World world = random_types(random);
    const TempFile trace(world.jobs);
    const TempFile speeds(world.speeds);
    for (const OrderRegistration& order : order_registry()) {
      if (order.make_allocator == nullptr || (order.problem != nullptr && !order.problem().empty())) continue;
      const std::string text = text_of(world, order.doc.name, trace, speeds);
      const ScenarioRun done = run_text(text);
      const Summary& summary = done.summary;
      EXPECT_EQ(summary.jobs.completed + summary.jobs.rejected, summary.jobs.submitted) << "somebody waits for ever";
      EXPECT_LE(number(summary.allocated_peak), 1);
      EXPECT_EQ(done.run->parts.cluster.free_milli(), done.run->parts.cluster.total_milli());
      if (HasFailure()) {
        ADD_FAILURE() << "seed " << seed << "\n" << text << world.jobs << world.speeds;
        return;
      }
    }
  }
}

}  // namespace
}  // namespace seatrial
