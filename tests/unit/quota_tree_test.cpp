// models/quota_tree.h and models/quota_share.h on small trees that can be followed by hand.
#include "models/quota_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "models/quota_share.h"
#include "tests/support/quota_builder.h"

namespace seatrial {
namespace {

using testing::IsEmpty;

constexpr FlavorResourceId kGpu{0};

std::vector<std::string> whats(const QuotaTreeSpec& spec) {
  std::vector<std::string> texts;
  for (const QuotaTreeProblem& problem : QuotaTree::problems(spec)) texts.push_back(problem.what);
  return texts;
}

TEST(QuotaTree, LendsWhatIsNotKeptAndBorrowsUpToTheLimit) {
  QuotaBuilder build;
  const QuotaNodeId cohort = build.cohort("all");
  const QuotaNodeId lender = build.queue("lender", cohort, {.of = kGpu, .nominal = 10, .lending_limit = 4});
  const QuotaNodeId borrower = build.queue("borrower", cohort, {.of = kGpu, .nominal = 10, .borrowing_limit = 3});
  QuotaTree tree(build.spec);
  EXPECT_EQ(tree.subtree_quota(cohort, kGpu), 14);
  EXPECT_EQ(tree.available(borrower, kGpu), 13);
  EXPECT_EQ(tree.available(lender, kGpu), 20);  // 6 kept and all of the cohort
  tree.add_usage(borrower, QuotaAmount{kGpu, 12});
  EXPECT_EQ(tree.usage(cohort, kGpu), 12);
  EXPECT_EQ(tree.available(borrower, kGpu), 1);
  EXPECT_EQ(tree.available(lender, kGpu), 8);
  tree.add_usage(lender, QuotaAmount{kGpu, 7});  // 6 of them no one else could have had
  EXPECT_EQ(tree.usage(cohort, kGpu), 13);
  EXPECT_EQ(tree.local_available(lender, kGpu), 0);
  tree.remove_usage(lender, QuotaAmount{kGpu, 3});
  EXPECT_EQ(tree.usage(cohort, kGpu), 12);
  EXPECT_EQ(tree.local_available(lender, kGpu), 2);
  EXPECT_EQ(tree.potential_available(borrower, kGpu), 13);
  EXPECT_TRUE(tree.borrowing_with(borrower, kGpu, 0));
  EXPECT_FALSE(tree.borrowing_with(lender, kGpu, 6));
}

TEST(QuotaTree, FitsNeedsEveryResource) {
  QuotaBuilder build;
  build.spec.flavor_resources.push_back({"default", "cpu"});
  const FlavorResourceId cpu{1};
  const QuotaNodeId queue = build.queue("q", {}, {.of = kGpu, .nominal = 4});
  build.spec.nodes[queue.index].limits.push_back({.of = cpu, .nominal = 8});
  QuotaTree tree(build.spec);
  EXPECT_TRUE(tree.fits(queue, {{kGpu, 4}, {cpu, 8}}));
  EXPECT_FALSE(tree.fits(queue, {{kGpu, 4}, {cpu, 9}}));
  tree.add_usage(queue, QuotaAmount{kGpu, 6});  // over its quota: nothing fits, a request of nothing does
  EXPECT_EQ(tree.available(queue, kGpu), -2);
  EXPECT_FALSE(tree.fits(queue, {{kGpu, 1}}));
  EXPECT_TRUE(tree.fits(queue, {{kGpu, 0}, {cpu, 1}}));
}

TEST(QuotaTree, HeightsCountFromTheLeaves) {
  QuotaBuilder build;
  const QuotaNodeId root = build.cohort("root");
  const QuotaNodeId middle = build.cohort("middle", root);
  const QuotaNodeId empty = build.cohort("empty", root);
  const QuotaNodeId queue = build.queue("q", middle, {.of = kGpu, .nominal = 1});
  const QuotaTree tree(build.spec);
  EXPECT_EQ(tree.height(queue), 0U);
  EXPECT_EQ(tree.height(middle), 1U);
  EXPECT_EQ(tree.height(empty), 0U);
  EXPECT_EQ(tree.height(root), 2U);
  EXPECT_EQ(tree.root(queue), root);
  EXPECT_THAT(tree.queues_below(root), testing::ElementsAre(queue));
}

TEST(QuotaTree, LowestFitIsTheFirstAncestorWithQuota) {
  QuotaBuilder build;
  const QuotaNodeId root = build.cohort("root", {}, {.of = kGpu, .nominal = 8});
  const QuotaNodeId team = build.cohort("team", root, {.of = kGpu, .nominal = 4});
  const QuotaNodeId queue = build.queue("q", team, {.of = kGpu, .nominal = 2});
  const QuotaNodeId alone = build.queue("alone", {}, {.of = kGpu, .nominal = 2});
  const QuotaTree tree(build.spec);
  struct Case {
    std::int64_t amount;
    std::uint32_t height;
    bool below_root;
  };
  for (const Case& each :
       {Case{2, 0, true}, Case{3, 1, true}, Case{6, 1, true}, Case{7, 2, false}, Case{99, 2, false}}) {
    const QuotaFit fit = lowest_fit(tree, queue, {kGpu, each.amount});
    EXPECT_EQ(fit.height, each.height) << each.amount;
    EXPECT_EQ(fit.below_root, each.below_root) << each.amount;
  }
  EXPECT_FALSE(lowest_fit(tree, alone, {kGpu, 1}).below_root);
}

TEST(QuotaTree, SaysWhatIsWrong) {
  QuotaBuilder cycle;
  const QuotaNodeId a = cycle.cohort("a");
  const QuotaNodeId b = cycle.cohort("b", a);
  cycle.spec.nodes[a.index].parent = b;
  cycle.queue("q", b, {.of = kGpu, .nominal = 1});
  EXPECT_THAT(whats(cycle.spec),
              testing::ElementsAre("its cohorts form a cycle", "its cohorts form a cycle", "its cohorts form a cycle"));

  QuotaBuilder limits;
  const QuotaNodeId cohort = limits.cohort("cohort");
  limits.queue("lends", cohort, {.of = kGpu, .nominal = 1, .lending_limit = 2});
  limits.queue("alone", {}, {.of = kGpu, .nominal = 1, .borrowing_limit = 2, .lending_limit = 1});
  limits.queue("negative", cohort, {.of = kGpu, .nominal = -1, .borrowing_limit = -1});
  limits.queue("unknown", cohort, {.of = FlavorResourceId{7}, .nominal = 1});
  limits.queue("child", QuotaNodeId{1}, {.of = kGpu, .nominal = 1});
  EXPECT_THAT(whats(limits.spec),
              testing::ElementsAre("the lending limit is above the nominal quota", "a borrowing limit without a cohort",
                                   "a lending limit without a cohort", "the nominal quota is negative",
                                   "the borrowing limit is negative", "a quota of an unknown flavor or resource",
                                   "the parent is no cohort"));

  QuotaBuilder numbers;
  const QuotaNodeId odd = numbers.queue("q", {}, {.of = kGpu, .nominal = QuotaTree::kMostQuota});
  numbers.queue("r", {}, {.of = kGpu, .nominal = 1});
  numbers.spec.nodes[odd.index].fair_weight = std::numeric_limits<double>::quiet_NaN();
  numbers.spec.nodes[odd.index].limits.push_back({.of = kGpu, .nominal = 0});
  EXPECT_THAT(whats(numbers.spec),
              testing::ElementsAre("the weight is negative or no number", "two quotas of one flavor and resource",
                                   "the quotas add up to more than 2^60"));
  EXPECT_THAT(whats(QuotaTreeSpec{}), IsEmpty());
}

TEST(QuotaShare, IsBorrowedOverLendableOverWeight) {
  QuotaBuilder build;
  const QuotaNodeId cohort = build.cohort("all");
  const QuotaNodeId half = build.queue("half", cohort, {.of = kGpu, .nominal = 5});
  const QuotaNodeId free = build.queue("free", cohort, {.of = kGpu, .nominal = 15});
  build.spec.nodes[half.index].fair_weight = 0.5;
  build.spec.nodes[free.index].fair_weight = 0;
  QuotaTree tree(build.spec);
  const QuotaShares shares(tree);
  EXPECT_FALSE(shares.share(half).borrowing());
  tree.add_usage(half, QuotaAmount{kGpu, 6});
  EXPECT_EQ(shares.share(half).rounded(), 100);  // 1 of 20, weight one half
  EXPECT_EQ(shares.share(half, {{kGpu, 2}}).rounded(), 300);
  EXPECT_EQ(shares.share(cohort).rounded(), 0);
  const BorrowingShare more = shares.share(free, {{kGpu, 17}});
  const BorrowingShare most = shares.share(free, {{kGpu, 18}});
  EXPECT_EQ(more.rounded(), std::numeric_limits<std::int64_t>::max());
  EXPECT_TRUE(shares.share(half, {{kGpu, 1000}}) < more);
  EXPECT_TRUE(more < most);
  EXPECT_FALSE(most < more);
  EXPECT_TRUE(shares.share(free) <= shares.share(half));  // weight 0 without borrowing is share 0
}

TEST(QuotaShare, TiesOfResourcesGoToTheFirstName) {
  QuotaBuilder build;
  build.spec.flavor_resources = {{"x", "gpu"}, {"x", "cpu"}, {"y", "gpu"}};
  const QuotaNodeId cohort = build.cohort("all");
  const QuotaNodeId queue = build.queue("q", cohort, {.of = kGpu, .nominal = 0});
  build.spec.nodes[queue.index].limits.push_back({.of = FlavorResourceId{1}, .nominal = 0});
  build.spec.nodes[queue.index].limits.push_back({.of = FlavorResourceId{2}, .nominal = 0});
  for (std::uint32_t i = 0; i < 3; ++i) {
    build.spec.nodes[cohort.index].limits.push_back({.of = FlavorResourceId{i}, .nominal = i == 1 ? 100 : 50});
  }
  QuotaTree tree(build.spec);
  const QuotaShares shares(tree);
  tree.add_usage(queue, {{FlavorResourceId{0}, 10}, {FlavorResourceId{1}, 20}, {FlavorResourceId{2}, 10}});
  EXPECT_EQ(shares.resources()[shares.share(queue).resource()], "cpu");  // 20 of 100 both
  tree.add_usage(queue, QuotaAmount{FlavorResourceId{2}, 1});
  EXPECT_EQ(shares.resources()[shares.share(queue).resource()], "gpu");
  EXPECT_EQ(shares.share(queue).rounded(), 210);
}

}  // namespace
}  // namespace seatrial
