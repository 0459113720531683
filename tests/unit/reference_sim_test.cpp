// The plain reference itself: hand examples, worlds in which more is worse, bounds of scheduling theory, and published
// replays. What passes here is what the product is then compared with.
#include "tests/support/reference_sim.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/time.h"
#include "tests/support/random_world.h"
#include "tests/support/shared_data.h"

namespace seatrial {
namespace {

TestJob job_s(std::int64_t submit_s, std::int64_t duration_s, std::uint32_t gpus) {
  TestJob job;
  job.submit_ns = submit_s * kNsPerSecond;
  job.duration_ns = duration_s * kNsPerSecond;
  job.gpus = gpus;
  return job;
}

TestWorld counted_world(std::uint32_t gpus, std::vector<TestJob> jobs) {
  TestWorld world;
  world.pools = {{1, gpus, {}}};
  world.jobs = std::move(jobs);
  return world;
}

std::vector<std::int64_t> starts_s(const TestWorld& world) {
  std::vector<std::int64_t> starts;
  for (const TestOutcome& job : reference_run(world).jobs) starts.push_back(job.start_ns / kNsPerSecond);
  return starts;
}

struct Totals {
  double wait_s = 0;
  double jct_s = 0;
  std::int64_t last_end_s = 0;
  std::size_t completed = 0;
  std::size_t waited = 0;
  std::uint32_t preemptions = 0;
};

Totals totals(const TestWorld& world, const WorldResult& result) {
  Totals out;
  for (std::size_t row = 0; row < world.jobs.size(); ++row) {
    const TestOutcome& job = result.jobs[row];
    if (job.state != "completed") continue;
    ++out.completed;
    out.waited += job.waited_ns > 0 ? 1 : 0;
    out.wait_s += Duration{job.waited_ns}.seconds();
    out.jct_s += Duration{job.end_ns - world.jobs[row].submit_ns}.seconds();
    out.last_end_s = std::max(out.last_end_s, job.end_ns / kNsPerSecond);
    out.preemptions += job.preemptions;
  }
  return out;
}

using Starts = std::vector<std::int64_t>;

TEST(Reference, HeadOfLineExampleDiffersByAdmission) {
  TestWorld world = counted_world(2, {job_s(0, 10, 1), job_s(0, 1, 2), job_s(0, 1, 1)});
  EXPECT_EQ(starts_s(world), (Starts{0, 10, 11}));
  world.admission = "best-effort";
  EXPECT_EQ(starts_s(world), (Starts{0, 10, 0}));
  world.admission = "easy";
  EXPECT_EQ(starts_s(world), (Starts{0, 10, 0}));
  world.jobs[2].duration_ns = 11 * kNsPerSecond;
  EXPECT_EQ(starts_s(world), (Starts{0, 10, 11}));
}

// EASY protects the head only; conservative protects the second in the queue as well.
TEST(Reference, ConservativeProtectsEveryReservation) {
  TestWorld world = counted_world(4, {job_s(0, 10, 3), job_s(1, 10, 2), job_s(2, 2, 4), job_s(3, 20, 1)});
  world.admission = "easy";
  EXPECT_EQ(starts_s(world), (Starts{0, 10, 23, 3}));
  world.admission = "conservative";
  EXPECT_EQ(starts_s(world), (Starts{0, 10, 20, 22}));
}

TEST(Reference, PreemptiveExampleOfOneServer) {
  const TestWorld world = counted_world(1, {job_s(0, 10, 1), job_s(1, 1, 1), job_s(2, 3, 1)});
  const WorldResult result = reference_srtf(world);
  const std::int64_t ends_s[] = {14, 2, 5};
  for (std::size_t row = 0; row < 3; ++row) EXPECT_EQ(result.jobs[row].end_ns, ends_s[row] * kNsPerSecond);
  EXPECT_EQ(result.jobs[0].preemptions, 1U);
  EXPECT_EQ(result.jobs[0].waited_ns, 4 * kNsPerSecond);
  EXPECT_EQ(starts_s(world), (Starts{0, 10, 11}));
}

TEST(Reference, JobsThatTakeNoTimeFreeTheirGpusAtOnce) {
  const TestWorld world = counted_world(1, {job_s(5, 0, 1), job_s(5, 0, 1), job_s(5, 2, 1), job_s(7, 0, 1)});
  EXPECT_EQ(starts_s(world), (Starts{5, 5, 5, 7}));
}

TEST(Reference, RejectsWhatNeverFitsAndGoesOn) {
  const TestWorld world = counted_world(2, {job_s(0, 1, 3), job_s(0, 1, 2)});
  const WorldResult result = reference_run(world);
  EXPECT_EQ(result.jobs[0].state, "rejected");
  EXPECT_EQ(result.jobs[1].start_ns, 0);
}

// Three nodes of 4 with 2, 1 and 3 GPUs free (each first job may use one node only); then a job of 1 GPU for any.
TEST(Reference, PlacementsPickTheirNode) {
  TestWorld world;
  world.pools = {{1, 4, {"a", "any"}}, {1, 4, {"b", "any"}}, {1, 4, {"c", "any"}}};
  world.jobs = {job_s(0, 9, 2), job_s(0, 9, 3), job_s(0, 9, 1), job_s(1, 1, 1)};
  world.jobs[0].tenant = "a";
  world.jobs[1].tenant = "b";
  world.jobs[2].tenant = "c";
  world.jobs[3].tenant = "any";
  const std::pair<const char*, std::uint32_t> cases[] = {
      {"first-fit", 0}, {"best-fit", 1}, {"worst-fit", 2}, {"consolidate", 1}};
  for (const auto& [placement, node] : cases) {
    world.placement = placement;
    EXPECT_EQ(reference_run(world).jobs[3].nodes, std::vector<std::uint32_t>{node}) << placement;
  }
}

TEST(Reference, WideGangsTakeWholeNodesAndOneRemainder) {
  TestWorld world;
  world.pools = {{4, 4, {}}};
  world.jobs = {job_s(0, 9, 1), job_s(0, 9, 2), job_s(0, 9, 6)};
  world.placement = "first-fit";  // node 0 has 1 free, nodes 1 to 3 are whole
  EXPECT_EQ(reference_run(world).jobs[2].nodes, (std::vector<std::uint32_t>{1, 2}));
  world.placement = "worst-fit";  // the two small jobs are on nodes 0 and 1
  EXPECT_EQ(reference_run(world).jobs[2].nodes, (std::vector<std::uint32_t>{2, 3}));
  world.placement = "best-fit";
  world.jobs[1].gpus = 1;  // node 0 has 2 free: exactly the remainder
  EXPECT_EQ(reference_run(world).jobs[2].nodes, (std::vector<std::uint32_t>{1, 0}));
  world.placement = "consolidate";
  EXPECT_EQ(reference_run(world).jobs[2].nodes, (std::vector<std::uint32_t>{1, 2}));
}

TEST(Reference, ReproducesTheWorldsInWhichMoreIsWorse) {
  for (const Anomaly& anomaly : anomalies()) {
    for (std::size_t which = 0; which < 2; ++which) {
      TestWorld world = anomaly.world;
      if (which == 1) world.pools = {anomaly.larger};
      const Totals got = totals(world, reference_run(world));
      EXPECT_EQ(got.wait_s, static_cast<double>(anomaly.wait_s[which])) << anomaly.name;
      EXPECT_EQ(got.last_end_s, anomaly.last_end_s[which]) << anomaly.name;
    }
  }
}

TEST(Reference, ReachesGrahamsBoundsExactly) {
  for (const std::uint32_t m : {4U, 8U, 16U}) {
    std::vector<TestJob> jobs(m * (m - 1), job_s(0, 1, 1));
    jobs.push_back(job_s(0, m, 1));
    TestWorld world = counted_world(m, jobs);
    EXPECT_EQ(totals(world, reference_run(world)).last_end_s, 2 * m - 1) << m;
    std::reverse(world.jobs.begin(), world.jobs.end());
    EXPECT_EQ(totals(world, reference_run(world)).last_end_s, m) << m;
  }
  for (const std::uint32_t m : {2U, 4U, 8U}) {
    std::vector<TestJob> jobs;
    for (std::uint32_t length = 2 * m - 1; length > m; --length) jobs.insert(jobs.end(), 2, job_s(0, length, 1));
    jobs.insert(jobs.end(), 3, job_s(0, m, 1));
    const TestWorld world = counted_world(m, jobs);
    EXPECT_EQ(totals(world, reference_run(world)).last_end_s, 4 * m - 1) << m;
  }
}

TEST(Reference, MatchesThePublishedPolicyResults) {
  const SharedFile file("reference/golden_policies.json");
  if (!file.present()) GTEST_SKIP() << file.absence();
  const auto golden = nlohmann::json::parse(file.text());
  TestWorld world = counted_world(16, {});
  for (const auto& row : golden["traces"]["tiresias60"]["rows"]) {
    world.jobs.push_back(job_s(row[2].get<std::int64_t>(), row[3].get<std::int64_t>(), row[1].get<std::uint32_t>()));
  }
  const auto check = [&](const char* id, const TestWorld& w, const WorldResult& result) {
    const auto found =
        std::find_if(golden["cases"].begin(), golden["cases"].end(), [&](const auto& c) { return c["id"] == id; });
    ASSERT_NE(found, golden["cases"].end()) << id;
    const Totals got = totals(w, result);
    const auto& expected = (*found)["expected"];
    EXPECT_NEAR(got.jct_s / static_cast<double>(got.completed), expected["avg_jct"].get<double>(), 1e-6) << id;
    EXPECT_EQ(got.last_end_s, expected["makespan"].get<std::int64_t>()) << id;
    if (expected.contains("preemptions")) {
      EXPECT_EQ(got.preemptions, expected["preemptions"].get<std::uint32_t>()) << id;
    }
  };
  check("tir60-16gpu-fifo", world, reference_run(world));
  check("tir60-16gpu-srtf", world, reference_srtf(world));
  TestWorld other = world;
  other.admission = "best-effort";
  check("tir60-16gpu-firstfit", other, reference_run(other));
  other = world;
  other.order = "sjf";
  check("tir60-16gpu-sjf", other, reference_run(other));
  other = world;
  other.pools = {{2, 8, {}}};
  other.placement = "consolidate";
  check("tir60-2x8-helios-fifo-consolidate", other, reference_run(other));
}

TEST(Reference, MatchesAPublishedReplay) {
  const SharedFile replays("traces/reference_replays.csv");
  if (!replays.present()) GTEST_SKIP() << replays.absence();
  const SharedTable rows(replays);
  int compared = 0;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const SharedFile trace("traces/" + rows.cell(row, "file"));
    if (rows.number(row, "jobs") > 1600 || rows.cell(row, "selection") != "all" || !trace.present()) {
      continue;
    }
    const SharedTable jobs(trace);
    TestWorld world;
    world.pools = {{static_cast<std::uint32_t>(rows.number(row, "nodes_of_8")), 8, {}}};
    world.order = rows.cell(row, "policy");
    world.placement = "consolidate";
    for (std::size_t k = 0; k < jobs.rows(); ++k) {
      world.jobs.push_back(job_s(static_cast<std::int64_t>(jobs.number(k, "submit_s")),
                                 static_cast<std::int64_t>(jobs.number(k, "duration_s")),
                                 static_cast<std::uint32_t>(jobs.number(k, "gpu_num"))));
    }
    const Totals got = totals(world, reference_run(world));
    const double completed = static_cast<double>(got.completed);
    EXPECT_NEAR(got.jct_s / completed, rows.number(row, "mean_jct_s"), 0.0051) << rows.cell(row, "name");
    EXPECT_NEAR(got.wait_s / completed, rows.number(row, "mean_wait_s"), 0.0051) << rows.cell(row, "name");
    EXPECT_EQ(got.waited, static_cast<std::size_t>(rows.number(row, "jobs_waited")));
    ++compared;
  }
  EXPECT_GT(compared, 0);
}

}  // namespace
}  // namespace seatrial
