// What a run's first decisions are, and where two lists of them part.
#include "reports/decision_log.h"

#include <gtest/gtest.h>

namespace seatrial {
namespace {

Time at_s(std::int64_t s) { return Time{s * kNsPerSecond}; }

Fact fact(FactKind kind, std::int64_t s, std::uint32_t job, std::uint32_t node = 0) {
  Fact out;
  out.at = at_s(s);
  out.kind = kind;
  out.job = job;
  out.node = node;
  return out;
}

Decision start(std::int64_t s, std::uint32_t job, std::uint32_t node = 0) { return {at_s(s), job, node}; }

TEST(DecisionLog, KeepsStartsWithTheirNodesAndPreemptions) {
  DecisionLog log(false);
  const std::vector<Fact> facts{
      fact(FactKind::Submitted, 0, 4), fact(FactKind::Started, 1, 4),     fact(FactKind::Bound, 1, 4, 7),
      fact(FactKind::Preempted, 2, 4), fact(FactKind::Released, 2, 4, 7), fact(FactKind::Resumed, 3, 4),
      fact(FactKind::Bound, 3, 4, 0),  fact(FactKind::Bound, 3, 4, 9),    fact(FactKind::Failed, 4, 5)};
  log.observe(std::span(facts).first(2));  // a batch may end between a start and its node
  log.observe(std::span(facts).subspan(2));
  log.finish(at_s(5));
  ASSERT_EQ(log.decisions().size(), 3U);
  EXPECT_EQ(log.decisions()[0], (Decision{at_s(1), 4, 7, DecisionKind::Start}));
  EXPECT_EQ(log.decisions()[1], (Decision{at_s(2), 4, NodeId::kNone, DecisionKind::Preempt}));
  EXPECT_EQ(log.decisions()[2], (Decision{at_s(3), 4, 0, DecisionKind::Resume})) << "the first pool's node";
}

TEST(DecisionLog, CountsFailuresWithSequentialArrivals) {
  DecisionLog log(true);
  const std::vector<Fact> facts{fact(FactKind::Failed, 0, 0), fact(FactKind::Started, 0, 1),
                                fact(FactKind::Bound, 0, 1, 3)};
  log.observe(facts);
  ASSERT_EQ(log.decisions().size(), 2U);
  EXPECT_EQ(log.decisions()[0].kind, DecisionKind::Fail);
  EXPECT_EQ(log.decisions()[1].node, 3U);
}

TEST(DecisionLog, HoldsOnlyTheFirst) {
  DecisionLog log(false);
  std::vector<Fact> facts;
  for (std::uint32_t job = 0; job < DecisionLog::kMost + 10; ++job) {
    facts.push_back(fact(FactKind::Started, job, job));
    facts.push_back(fact(FactKind::Bound, job, job, job % 8));
  }
  log.observe(facts);
  ASSERT_EQ(log.decisions().size(), DecisionLog::kMost);
  EXPECT_EQ(log.decisions().back().node, (DecisionLog::kMost - 1) % 8) << "the last one has its node";
}

TEST(Parting, IsTheFirstInstantWithDifferentDecisions) {
  const std::vector<Decision> one{start(1, 0), start(2, 1), start(2, 2), start(5, 3)};
  const std::vector<Decision> two{start(1, 0), start(2, 2), start(2, 1), start(4, 9), start(5, 3)};
  const auto parting = find_parting(one, two, false);
  ASSERT_TRUE(parting);
  EXPECT_EQ(parting->at, at_s(4));
  EXPECT_EQ(parting->position, 3U);
  EXPECT_TRUE(parting->one.empty());
  EXPECT_EQ(parting->two, (std::vector<Decision>{start(4, 9)}));
  EXPECT_FALSE(find_parting(one, one, false));
}

TEST(Parting, SeesAnotherNodeAndAnotherEnd) {
  const std::vector<Decision> one{start(1, 0, 3)};
  const std::vector<Decision> two{start(1, 0, 4)};
  ASSERT_TRUE(find_parting(one, two, false));
  EXPECT_EQ(find_parting(one, two, false)->one, one);
  EXPECT_EQ(find_parting(one, two, false)->two, two);
  const auto longer = find_parting(one, std::vector<Decision>{one[0], start(8, 1)}, false);
  ASSERT_TRUE(longer);
  EXPECT_EQ(longer->at, at_s(8));
}

TEST(Parting, SaysNothingOfWhatAFullLogLeftOut) {
  std::vector<Decision> full;
  for (std::uint32_t i = 0; i < DecisionLog::kMost; ++i) full.push_back(start(i / 2, i));
  std::vector<Decision> other = full;
  other.back().node = 5;  // in the last instant, which may be cut
  EXPECT_FALSE(find_parting(full, other, false));
  other[4].node = 5;
  ASSERT_TRUE(find_parting(full, other, false));
  EXPECT_EQ(find_parting(full, other, false)->at, at_s(2));
}

TEST(Parting, GoesOneByOneWithSequentialArrivals) {
  const std::vector<Decision> one{start(0, 0, 1), start(0, 1, 2), start(0, 2, 3)};
  std::vector<Decision> two = one;
  two[1] = {at_s(0), 1, NodeId::kNone, DecisionKind::Fail};
  const auto parting = find_parting(one, two, true);
  ASSERT_TRUE(parting);
  EXPECT_EQ(parting->position, 1U);
  EXPECT_EQ(parting->one, (std::vector<Decision>{one[1]}));
  EXPECT_EQ(parting->two, (std::vector<Decision>{two[1]}));
}

}  // namespace
}  // namespace seatrial
