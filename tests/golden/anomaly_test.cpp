// Small worlds in which more GPUs make things worse: scheduling anomalies that are right, and easily "repaired" away.
// Total wait and last end on both clusters are exact, from the product and from the plain reference.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "sim/time.h"
#include "tests/support/product.h"
#include "tests/support/random_world.h"
#include "tests/support/reference_sim.h"

namespace seatrial {
namespace {

struct Totals {
  std::int64_t wait_s = 0;
  std::int64_t last_end_s = 0;
  bool operator==(const Totals&) const = default;
};

Totals totals(const WorldResult& result) {
  Totals out;
  for (const TestOutcome& job : result.jobs) {
    EXPECT_EQ(job.state, "completed");
    out.wait_s += job.waited_ns / kNsPerSecond;
    out.last_end_s = std::max(out.last_end_s, job.end_ns / kNsPerSecond);
  }
  return out;
}

class AnomalyWorlds : public testing::TestWithParam<std::size_t> {};

TEST_P(AnomalyWorlds, MoreGpusAreWorse) {
  const Anomaly anomaly = anomalies().at(GetParam());
  TestWorld larger = anomaly.world;
  larger.pools = {anomaly.larger};
  const Totals small{anomaly.wait_s[0], anomaly.last_end_s[0]};
  const Totals large{anomaly.wait_s[1], anomaly.last_end_s[1]};
  EXPECT_TRUE(totals(run_product(anomaly.world)) == small);
  EXPECT_TRUE(totals(run_product(larger)) == large);
  EXPECT_TRUE(totals(reference_run(anomaly.world)) == small);
  EXPECT_TRUE(totals(reference_run(larger)) == large);
  EXPECT_GT(large.last_end_s, small.last_end_s) << "no anomaly";
}

INSTANTIATE_TEST_SUITE_P(Golden, AnomalyWorlds, testing::Range(std::size_t{0}, anomalies().size()),
                         [](const auto& each) { return std::string(anomalies().at(each.param).name); });

TEST(AnomalyList, HasSevenWorlds) { EXPECT_EQ(anomalies().size(), 7U); }

}  // namespace
}  // namespace seatrial
