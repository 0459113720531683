// Kueue's searches for victims and its admission cycle on random trees: victims are those of the plain search, allowed,
// sufficient and needed, the tree is left as it was, and whatever is submitted, ended or evicted, no limit is passed
// and no workload is lost.
#include <gtest/gtest.h>

#include <set>
#include <utility>
#include <vector>

#include "policies/kueue_candidates.h"
#include "policies/kueue_scheduler.h"
#include "policies/kueue_victims.h"
#include "tests/support/plain_kueue_search.h"
#include "tests/support/quota_builder.h"

namespace seatrial {
namespace {

std::vector<QuotaNodeId> queues_of(const QuotaTreeSpec& spec) {
  std::vector<QuotaNodeId> queues;
  for (std::uint32_t i = 0; i < spec.nodes.size(); ++i) {
    if (!spec.nodes[i].is_cohort) queues.push_back(QuotaNodeId{i});
  }
  return queues;
}

QueuePreemption random_policies(Random& random) {
  QueuePreemption policies;
  policies.within_queue = static_cast<PreemptionPolicy>(random.below(3));
  constexpr PreemptionPolicy kReclaim[] = {PreemptionPolicy::Never, PreemptionPolicy::LowerPriority,
                                           PreemptionPolicy::Any};
  policies.reclaim_within_cohort = kReclaim[random.below(3)];
  policies.borrow_within_cohort = random.bernoulli(0.4);
  if (random.bernoulli(0.5)) policies.max_priority_threshold = static_cast<std::int32_t>(random.below(3));
  return policies;
}

QuotaAmounts random_usage(Random& random, std::uint32_t width) {
  QuotaAmounts usage;
  for (std::uint32_t i = 0; i < width; ++i) {
    if (i == 0 || random.bernoulli(0.5)) {
      usage.push_back({FlavorResourceId{i}, static_cast<std::int64_t>(1 + random.below(4))});
    }
  }
  return usage;
}

std::vector<std::int64_t> all_usage(const QuotaTree& tree) {
  std::vector<std::int64_t> usage;
  for (std::uint32_t i = 0; i < tree.nodes(); ++i) {
    for (std::uint32_t j = 0; j < tree.flavor_resources(); ++j) {
      usage.push_back(tree.usage(QuotaNodeId{i}, FlavorResourceId{j}));
    }
  }
  return usage;
}

// What a search must keep, for the victims of one request.
void expect_sound(const QuotaView& view, const QuotaRequest& request, const std::vector<Victim>& victims,
                  bool classical, std::uint64_t seed) {
  std::set<HeldQuotaId> different;
  for (const Victim& victim : victims) {
    different.insert(victim.id);
    ASSERT_TRUE(may_take(view, request, victim.id)) << seed;
    const QuotaNodeId queue = view.held[victim.id].queue;
    ASSERT_EQ(queue == request.queue, victim.reason == VictimReason::InClusterQueue) << seed;
    ASSERT_TRUE(queue == request.queue || !within_quota(view.tree, queue, request.short_of)) << seed;
  }
  ASSERT_EQ(different.size(), victims.size()) << seed;
  for (const Victim& victim : victims) take_away(view, victim.id);
  ASSERT_TRUE(victims.empty() || request_fits(view.tree, request, true)) << seed;
  for (const Victim& victim : victims) {
    give_back(view, victim.id);
    ASSERT_FALSE(request_fits(view.tree, request, !classical)) << seed;
    take_away(view, victim.id);
  }
  for (const Victim& victim : victims) give_back(view, victim.id);
}

TEST(KueueProperty, VictimsAreAllowedSufficeAndAreNeeded) {
  int searches_with_victims = 0;
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    Random random(seed, "victims");
    const QuotaTreeSpec spec = random_quota_tree(random);
    QuotaTree tree(spec);
    const QuotaShares shares(tree);
    const std::vector<QuotaNodeId> queues = queues_of(spec);
    Column<QuotaNodeId, QueuePreemption> policies(tree.nodes());
    for (const QuotaNodeId queue : queues) policies[queue] = random_policies(random);
    HeldQuotas held(tree.nodes());
    for (std::uint32_t i = 0; i < 20; ++i) {
      HeldQuota row{.queue = queues[random.below(queues.size())],
                    .priority = static_cast<std::int32_t>(random.below(4)),
                    .reserved_at = static_cast<std::int64_t>(random.below(5)),
                    .queued_at = static_cast<std::int64_t>(random.below(5)),
                    .evicted = random.bernoulli(0.1),
                    .usage = random_usage(random, tree.flavor_resources())};
      if (!tree.fits(row.queue, row.usage)) row.usage = {{FlavorResourceId{0}, 0}};
      tree.add_usage(row.queue, row.usage);
      held.add(HeldQuotaId{i}, row);
    }
    const QuotaView view{tree, shares, policies, held};
    QuotaRequest request{.queue = queues[random.below(queues.size())],
                         .priority = static_cast<std::int32_t>(random.below(5)),
                         .queued_at = static_cast<std::int64_t>(random.below(5)),
                         .usage = random_usage(random, tree.flavor_resources()),
                         .short_of = {}};
    for (const QuotaAmount& each : request.usage) {
      if (each.amount > tree.available(request.queue, each.of)) request.short_of.push_back(each.of);
    }
    if (request.short_of.empty()) continue;
    const std::vector<std::int64_t> before = all_usage(tree);
    const std::vector<Victim> classical = classical_victims(view, request);
    ASSERT_EQ(all_usage(tree), before) << seed;
    expect_sound(view, request, classical, true, seed);
    const std::vector<Victim> fair =
        fair_victims(view, request, {FairStrategy::LessThanOrEqualToFinalShare, FairStrategy::LessThanInitialShare});
    ASSERT_EQ(all_usage(tree), before) << seed;
    expect_sound(view, request, fair, false, seed);
    searches_with_victims += classical.empty() && fair.empty() ? 0 : 1;
  }
  EXPECT_GT(searches_with_victims, 100);
}

std::vector<std::pair<std::uint32_t, VictimReason>> shown(const std::vector<Victim>& victims) {
  std::vector<std::pair<std::uint32_t, VictimReason>> pairs;
  for (const Victim& victim : victims) pairs.emplace_back(victim.id.index, victim.reason);
  return pairs;
}

// A tree with several levels and more workloads than quota, so that most searches have many candidates of all rights.
struct CrowdedTree {
  explicit CrowdedTree(Random& random)
      : spec(random_quota_tree(random)), tree(spec), shares(tree), policies(tree.nodes()), held(tree.nodes()) {
    const std::vector<QuotaNodeId> queues = queues_of(spec);
    for (const QuotaNodeId queue : queues) policies[queue] = random_policies(random);
    const auto workloads = static_cast<std::uint32_t>(random.below(60));
    for (std::uint32_t i = 0; i < workloads; ++i) hold(random, queues[random.below(queues.size())], HeldQuotaId{i});
    for (std::uint32_t i = 0; i < workloads; ++i) {
      if (random.bernoulli(0.1)) held.set_evicted(HeldQuotaId{i});
    }
  }

  void hold(Random& random, QuotaNodeId queue, HeldQuotaId id) {
    HeldQuota row{.queue = queue,
                  .priority = static_cast<std::int32_t>(random.below(3)),
                  .reserved_at = static_cast<std::int64_t>(random.below(5)),
                  .queued_at = static_cast<std::int64_t>(random.below(5)),
                  .usage = random_usage(random, tree.flavor_resources())};
    tree.add_usage(row.queue, row.usage);
    held.add(id, row);
  }

  [[nodiscard]] QuotaRequest request(Random& random) const {
    const std::vector<QuotaNodeId> queues = queues_of(spec);
    QuotaRequest request{.queue = queues[random.below(queues.size())],
                         .priority = static_cast<std::int32_t>(random.below(4)),
                         .queued_at = static_cast<std::int64_t>(random.below(5)),
                         .usage = random_usage(random, tree.flavor_resources()),
                         .short_of = {}};
    for (const QuotaAmount& each : request.usage) {
      if (random.bernoulli(0.7)) request.short_of.push_back(each.of);
    }
    return request;
  }

  QuotaTreeSpec spec;
  QuotaTree tree;
  QuotaShares shares;
  Column<QuotaNodeId, QueuePreemption> policies;
  HeldQuotas held;
};

// Many searches with one memory, on states that differ by a workload.
TEST(KueueProperty, VictimsAreThoseOfThePlainSearch) {
  const std::vector<std::vector<FairStrategy>> strategies{
      {FairStrategy::LessThanOrEqualToFinalShare, FairStrategy::LessThanInitialShare},
      {FairStrategy::LessThanOrEqualToFinalShare},
      {FairStrategy::LessThanInitialShare},
      {FairStrategy::LessThanInitialShare, FairStrategy::LessThanOrEqualToFinalShare}};
  std::size_t several = 0;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    Random random(seed, "searches");
    CrowdedTree world(random);
    const QuotaView view{world.tree, world.shares, world.policies, world.held};
    VictimFinder finder(view);
    for (std::uint32_t step = 0; step < 12; ++step) {
      const QuotaRequest request = world.request(random);
      const std::vector<std::int64_t> before = all_usage(world.tree);
      const auto classical = shown(finder.classical(request));
      ASSERT_EQ(classical, shown(plain_classical_victims(view, request))) << "seed " << seed << " step " << step;
      const auto& order = strategies[random.below(strategies.size())];
      const auto fair = shown(finder.fair(request, order));
      ASSERT_EQ(fair, shown(plain_fair_victims(view, request, order))) << "seed " << seed << " step " << step;
      ASSERT_EQ(all_usage(world.tree), before) << seed;
      several += classical.size() > 1 || fair.size() > 1 ? 1 : 0;
      if (step % 3 != 2) continue;
      world.hold(random, request.queue, HeldQuotaId{100 + step});
      finder.forget();
    }
  }
  EXPECT_GT(several, 1000U);
}

class RandomCluster {
 public:
  RandomCluster(std::uint64_t seed, bool fair) : random_(seed, "kueue"), seed_(seed), scheduler_(rules(fair)) {}

  void run() {
    for (int step = 0; step < 60; ++step) {
      const auto choice = random_.below(4);
      if (choice < 2) {
        submit();
      } else if (!running_.empty() && choice == 2) {
        const auto at = running_.begin() + static_cast<std::ptrdiff_t>(random_.below(running_.size()));
        scheduler_.finish(*at);
        running_.erase(at);
        ++finished_;
      } else if (!leaving_.empty()) {
        scheduler_.give_up(leaving_.back());
        leaving_.pop_back();
      }
      cycles(step);
      if (testing::Test::HasFatalFailure()) return;
    }
  }

 private:
  KueueRules rules(bool fair) {
    KueueRules rules;
    rules.quotas = random_quota_tree(random_);
    rules.fair_sharing = fair;
    rules.flavors.push_back({});
    const auto width = rules.quotas.flavor_resources.size();
    for (std::uint32_t i = 0; i < width; ++i) resources_.push_back({i});
    for (const QuotaNodeSpec& node : rules.quotas.nodes) {
      ClusterQueueRules queue;
      queue.strict_fifo = random_.bernoulli(0.3);
      queue.preemption = random_policies(random_);
      for (std::uint32_t i = 0; i < width && !node.is_cohort; ++i) {
        queue.flavors.groups.push_back({{ResourceId{i}}, {ResourceFlavorId{0}}, {FlavorResourceId{i}}});
      }
      rules.queues.push_back(queue);
    }
    queues_ = queues_of(rules.quotas);
    return rules;
  }

  void submit() {
    KueueWorkload workload{queues_[random_.below(queues_.size())],
                           static_cast<std::int32_t>(random_.below(3)),
                           std::int64_t{submitted_},
                           {}};
    workload.pod_sets.resize(1);
    KueuePodSet& set = workload.pod_sets.front();
    set.request.count = static_cast<std::uint32_t>(1 + random_.below(4));
    if (random_.bernoulli(0.3)) set.min_count = 1;
    set.request.per_pod = {{resources_[random_.below(resources_.size())], 1}};
    scheduler_.submit(workload);
    ++submitted_;
  }

  void cycles(int step) {
    for (int cycle = 0; scheduler_.has_work(); ++cycle) {
      ASSERT_LT(cycle, 300) << "no end, seed " << seed_;
      const CycleResult result = scheduler_.cycle(step);
      for (const QuotaAdmission& each : result.admitted) running_.push_back(each.id);
      for (const QuotaEviction& each : result.evicted) {
        ASSERT_EQ(std::erase(running_, each.id), 1U) << seed_;
        leaving_.push_back(each.id);
      }
      check();
    }
  }

  void check() const {
    const QuotaTree& tree = scheduler_.quotas();
    ASSERT_EQ(scheduler_.waiting() + running_.size() + leaving_.size() + finished_, submitted_) << seed_;
    for (std::uint32_t i = 0; i < tree.nodes(); ++i) {
      for (std::uint32_t j = 0; j < tree.flavor_resources(); ++j) {
        const QuotaNodeId id{i};
        const FlavorResourceId of{j};
        const std::int64_t over = tree.usage(id, of) - tree.subtree_quota(id, of);
        const std::int64_t most = tree.has_parent(id) ? tree.borrowing_limit(id, of).value_or(over) : 0;
        ASSERT_LE(over, std::max<std::int64_t>(0, most)) << seed_;
      }
    }
  }

  Random random_;
  std::uint64_t seed_;
  std::vector<ResourceId> resources_;
  std::vector<QuotaNodeId> queues_;
  KueueScheduler scheduler_;
  std::vector<HeldQuotaId> running_;
  std::vector<HeldQuotaId> leaving_;  // evicted, holding their quota still
  std::uint32_t submitted_ = 0;
  std::uint32_t finished_ = 0;
};

TEST(KueueProperty, AdmissionKeepsEveryLimitAndLosesNothing) {
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    RandomCluster(seed, seed % 2 == 0).run();
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace seatrial
