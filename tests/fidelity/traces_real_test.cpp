// Real traces, where they are at hand: row counts and sums as their publishers and our own count give them.
#include <gtest/gtest.h>

#include "tests/support/shared_data.h"
#include "traces/describe.h"
#include "traces/openb_nodes.h"
#include "traces/trace.h"

namespace seatrial {
namespace {

struct RealTrace {
  const char* format;
  const char* file;  // under traces/
  std::uint64_t jobs;
  double gpu_hours;  // 0: not checked
  double duration_mean_s;
  double duration_median_s;
};

class RealTraces : public testing::TestWithParam<RealTrace> {};

WorkloadStatistics statistics_of(const TraceOptions& options) {
  WorkloadBuilder builder;
  read_trace(options, builder);
  return workload_statistics(builder.build());
}

TEST_P(RealTraces, HaveTheirPublishedCountsAndSums) {
  const RealTrace& expected = GetParam();
  const SharedFile file(std::string("traces/") + expected.file);
  if (!file.present()) GTEST_SKIP() << file.absence();
  TraceOptions options;
  options.format = expected.format;
  options.file = file.path();
  const WorkloadStatistics s = statistics_of(options);
  EXPECT_EQ(s.jobs, expected.jobs);
  if (expected.gpu_hours > 0) {
    EXPECT_NEAR(s.gpu_hours, expected.gpu_hours, 0.51);
  }
  if (expected.duration_mean_s > 0) {
    EXPECT_NEAR(s.duration_s.mean, expected.duration_mean_s, 0.51);
  }
  if (expected.duration_median_s > 0) {
    EXPECT_NEAR(s.duration_s.p50, expected.duration_median_s, 0.51);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Files, RealTraces,
    testing::Values(RealTrace{"helios", "helios/venus_gpu_jobs_mar_jul.csv.gz", 77'574, 0, 0, 0},
                    RealTrace{"helios", "helios/venus_sept_vcvGl.csv.gz", 1'452, 0, 0, 0},
                    RealTrace{"philly", "philly/jobs_sia_sep_nov.csv.gz", 74'167, 0, 0, 0},
                    RealTrace{"itp", "elasticflow_itp_2021/cluster01.csv.gz", 1'595, 22'740, 12'721, 8'287},
                    RealTrace{"itp", "elasticflow_itp_2021/cluster03.csv.gz", 3'011, 165'443, 22'148, 9'856},
                    RealTrace{"itp", "elasticflow_itp_2021/cluster04.csv.gz", 15'802, 705'683, 19'982, 0},
                    RealTrace{"itp", "elasticflow_itp_2021/cluster08.csv.gz", 13'047, 67'100, 14'546, 13'677},
                    RealTrace{"itp", "elasticflow_itp_2021/cluster10.csv.gz", 260, 4'023, 32'726, 0},
                    RealTrace{"pai", "pai_2020/terminated_tasks_sample.csv.gz", 60'105, 687'854.2, 5'028.6, 618},
                    RealTrace{"swf", "swf/RICC-2010-2.swf.gz", 447'794, 0, 11'847.3, 1'218},
                    RealTrace{"swf", "swf/NASA-iPSC-1993-3.1-cln.swf.gz", 18'239, 0, 764.9, 86},
                    RealTrace{"swf", "swf/lublin_256.swf.gz", 10'000, 0, 0, 0},
                    RealTrace{"native", "synthetic/peers_10k.csv.gz", 10'000, 0, 0, 0},
                    RealTrace{"openb", "openb/openb_pod_list_default.csv.gz", 8'152, 0, 0, 0},
                    RealTrace{"openb", "openb/openb_pod_list_multigpu20.csv.gz", 8'324, 0, 0, 0}),
    [](const auto& trace) {
      std::string name = trace.param.file;
      for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
      return name;
    });

TEST(RealTraces, RiccRecordsTheWaitsOfItsReadme) {
  const SharedFile file("traces/swf/RICC-2010-2.swf.gz");
  if (!file.present()) GTEST_SKIP() << file.absence();
  TraceOptions options;
  options.format = "swf";
  options.file = file.path();
  const WorkloadStatistics s = statistics_of(options);
  EXPECT_EQ(s.recorded_waits, 447'794U);
  EXPECT_NEAR(s.recorded_wait_s.mean, 15'970.5, 0.051);
  EXPECT_EQ(s.recorded_wait_s.p50, 10);
  EXPECT_EQ(s.users, 176U);
}

TEST(RealTraces, PhillyVcOfTheReferenceReplayHasItsJobs) {
  const SharedFile file("traces/philly/jobs_sia_sep_nov.csv.gz");
  if (!file.present()) GTEST_SKIP() << file.absence();
  TraceOptions options;
  options.format = "philly";
  options.file = file.path();
  WhereCondition vc{"vc", WhereCondition::Op::Equal, {"11cb48"}, 0, {}};
  WhereCondition late{"submit_s", WhereCondition::Op::GreaterEqual, {}, 2'592'000, {}};
  options.where = {vc, late};
  EXPECT_EQ(statistics_of(options).jobs, 11'897U);
}

TEST(RealTraces, OpenbOrdersHaveTheirPodsPerSeed) {
  const SharedFile pods("traces/openb/openb_pod_list_default.csv.gz");
  const SharedFile order("traces/openb/openb_order_default.csv.gz");
  if (!pods.present()) GTEST_SKIP() << pods.absence();
  if (!order.present()) GTEST_SKIP() << order.absence();
  TraceOptions options;
  options.format = "openb";
  options.file = pods.path();
  options.order_file = order.path();
  const std::pair<std::int64_t, std::uint64_t> expected[] = {{42, 10'866}, {43, 10'793}, {51, 10'859}};
  for (const auto& [seed, count] : expected) {
    options.order_seed = seed;
    EXPECT_EQ(statistics_of(options).jobs, count) << seed;
  }
}

TEST(RealTraces, OpenbNodesHaveTheirGpusAndRanks) {
  const SharedFile list("traces/openb/openb_node_list_gpu_node.csv.gz");
  const SharedFile rank("traces/openb/openb_noderank_default.csv.gz");
  if (!list.present()) GTEST_SKIP() << list.absence();
  if (!rank.present()) GTEST_SKIP() << rank.absence();
  const auto nodes = read_openb_nodes({list.path(), {}, {}}, {rank.path(), {}, {}}, 42);
  ASSERT_EQ(nodes.size(), 1213U);
  std::uint64_t gpus = 0;
  std::int64_t cpu_milli = 0;
  std::vector<bool> taken(nodes.size());
  for (const NodeSpec& node : nodes) {
    gpus += node.gpus;
    cpu_milli += node.cpu_milli;
    ASSERT_LT(node.rank, nodes.size());
    EXPECT_FALSE(taken[node.rank]);
    taken[node.rank] = true;
  }
  EXPECT_EQ(gpus, 6212U);
  EXPECT_EQ(cpu_milli, 107'018'000);
  EXPECT_EQ(nodes[0].rank, 601U);
}

}  // namespace
}  // namespace seatrial
