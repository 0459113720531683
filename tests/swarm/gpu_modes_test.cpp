// Random clusters of cut and shared GPUs under random policies. Whatever is drawn: no job is lost; GPU by GPU and at
// every start, thousandths, replicas, slices and GPU memory stay within what there is, and instances are legal and do
// not overlap; nobody works faster than alone; and the same world runs the same way again. Modes do not preempt, so a
// job holds what it has from its start to its end. A failure prints the seed and the scenario. SEATRIAL_SWARM_SEED
// shifts all seeds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "models/device_ref.h"
#include "models/gpu_partitions.h"
#include "sim/random.h"
#include "tests/support/scenario_run.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

std::string pick(Random& random, const std::vector<std::string>& texts) { return texts[random.below(texts.size())]; }

std::string seconds(Random& random, std::uint64_t most) { return std::to_string(random.below(most + 1)) + "s"; }

// What a family of GPUs can be cut into, and layouts that are legal on it.
struct Family {
  std::string model;
  std::vector<std::string> profiles;
  std::vector<std::string> layouts;
};
const std::vector<Family>& families() {
  static const std::vector<Family> all = {
      {"a100-40",
       {"mig-1g.5gb", "mig-2g.10gb", "mig-3g.20gb", "mig-4g.20gb", "mig-7g.40gb"},
       {"all-1g.5gb", "all-balanced", "[3g.20gb, 2g.10gb, 1g.5gb]", "{3g.20gb: 2}", "[4g.20gb, 2g.10gb, 1g.5gb]"}},
      {"a30", {"mig-1g.6gb", "mig-2g.12gb", "mig-4g.24gb"}, {"all-1g.6gb", "[2g.12gb, 1g.6gb, 1g.6gb]"}},
      {"h100-sxm",
       {"mig-1g.10gb", "mig-1g.20gb", "mig-2g.20gb", "mig-3g.40gb", "mig-4g.40gb"},
       {"all-1g.10gb", "[1g.20gb, 1g.20gb, 2g.20gb, 1g.10gb]", "[4g.40gb, 3g.40gb]"}}};
  return all;
}

std::string partitioner(Random& random) {
  if (random.bernoulli(0.4)) {
    return "{name: optimizing, period: " + std::to_string(5 + random.below(60)) + "s, delay: " + seconds(random, 10) +
           ", exact: " + (random.bernoulli(0.3) ? "true" : "false") + "}";
  }
  std::string text = "{name: on-demand, delay: " + seconds(random, 20);
  if (random.bernoulli(0.4)) text += ", gap: " + seconds(random, 20);
  if (random.bernoulli(0.4)) text += ", min_wait: " + seconds(random, 60);
  if (random.bernoulli(0.4)) text += ", min_interval: " + seconds(random, 120);
  if (random.bernoulli(0.4)) text += ", when_full: drain";
  return text + "}";
}

// One pool, and what jobs may ask it for.
struct Pool {
  std::string text;
  std::vector<std::string> resources;  // values of gpu_resource; "share": a part of a GPU
};

Pool mig_pool(Random& random) {
  const Family& family = families()[random.below(families().size())];
  Pool pool{"model: " + family.model + ", mode: mig", family.profiles};
  const bool moves = random.bernoulli(0.6);
  if (!moves || random.bernoulli(0.5)) pool.text += ", layout: " + pick(random, family.layouts);
  if (moves) pool.text += ", partitioner: " + partitioner(random);
  if (random.bernoulli(0.5)) {
    pool.text += ", placement: {score: " + pick(random, {"room", "stranded"}) +
                 ", gpu: " + pick(random, {"packed", "least-loss", "spread"}) + "}";
  }
  return pool;
}

Pool random_pool(Random& random) {
  const std::string model = pick(random, {"a100-40", "l40s", "v100-32"});
  const std::string replicas = ", replicas: " + std::to_string(1 + random.below(6));
  switch (random.below(6)) {
    case 0:
      return {"model: " + model + ", mode: exclusive", {"gpu"}};
    case 1:
      return {"model: " + model + ", mode: share", {"gpu", "share", "share"}};
    case 2:
      return {"model: " + model + ", mode: time-slicing, resource: nvidia.com/gpu.shared" + replicas +
                  ", overcommit: " + (random.bernoulli(0.5) ? "true" : "false") +
                  ", replica_choice: " + pick(random, {"distributed", "packed"}),
              {"gpu.shared"}};
    case 3: {
      const std::string percentage = random.bernoulli(0.5) ? ", thread_percentage: 40" : "";
      return {"model: " + model + ", mode: mps, resource: nvidia.com/gpu.mps" + replicas + percentage, {"gpu.mps"}};
    }
    default:
      return mig_pool(random);
  }
}

struct ModeWorld {
  std::string scenario;  // without the workload
  std::string trace;
};

std::string job_row(Random& random, const std::vector<std::string>& resources, std::uint64_t submit_s) {
  std::string resource = random.bernoulli(0.1) ? "any" : pick(random, resources);
  std::string gpus = "1";
  std::string milli = "1000";
  std::string memory;
  if (resource == "share") {
    resource = "";
    milli = std::to_string(50 * (1 + random.below(19)));
  } else if (random.bernoulli(0.2)) {
    gpus = std::to_string(1 + random.below(4));
  }
  if (resource == "any" || random.bernoulli(0.5)) memory = std::to_string(1024 * (1 + random.below(24)));
  return std::to_string(submit_s) + "," + std::to_string(1 + random.below(120)) + "," + gpus + "," + milli + "," +
         (resource == "gpu" ? "" : resource) + "," + memory + "," + pick(random, {"x", "y", "z", ""}) + "\n";
}

ModeWorld random_mode_world(Random& random) {
  ModeWorld world;
  std::vector<std::string> resources;
  std::string pools;
  for (std::uint64_t p = 0; p < 1 + random.below(3); ++p) {
    const Pool pool = random_pool(random);
    pools += std::string(p == 0 ? "" : ", ") + "{name: p" + std::to_string(p) +
             ", count: " + std::to_string(1 + random.below(3)) +
             ", gpu: {count: " + std::to_string(1 + random.below(4)) + ", " + pool.text + "}}";
    resources.insert(resources.end(), pool.resources.begin(), pool.resources.end());
  }
  world.trace = "job_id,submit_s,duration_s,gpus,gpu_milli,gpu_resource,gpu_memory_mib,work\n";
  std::uint64_t now_s = 0;
  for (std::uint64_t j = 0; j < 10 + random.below(70); ++j) {
    now_s += random.below(3) == 0 ? random.below(60) : 0;
    world.trace += "j" + std::to_string(j) + "," + job_row(random, resources, now_s);
  }
  world.scenario = "schema: seatrial/v1\nname: modes\nseed: 7\ncluster: {pools: [" + pools + "]}\n";
  world.scenario += "models: {sharing: " + pick(random, {"none", "two-resource", "pair-table", "time-slicing"}) + "}\n";
  world.scenario +=
      "scheduler: {order: " + pick(random, {"fifo", "sjf", "smallest-first"}) +
      ", admission: " + pick(random, {"strict", "best-effort"}) + ", placement: " +
      pick(random, {"best-fit", "first-fit", "worst-fit", "random", "consolidate", "fgd", "fgd-slices", "gpu-packing",
                    "dot-product", "interference-aware", "lucid", "{name: interference-aware, limit: 0.6}",
                    "[{name: fgd-slices}, {name: interference-aware, limit: 0.5}]"}) +
      "}\n";
  return world;
}

// All that a job held: from its start to its end.
struct Hold {
  JobId job;
  std::uint32_t milli = 0;
  std::uint32_t memory_mib = 0;
  std::uint16_t slice = 0;
  std::uint8_t place = 0;
};

class Checker {
 public:
  Checker(const ScenarioRun& done, bool laid_out_anew)
      : run_(*done.run), cluster_(run_.parts.cluster), laid_out_anew_(laid_out_anew) {}

  void check() {
    const Workload& jobs = run_.parts.workload;
    for (std::uint32_t j = 0; j < jobs.size(); ++j) check_job({j});
    for (const auto& [device, holds] : by_device_) check_device(device, holds);
  }

 private:
  void check_job(JobId job) {
    const JobTable& table = run_.table;
    const Workload& jobs = run_.parts.workload;
    const JobState state = table.state[job];
    // New layouts of a whole pool need not put the instances of one gang on one node: such a gang may wait for ever.
    const bool may_wait = laid_out_anew_ && state == JobState::Pending;
    ASSERT_TRUE(state == JobState::Completed || state == JobState::Failed || state == JobState::Rejected || may_wait)
        << jobs.name(job) << " is lost: " << job_state_name(state);
    if (table.start[job] == kNever) {
      ASSERT_TRUE(state == JobState::Rejected || may_wait);
      return;
    }
    ASSERT_GE(table.start[job], jobs.submit(job));
    ASSERT_EQ(table.waited[job], table.start[job] - jobs.submit(job)) << "nobody is preempted";
    if (state == JobState::Completed) {
      ASSERT_GE(table.end[job] - table.start[job], jobs.duration(job)) << "faster than alone";
    }
    const Request& request = jobs.request(job);
    const std::size_t shape = table.shape.empty() ? 0 : table.shape[job];
    const bool sliced = !table.shape_slice.empty();
    const std::uint16_t slice = sliced ? table.shape_slice[jobs.request_id(job).index][shape] : std::uint16_t{0};
    const std::uint32_t milli = sliced ? table.shape_milli[jobs.request_id(job).index][shape] : request.gpu_milli;
    std::uint32_t gpus = 0;
    for (const Piece& piece : table.pieces(job)) {
      for (const std::uint16_t ref : table.devices(piece)) {
        by_device_[cluster_.first_device(piece.node) + device_index(ref)].push_back(
            {job, milli, request.gpu_memory_mib, slice, device_place(ref)});
        pool_of_[cluster_.first_device(piece.node) + device_index(ref)] = cluster_.pool_of(piece.node);
        ++gpus;
      }
    }
    ASSERT_EQ(gpus, request.gpus) << jobs.name(job);
  }

  // Holds that are there at the start of one of them, itself among them.
  [[nodiscard]] std::vector<Hold> beside(const Hold& hold, const std::vector<Hold>& holds) const {
    const Time at = run_.table.start[hold.job];
    std::vector<Hold> there;
    for (const Hold& each : holds) {
      const bool runs = run_.table.start[each.job] <= at && run_.table.end[each.job] > at;
      if (runs || each.job == hold.job) there.push_back(each);
    }
    return there;
  }

  void check_device(std::uint32_t device, const std::vector<Hold>& holds) {
    const GpuPartitions* partitions = cluster_.partitions();
    const PoolId pool = pool_of_[device];
    for (const Hold& hold : holds) {
      // One that is ended for memory at its own start makes room for others at the same instant.
      if (run_.table.end[hold.job] == run_.table.start[hold.job]) continue;
      const std::vector<Hold> there = beside(hold, holds);
      std::uint32_t milli = 0;
      std::int64_t memory_mib = 0;
      for (const Hold& each : there) {
        milli += each.milli;
        memory_mib += each.memory_mib;
      }
      ASSERT_LE(milli, kGpuMilli) << "device " << device << " at the start of job " << hold.job.index;
      if (partitions == nullptr || hold.slice == 0) continue;
      const GpuModeSpec& mode = partitions->mode(pool);
      const bool bound = mode.mode == SharingMode::Share || (mode.mode == SharingMode::TimeSlicing && !mode.overcommit);
      if (bound) {
        ASSERT_LE(memory_mib, partitions->usable_mib(pool));
      }
      if (partitions->kind(hold.slice).what == SliceKind::What::Instance) check_instances(pool, hold, there);
    }
  }

  void check_instances(PoolId pool, const Hold& hold, const std::vector<Hold>& there) {
    const GpuPartitions& partitions = *cluster_.partitions();
    const MigGeometry& geometry = partitions.mig(pool)->geometry();
    const SliceKind& kind = partitions.kind(hold.slice);
    ASSERT_EQ(geometry.places()[hold.place].profile, kind.profile) << "a start of another profile";
    ASSERT_LE(hold.memory_mib, kind.memory_mib);
    unsigned slices = 0;
    unsigned compute = 0;
    for (const Hold& each : there) {
      const auto& place = geometry.places()[each.place];
      ASSERT_EQ(slices & place.slices, 0U) << "instances overlap at the start of job " << hold.job.index;
      slices |= place.slices;
      compute += place.compute;
    }
    ASSERT_LE(compute, geometry.family().compute_slices);
  }

  const SimulatedRun& run_;
  const Cluster& cluster_;
  bool laid_out_anew_;
  std::map<std::uint32_t, std::vector<Hold>> by_device_;
  std::map<std::uint32_t, PoolId> pool_of_;
};

TEST(GpuModesSwarm, ConservesSlicesMemoryAndWork) {
  const char* text = std::getenv("SEATRIAL_SWARM_SEED");
  const std::uint64_t first = text == nullptr ? 1 : std::strtoull(text, nullptr, 10) * 1'000'000;
  for (std::uint64_t seed = first; seed < first + 300; ++seed) {
    Random random(seed, "swarm gpu modes");
    const ModeWorld world = random_mode_world(random);
    const TempFile trace(world.trace);
    const std::string scenario = world.scenario + "workload: [{trace: {format: native, file: " + trace.path() + "}}]\n";
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + world.scenario + world.trace);
    const ScenarioRun done = run_text(scenario);
    Checker(done, scenario.find("optimizing") != std::string::npos).check();
    EXPECT_EQ(run_text(scenario).run->fact_hash, done.run->fact_hash);
    EXPECT_EQ(done.run->parts.cluster.free_milli(), done.run->parts.cluster.total_milli()) << "something is still held";
    done.run->parts.cluster.verify();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace seatrial
