// Random clusters, flavors, trees of cohorts and jobs: whatever the rules decide, quotas, limits and capacity hold at
// every instant, nobody has GPUs without quota, and of preempted jobs no work is lost or invented. The checks replay
// the facts by formulas of their own. A failure prints the seed and the scenario.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "policies/control_plane.h"
#include "policies/quota_rules.h"
#include "scenarios/build.h"
#include "scenarios/load.h"
#include "sim/random.h"
#include "tests/support/trace_files.h"

namespace seatrial {
namespace {

using Amounts = std::map<std::uint32_t, std::int64_t>;  // by flavor resource, milli-GPUs

// What a node's subtree may use, and what it uses, by the definitions and not by QuotaTree.
class PlainTree {
 public:
  explicit PlainTree(const QuotaTreeSpec& spec) : spec_(spec) {}

  void add(std::uint32_t queue, std::uint32_t of, std::int64_t milli) { held_[{queue, of}] += milli; }
  [[nodiscard]] std::int64_t held(std::uint32_t queue, std::uint32_t of) const {
    const auto found = held_.find({queue, of});
    return found == held_.end() ? 0 : found->second;
  }

  // The first node that is over a limit; empty: none is.
  [[nodiscard]] std::string overuse() const {
    for (std::uint32_t n = 0; n < spec_.nodes.size(); ++n) {
      for (std::uint32_t of = 0; of < spec_.flavor_resources.size(); ++of) {
        const QuotaLimits* limits = limits_of(n, of);
        const std::int64_t use = usage(n, of);
        const bool root = !spec_.nodes[n].parent.valid();
        const bool may_borrow = !root && (limits == nullptr || !limits->borrowing_limit);
        const std::int64_t borrow = limits != nullptr ? limits->borrowing_limit.value_or(0) : 0;
        if (use < 0 || (!may_borrow && use > quota(n, of) + borrow)) {
          return spec_.nodes[n].name + " uses " + std::to_string(use) + " of " + std::to_string(quota(n, of));
        }
      }
    }
    return "";
  }

 private:
  [[nodiscard]] const QuotaLimits* limits_of(std::uint32_t n, std::uint32_t of) const {
    for (const QuotaLimits& each : spec_.nodes[n].limits) {
      if (each.of.index == of) return &each;
    }
    return nullptr;
  }
  [[nodiscard]] std::int64_t quota(std::uint32_t n, std::uint32_t of) const {
    const QuotaLimits* own = limits_of(n, of);
    std::int64_t sum = own == nullptr ? 0 : own->nominal;
    for (const std::uint32_t child : children(n)) sum += quota(child, of) - kept(child, of);
    return sum;
  }
  // What a node never lends.
  [[nodiscard]] std::int64_t kept(std::uint32_t n, std::uint32_t of) const {
    const QuotaLimits* own = limits_of(n, of);
    if (own == nullptr || !own->lending_limit) return 0;
    return std::max<std::int64_t>(0, quota(n, of) - *own->lending_limit);
  }
  [[nodiscard]] std::int64_t usage(std::uint32_t n, std::uint32_t of) const {
    if (!spec_.nodes[n].is_cohort) return held(n, of);
    std::int64_t sum = 0;
    for (const std::uint32_t child : children(n)) sum += std::max<std::int64_t>(0, usage(child, of) - kept(child, of));
    return sum;
  }
  [[nodiscard]] std::vector<std::uint32_t> children(std::uint32_t n) const {
    std::vector<std::uint32_t> found;
    for (std::uint32_t c = 0; c < spec_.nodes.size(); ++c) {
      if (spec_.nodes[c].parent == QuotaNodeId{n}) found.push_back(c);
    }
    return found;
  }

  const QuotaTreeSpec& spec_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> held_;
};

// Replays the facts and looks at the world whenever time has passed.
class QuotaWatch final : public Observer {
 public:
  QuotaWatch(const QuotaRules& rules, const Workload& jobs, const Cluster& cluster, bool overheads)
      : rules_(rules), jobs_(jobs), tree_(rules.kueue.quotas), overheads_(overheads), rows_(jobs.size()) {
    for (const Pool& pool : cluster.pools()) free_.push_back(pool.total_milli);
  }

  void observe(std::span<const Fact> facts) override {
    for (const Fact& fact : facts) {
      if (fact.at != now_) look();
      now_ = fact.at;
      handle(fact);
    }
  }
  void finish(Time end) override {
    look();
    for (std::uint32_t j = 0; j < rows_.size(); ++j) stop_useful(j, end);
  }

  [[nodiscard]] std::int64_t useful_ns(std::uint32_t job) const { return rows_[job].useful_ns; }
  [[nodiscard]] std::int64_t held_ns(std::uint32_t job) const { return rows_[job].held_ns; }

 private:
  struct Row {
    Amounts quota;
    std::int64_t bound_milli = 0;
    Time bound_at, useful_from = kNever;
    std::int64_t useful_ns = 0;
    std::int64_t held_ns = 0;
    bool waits = false;
  };

  void stop_useful(std::uint32_t job, Time at) {
    Row& row = rows_[job];
    if (row.useful_from != kNever) row.useful_ns += (at - row.useful_from).ns;
    row.useful_from = kNever;
  }

  void handle(const Fact& fact) {
    if (fact.kind == FactKind::Capacity) return;
    Row& row = rows_[fact.job];
    switch (fact.kind) {
      case FactKind::Submitted:
        row.waits = true;
        return;
      case FactKind::Admitted:
        EXPECT_TRUE(row.quota.empty()) << "job " << fact.job << " was given quota twice";
        row.quota[fact.pool] += fact.milli;
        row.waits = false;
        tree_.add(fact.node, fact.pool, fact.milli);
        return;
      case FactKind::QuotaReleased:
        EXPECT_EQ(row.quota[fact.pool], fact.milli);
        EXPECT_EQ(row.bound_milli, 0) << "job " << fact.job << " has GPUs and no quota";
        row.quota.clear();
        tree_.add(fact.node, fact.pool, -fact.milli);
        return;
      case FactKind::Evicted:
        row.waits = true;
        return;
      case FactKind::Bound:
        EXPECT_TRUE(unlimited(fact.job) || !row.quota.empty()) << "job " << fact.job << " runs without quota";
        free_[fact.pool] -= fact.milli;
        row.bound_milli += fact.milli;
        row.bound_at = fact.at;
        if (!overheads_) row.useful_from = fact.at;
        return;
      case FactKind::Progress:
        row.useful_from = fact.at;
        return;
      case FactKind::Stalled:
        stop_useful(fact.job, fact.at);
        return;
      case FactKind::Released:
        stop_useful(fact.job, fact.at);
        row.held_ns += (fact.at - row.bound_at).ns;
        row.bound_milli -= fact.milli;
        free_[fact.pool] += fact.milli;
        return;
      case FactKind::Rejected:
      case FactKind::Failed:
      case FactKind::Started:
      case FactKind::Resumed:
      case FactKind::Preempted:
      case FactKind::Completed:
      case FactKind::Capacity:
      case FactKind::Held:
      case FactKind::HoldOver:
      case FactKind::Lost:
      case FactKind::Slowed:
      case FactKind::OutOfMemory:
      case FactKind::Recut:
        return;
    }
  }

  [[nodiscard]] bool unlimited(std::uint32_t job) const {
    return !rules_.queue_of_tenant[jobs_.tenant({job}).index].valid();
  }

  void look() {
    EXPECT_EQ(tree_.overuse(), "") << "at " << now_.ns;
    for (const std::int64_t free : free_) EXPECT_GE(free, 0);
    if (rules_.kind != QuotaKind::ResourceQuota) return;
    // Nobody waits who would fit the quota of the namespace.
    for (std::uint32_t j = 0; j < rows_.size(); ++j) {
      if (!rows_[j].waits || unlimited(j)) continue;
      const QuotaNodeId queue = rules_.queue_of_tenant[jobs_.tenant({j}).index];
      const QuotaLimits& limit = rules_.kueue.quotas.nodes[queue.index].limits.front();
      const std::int64_t left = limit.nominal - tree_.held(queue.index, limit.of.index);
      EXPECT_GT(jobs_.request({j}).total_milli(), left) << "job " << j << " waits at " << now_.ns;
    }
  }

  const QuotaRules& rules_;
  const Workload& jobs_;
  PlainTree tree_;
  bool overheads_;
  std::vector<Row> rows_;
  std::vector<std::int64_t> free_;
  Time now_;
};

// ---- random scenarios

std::string pick(Random& random, std::initializer_list<const char*> names) {
  return *(names.begin() + random.below(names.size()));
}

std::string limits_text(Random& random, bool in_cohort, bool is_queue) {
  const auto nominal = static_cast<std::int64_t>(random.below(9));
  std::string text = "{nominal: " + std::to_string(nominal);
  if (in_cohort && random.bernoulli(0.3)) text += ", borrowing_limit: " + std::to_string(random.below(9));
  if (in_cohort && random.bernoulli(0.3)) {
    text += ", lending_limit: " + std::to_string(random.below(static_cast<std::uint64_t>(is_queue ? nominal : 8) + 1));
  }
  return text + "}";
}

std::string resources_text(Random& random, std::size_t flavors, bool in_cohort, bool is_queue) {
  std::string text;
  for (std::size_t f = 0; f < flavors; ++f) {
    if (random.bernoulli(0.3) && !text.empty()) continue;
    text += std::string(text.empty() ? "" : ", ") + "f" + std::to_string(f) +
            ": {gpu: " + limits_text(random, in_cohort, is_queue) + "}";
  }
  return "{" + text + "}";
}

std::string kueue_text(Random& random, std::size_t pools, bool fair) {
  std::string text = std::string("quotas:\n  kind: ") + (fair ? "kueue-fair-sharing" : "kueue") + "\n  flavors:\n";
  for (std::size_t f = 0; f < pools; ++f) {
    const bool all = random.bernoulli(0.2);
    text += "    - {name: f" + std::to_string(f) + (all ? "" : ", pools: [p" + std::to_string(f) + "]") + "}\n";
  }
  const std::size_t cohorts = random.below(5);
  if (cohorts > 0) text += "  cohorts:\n";
  for (std::size_t c = 0; c < cohorts; ++c) {
    const bool has_parent = c > 0 && random.bernoulli(0.7);
    text += "    - {name: c" + std::to_string(c);
    if (has_parent) text += ", parent: c" + std::to_string(random.below(c));
    if (random.bernoulli(0.3)) text += ", resources: " + resources_text(random, pools, has_parent, false);
    text += "}\n";
  }
  text += "  cluster_queues:\n";
  for (const char* queue : {"a", "b", "c", "d"}) {
    const bool in_cohort = cohorts > 0 && random.bernoulli(0.85);
    text += std::string("    - {name: ") + queue + ", resources: " + resources_text(random, pools, in_cohort, true);
    if (in_cohort) text += ", cohort: c" + std::to_string(random.below(cohorts));
    text += ", queueing: " + pick(random, {"StrictFIFO", "BestEffortFIFO"});
    const std::string reclaim = pick(random, {"Never", "LowerPriority", "Any"});
    text += ", preemption: {within_queue: " + pick(random, {"Never", "LowerPriority", "LowerOrNewerEqualPriority"}) +
            ", reclaim_within_cohort: " + reclaim;
    if (reclaim != "Never" && random.bernoulli(0.3)) text += ", borrow_within_cohort: LowerPriority";
    text += "}, flavor_fungibility: {when_can_borrow: " + pick(random, {"Borrow", "TryNextFlavor"}) +
            ", when_can_preempt: " + pick(random, {"Preempt", "TryNextFlavor"}) + "}";
    text += ", fair_weight: " + std::to_string(random.below(4)) + "}\n";
  }
  return text;
}

std::string namespaces_text(Random& random) {
  std::string text = "quotas:\n  kind: resource-quota\n  tenants:\n";
  for (const char* tenant : {"a", "b", "c"}) {
    text += std::string("    ") + tenant + ": {gpu: " + std::to_string(random.below(12)) + "}\n";
  }
  return text;
}

std::string jobs_text(Random& random) {
  std::string rows = "job_id,submit_s,duration_s,gpus,tenant,priority\n";
  const std::size_t jobs = 5 + random.below(60);
  std::uint64_t at = 0;
  for (std::size_t j = 0; j < jobs; ++j) {
    at += random.below(20);
    const std::uint64_t gpus = random.bernoulli(0.6) ? 1 + random.below(2) : 1 + random.below(8);
    rows += std::to_string(j) + ',' + std::to_string(at) + ',' + std::to_string(random.below(100)) + ',' +
            std::to_string(gpus) + ',' + pick(random, {"a", "b", "c", "d"}) + ',' + std::to_string(random.below(3)) +
            '\n';
  }
  return rows;
}

struct QuotaWorld {
  std::string text;
  bool overheads = false;
};

QuotaWorld random_quotas(Random& random, const std::string& trace) {
  QuotaWorld world;
  world.text = "schema: seatrial/v1\nname: q\nuntil: 2d\ncluster:\n  pools:\n";
  const std::size_t pools = 1 + random.below(3);
  for (std::size_t p = 0; p < pools; ++p) {
    world.text += "    - {name: p" + std::to_string(p) + ", count: " + std::to_string(1 + random.below(3)) +
                  ", gpu: {model: v100-32, count: " + std::to_string(1 + random.below(8)) + "}}\n";
  }
  world.text += "workload: [{name: w, trace: {format: native, file: " + trace + "}}]\n";
  const std::uint64_t kind = random.below(3);
  world.text += kind == 2 ? namespaces_text(random) : kueue_text(random, pools, kind == 1);
  world.text += "scheduler: {order: " + pick(random, {"fifo", "sjf", "drf"}) +
                ", admission: " + pick(random, {"strict", "best-effort"}) + "}\n";
  world.overheads = random.bernoulli(0.5);
  if (world.overheads) world.text += "overheads: {start: 2s, restart: 3s, preempt: 1s, drain: 4s}\n";
  return world;
}

void check_world(const QuotaWorld& world) {
  const ScenarioSpec spec = load_scenario_text(world.text, "quotas.yaml", {});
  auto jobs = std::make_shared<const Workload>(build_workload(spec, 1));
  RunParts parts(spec, jobs, 1, false);
  JobTable table(jobs->size());
  QuotaWatch watch(*parts.quotas, *jobs, parts.cluster, world.overheads);
  FactBuffer facts({&watch});
  RunState state(parts.cluster_spec, *jobs, parts.cluster, table, parts.options, std::move(parts.placement), facts, 1);
  ControlPlane control(state, make_scheduler(state, std::move(parts.order)), nullptr, nullptr);
  control.use_quotas(*parts.quotas, nullptr);
  control.run(jobs->submit({0}) + *spec.until);
  for (std::uint32_t j = 0; j < jobs->size(); ++j) {
    Duration split{0};
    for (const Duration part : table.wait_split({j})) split += part;
    EXPECT_EQ(split.ns, table.waited[{j}].ns) << "the wait of job " << j;
    if (table.state[{j}] != JobState::Completed) continue;
    EXPECT_EQ(watch.useful_ns(j), jobs->duration({j}).ns) << "the work of job " << j;
    const std::int64_t lived_ns = (table.end[{j}] - jobs->submit({j})).ns;
    EXPECT_EQ(watch.held_ns(j) + table.waited[{j}].ns, lived_ns) << "the time of job " << j;
  }
}

TEST(QuotaSwarm, LimitsHoldAndNoWorkIsLost) {
  for (std::uint64_t seed = 1; seed <= 300 && !testing::Test::HasFailure(); ++seed) {
    Random random(seed, "quota swarm");
    const TempFile trace(jobs_text(random));
    const QuotaWorld world = random_quotas(random, trace.path());
    check_world(world);
    if (testing::Test::HasFailure()) ADD_FAILURE() << "seed " << seed << "\n" << world.text;
  }
}

}  // namespace
}  // namespace seatrial
