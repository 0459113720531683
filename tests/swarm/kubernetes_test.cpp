// Random clusters and jobs under the admissions kube and kueue: priorities that preempt, disruption budgets, gates,
// gangs that start at once or pod by pod. Facts are watched as they come: capacity is never exceeded, no gang partly
// runs, budgets that are kept are never overdrawn, and every GPU second is work that counts, work that was lost, or
// overhead.
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "models/fact.h"
#include "policies/control_plane.h"
#include "policies/registry.h"
#include "sim/random.h"
#include "sim/stats.h"
#include "sim/wide.h"

namespace seatrial {
namespace {

constexpr std::uint64_t kWorlds = 200;
constexpr std::uint64_t kKnots = 40;  // worlds of gangs that bind pod by pod: slow, because they give up so often

struct World {
  ClusterSpec cluster;
  Workload jobs;
  SchedulerOptions options;
};

std::uint32_t below(Random& random, std::uint32_t bound) {
  return std::min(bound - 1, static_cast<std::uint32_t>(random.uniform() * bound));
}

Duration seconds(std::uint32_t s) { return {s * kNsPerSecond}; }

enum class Kind : std::uint8_t { Priorities, PodByPod, Gates, Kueue };

World random_world(std::uint64_t seed, Kind kind) {
  Random random(seed, "kubernetes swarm");
  World world;
  PoolSpec& pool = world.cluster.pools.emplace_back();
  pool.name = "p";
  pool.count = 1 + below(random, 4);
  pool.gpus = 1 + below(random, 8);
  pool.gpu_model = "v100-32";
  const std::uint32_t gpus = pool.count * pool.gpus;
  WorkloadBuilder builder;
  std::int64_t at_s = 0;
  for (std::uint32_t row = 0; row < 40; ++row) {
    at_s += below(random, 20);
    JobRecord record;
    record.row = row;
    record.submit_ns = at_s * kNsPerSecond;
    record.duration_ns = below(random, 200) * kNsPerSecond;
    record.gpus = 1 + below(random, gpus + 1);  // some are larger than the cluster
    record.pods = below(random, 2) == 0 ? record.gpus : 0;
    record.priority = static_cast<std::int32_t>(below(random, 4));
    record.tenant = below(random, 2) == 0 ? "a" : "b";
    builder.add(record);
  }
  world.jobs = builder.build();
  SchedulerOptions& options = world.options;
  options.admission = kind == Kind::Kueue ? Admission::Kueue : Admission::Kube;
  if (kind == Kind::PodByPod) {
    options.pod_by_pod = true;
    options.permit = seconds(30);
    return world;
  }
  if (kind != Kind::Priorities) {
    options.overheads.start_up = {seconds(1), 0.5, 2, seconds(1), seconds(5)};
    options.overheads.release = {seconds(1), seconds(3)};
    if (kind == Kind::Gates) options.gate = {static_cast<GateOrder>(below(random, 4)), seconds(5), {0}, false};
    return world;
  }
  options.preemption = Preemption::Priority;
  options.victims = static_cast<VictimKey>(below(random, 3));
  options.keep_budgets = below(random, 2) == 0;
  options.budgets.push_back({world.jobs.texts().find("a").index, {CountOrPercent{below(random, 6), false}, {}}});
  options.budgets.push_back({world.jobs.texts().find("b").index, {{}, CountOrPercent{below(random, 101), true}}});
  if (below(random, 2) == 0) options.overheads.drain.steps = {{UINT32_MAX, seconds(below(random, 20))}};
  if (below(random, 2) == 0) options.overheads.restart.steps = {{UINT32_MAX, seconds(below(random, 20))}};
  if (below(random, 2) == 0) options.overheads.checkpoint_every = seconds(1 + below(random, 60));
  return world;
}

class Watch final : public Observer {
 public:
  Watch(const World& world, std::int64_t total_milli) : world_(world), total_milli_(total_milli) {}

  void observe(std::span<const Fact> facts) override {
    for (const Fact& fact : facts) handle(fact);
  }
  void finish(Time end) override { end_ = end; }

  [[nodiscard]] Int128 held() const { return held_.integral(end_); }
  [[nodiscard]] Int128 useful() const { return useful_.integral(end_); }
  [[nodiscard]] Int128 lost() const { return lost_; }

 private:
  void handle(const Fact& fact) {
    switch (fact.kind) {
      case FactKind::Held:
      case FactKind::Bound:
        held_.add(fact.at, fact.milli);
        bound_[fact.job] += fact.milli;
        total_ += fact.milli;
        EXPECT_LE(total_, total_milli_) << "capacity";
        break;
      case FactKind::HoldOver:
      case FactKind::Released:
        held_.add(fact.at, -fact.milli);
        bound_[fact.job] -= fact.milli;
        total_ -= fact.milli;
        if (working_[fact.job] != 0) work(fact, 0);
        break;
      case FactKind::Progress:
        EXPECT_EQ(bound_[fact.job], world_.jobs.request({fact.job}).total_milli()) << "a gang partly runs";
        work(fact, fact.milli);
        break;
      case FactKind::Stalled:
        work(fact, 0);
        break;
      case FactKind::Lost:
        lost_ += static_cast<Int128>(fact.milli) * fact.node;
        break;
      case FactKind::Started:
      case FactKind::Resumed:
      case FactKind::Submitted:
      case FactKind::Rejected:
      case FactKind::Failed:
      case FactKind::Preempted:
      case FactKind::Completed:
      case FactKind::Capacity:
      case FactKind::Slowed:
      case FactKind::OutOfMemory:
      case FactKind::Admitted:
      case FactKind::QuotaReleased:
      case FactKind::Evicted:
      case FactKind::Recut:
        break;
    }
  }
  void work(const Fact& fact, std::int64_t milli) {
    useful_.add(fact.at, milli - working_[fact.job]);
    working_[fact.job] = milli;
  }

  const World& world_;
  std::int64_t total_milli_;
  std::int64_t total_ = 0;
  std::map<std::uint32_t, std::int64_t> bound_;
  std::map<std::uint32_t, std::int64_t> working_;
  TimeWeighted held_;
  TimeWeighted useful_;
  Int128 lost_ = 0;
  Time end_;
};

// After each instant: pods of a budget's tenant that run, and whether a job that was preempted now was one too many.
class BudgetWatch final : public RunListener {
 public:
  explicit BudgetWatch(const World& world) : world_(world) {}

  void instant_over(const RunState& state) override {
    for (std::uint32_t b = 0; b < world_.options.budgets.size(); ++b) {
      const BudgetOptions& rule = world_.options.budgets[b];
      std::int64_t healthy = 0;
      std::int64_t wanted = 0;
      std::uint32_t preemptions = 0;
      for (std::uint32_t j = 0; j < world_.jobs.size(); ++j) {
        const JobId job{j};
        if (world_.jobs.tenant(job).index != rule.tenant) continue;
        const JobState is = state.table.state[job];
        const std::int64_t pods = state.class_of(job).infeasible == nullptr ? state.class_of(job).shapes[0].pods() : 0;
        preemptions += state.table.preemptions[job];
        if (is == JobState::Running || is == JobState::Pending) wanted += pods;
        if (is == JobState::Running && !state.is_draining(job)) healthy += pods;
      }
      // Ends and starts of the same instant change what is healthy too: only instants without them tell.
      const bool only_preempted = preemptions > preemptions_[b] && wanted == wanted_[b];
      if (only_preempted && world_.options.keep_budgets) {
        const auto status = budget_status(rule.budget, {wanted, healthy, wanted});
        EXPECT_TRUE(status && status->healthy >= status->desired_healthy) << "budget " << b;
      }
      preemptions_[b] = preemptions;
      wanted_[b] = wanted;
    }
  }

 private:
  const World& world_;
  std::map<std::uint32_t, std::uint32_t> preemptions_;
  std::map<std::uint32_t, std::int64_t> wanted_;
};

struct Outcome {
  std::uint64_t preemptions = 0;
  std::uint64_t waiting = 0;  // jobs that never started
  Int128 lost = 0;
};

Outcome run_world(std::uint64_t seed, Kind kind) {
  const World world = random_world(seed, kind);
  Cluster cluster(world.cluster, false);
  JobTable table(world.jobs.size());
  Watch watch(world, cluster.total_milli());
  BudgetWatch budgets(world);
  FactBuffer facts({&watch});
  Random random(1, "policies");
  const PolicyContext context{world.jobs, cluster, nullptr, random};
  RunState state(world.cluster, world.jobs, cluster, table, world.options,
                 find_placement("best-fit")->make(context, {}), facts, seed);
  ControlPlane(state, make_scheduler(state, find_order("fifo")->make(context, {})), &budgets, nullptr)
      .run(std::nullopt);
  cluster.verify();

  Outcome outcome;
  Int128 worked = 0;
  for (std::uint32_t j = 0; j < world.jobs.size(); ++j) {
    const JobId job{j};
    outcome.preemptions += table.preemptions[job];
    const bool too_large = state.class_of(job).infeasible != nullptr;
    // Gangs that bind pod by pod may give up in turns for ever: they wait in the end, and hold what they have.
    const bool may_wait = kind == Kind::PodByPod && table.state[job] == JobState::Pending;
    outcome.waiting += may_wait ? 1U : 0U;
    if (may_wait) continue;
    EXPECT_EQ(table.state[job], too_large ? JobState::Rejected : JobState::Completed) << "job " << j;
    const Int128 milli = world.jobs.request(job).total_milli();
    if (!too_large) worked += milli * world.jobs.duration(job).ns;
  }
  if (outcome.waiting == 0) {
    EXPECT_EQ(cluster.free_milli(), cluster.total_milli());
  }
  const OverheadSpec& overheads = world.options.overheads;
  const bool told = kind != Kind::Priorities || !overheads.drain.zero() || !overheads.restart.zero() ||
                    overheads.checkpoint_every.ns > 0;
  EXPECT_TRUE((told ? watch.useful() : watch.held()) == worked + watch.lost()) << "GPU seconds";
  outcome.lost = watch.lost();
  return outcome;
}

TEST(KubernetesSwarm, PrioritiesBudgetsAndLostWorkAddUp) {
  Outcome sum;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Outcome outcome = run_world(seed, Kind::Priorities);
    sum.preemptions += outcome.preemptions;
    sum.lost += outcome.lost;
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
  EXPECT_GT(sum.preemptions, 300U);
  EXPECT_TRUE(sum.lost > 0);
}

std::uint64_t worlds_that_end(Kind kind, std::uint64_t worlds) {
  std::uint64_t ended = 0;
  for (std::uint64_t seed = 1; seed <= worlds && !testing::Test::HasFailure(); ++seed) {
    ended += run_world(seed, kind).waiting == 0 ? 1U : 0U;
    EXPECT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
  }
  return ended;
}

TEST(KubernetesSwarm, GangsThatBindPodByPodKeepTheBalanceWhetherTheyEndOrNot) {
  EXPECT_LT(worlds_that_end(Kind::PodByPod, kKnots), kKnots) << "permits alone do not end every knot";
}
TEST(KubernetesSwarm, GatesLetEverybodyPassInTheEnd) { EXPECT_EQ(worlds_that_end(Kind::Gates, kWorlds), kWorlds); }
TEST(KubernetesSwarm, KueueAdmitsEverybodyInTheEnd) { EXPECT_EQ(worlds_that_end(Kind::Kueue, kWorlds), kWorlds); }

}  // namespace
}  // namespace seatrial
