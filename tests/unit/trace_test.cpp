// Reading of whole traces: where, truncate, load, defaults, explicit orders and node lists.
#include "traces/trace.h"

#include <gtest/gtest.h>

#include "tests/support/trace_files.h"
#include "traces/name_set.h"
#include "traces/openb_nodes.h"
#include "traces/shape.h"

namespace seatrial {
namespace {

const std::string kTrace =
    "job_id,submit_s,duration_s,gpus,tenant,observed_start_s\n"
    "a,-1.5,10.9,1,x,0.7\nb,3,0.5,8,y,\nc,4.25,7,16,x,9.5\n";

TraceOptions native() {
  TraceOptions options;
  options.format = "native";
  return options;
}

TEST(Where, ComparesTextAndNumbers) {
  using Op = WhereCondition::Op;
  const auto kept = [](std::vector<WhereCondition> where) {
    TraceOptions options = native();
    options.where = std::move(where);
    return jobs_text(read_text(options, kTrace));
  };
  const std::string a = "a -1.5 10.9 1\n";
  const std::string b = "b 3 0.5 8\n";
  const std::string c = "c 4.25 7 16\n";
  EXPECT_EQ(kept({condition("tenant", {"x"})}), a + c);
  EXPECT_EQ(kept({condition("tenant", {"x", "y"})}), a + b + c);
  EXPECT_EQ(kept({condition("gpus", Op::Less, 8)}), a);
  EXPECT_EQ(kept({condition("gpus", Op::LessEqual, 8)}), a + b);
  EXPECT_EQ(kept({condition("submit_s", Op::Greater, 3)}), c);
  EXPECT_EQ(kept({condition("submit_s", Op::GreaterEqual, 3)}), b + c);
  EXPECT_EQ(kept({condition("tenant", {"x"}), condition("gpus", Op::Greater, 1)}), c);
  EXPECT_EQ(kept({condition("observed_start_s", Op::Less, 100)}), a + c);
  WhereCondition not_x = condition("tenant", {"x"});
  not_x.op = Op::NotEqual;
  EXPECT_EQ(kept({not_x}), b);
}

TEST(Where, ReportsWhatCannotBeAsked) {
  TraceOptions options = native();
  options.path = "workload[0].trace";
  options.where = {condition("tenent", {"x"})};
  EXPECT_EQ(
      error_of(options, kTrace),
      "where.yaml:3:5: workload[0].trace.where: the file has no column \"tenent\"; the columns are job_id, submit_s, "
      "duration_s, gpus, tenant, observed_start_s (did you mean \"tenant\"?)\n");
  options.where = {condition("tenant", WhereCondition::Op::Less, 3)};
  EXPECT_EQ(error_of(options, "job_id,submit_s,duration_s,gpus,tenant\na,1,1,1,x\n"),
            "trace:2:9: tenant: cannot be compared with a number: \"x\"; `where` compares text with == and != only\n");
  options.where = {condition("tenant", {"nobody"})};
  EXPECT_EQ(error_of(options, kTrace), "trace: the trace has no job left; no row matches `where`\n");
}

TEST(Where, LooksAtKeptRowsOnly) {
  TraceOptions options = native();
  options.where = {condition("tenant", {"x"})};
  EXPECT_EQ(jobs_text(read_text(options, "job_id,submit_s,duration_s,gpus,tenant\na,bad,1,1,y\nb,1,1,1,x\n")),
            "b 1 1 1\n");
}

TEST(Truncate, FloorsTowardMinusInfinity) {
  EXPECT_EQ(floor_to(-1, 10), -10);
  EXPECT_EQ(floor_to(-10, 10), -10);
  EXPECT_EQ(floor_to(19, 10), 10);
  TraceOptions options = native();
  options.truncate = Duration{kNsPerSecond};
  const Workload w = read_text(options, kTrace);
  EXPECT_EQ(jobs_text(w), "a -2 10 1\nb 3 0 8\nc 4 7 16\n");
  EXPECT_EQ(w.observed_start(JobId{0})->ns, 0);
}

TEST(Truncate, LeavesStatedEstimatesAlone) {
  TraceOptions options = native();
  options.truncate = Duration{kNsPerSecond};
  const Workload w = read_text(options, "job_id,submit_s,duration_s,gpus,estimate_s\na,0,1.5,1,2.5\nb,0,3.5,1,\n");
  EXPECT_EQ(w.estimate(JobId{0}).ns, 2'500'000'000);
  EXPECT_EQ(w.estimate(JobId{1}).ns, 3'000'000'000);
}

TEST(Load, ScalesDistancesFromTheEarliestKeptSubmit) {
  TraceOptions options = native();
  options.load = 0.5;
  const Workload w = read_text(options, kTrace);
  EXPECT_EQ(jobs_text(w), "a -1.5 10.9 1\nb 7.5 0.5 8\nc 10 7 16\n");
  EXPECT_EQ(w.observed_start(JobId{0})->ns, 700'000'000);
  EXPECT_EQ(w.observed_start(JobId{2})->ns, 15'250'000'000);
  EXPECT_EQ(w.texts().text(w.tenant(JobId{1})), "y");
  options.where = {condition("gpus", WhereCondition::Op::Greater, 1)};
  EXPECT_EQ(jobs_text(read_text(options, kTrace)), "b 3 0.5 8\nc 5.5 7 16\n");
}

TEST(Load, IsExactForHugeTimesAndRefusesOverflow) {
  const std::string huge = "job_id,submit_s,duration_s,gpus\na,0,1,1\nb,4000000000.000000001,1,1\n";
  TraceOptions options = native();
  options.load = 0.5;
  EXPECT_EQ(jobs_text(read_text(options, huge)), "a 0 1 1\nb 8000000000.000000002 1 1\n");
  options.load = 0.25;
  EXPECT_EQ(error_of(options, huge), "load: the scaled submit times do not fit 2^63 ns\n");
  options.load = 0;
  EXPECT_EQ(error_of(options, huge), "load: must be a number above 0\n");
}

TEST(Load, KeepsRowNumbersAsNamesAndTheFilesTies) {
  TraceOptions options;
  options.format = "itp";
  options.load = 2;
  options.where = {condition("gpu_num", WhereCondition::Op::Greater, 1)};
  EXPECT_EQ(jobs_text(read_text(options, "submit_s,gpu_num,duration_s\n0,1,1\n9,2,1\n3,4,1\n9,8,1\n")),
            "2 3 1 4\n1 6 1 2\n3 6 1 8\n");
}

TEST(Defaults, GiveCpuAndMemoryPerGpuAndSplitGangs) {
  TraceOptions options = native();
  options.default_cpu_milli_per_gpu = 4000;
  options.default_memory_mib_per_gpu = 1024;
  options.gpus_per_pod = 3;
  options.constraint = 0;
  const Workload w = read_text(options, "job_id,submit_s,duration_s,gpus,cpu_milli\na,0,1,8,\nb,0,1,8,100\nc,0,1,0,\n");
  EXPECT_EQ(w.request(JobId{0}).cpu_milli, 32'000);
  EXPECT_EQ(w.request(JobId{0}).memory_mib, 8192);
  EXPECT_EQ(w.request(JobId{0}).pods, 3U);
  EXPECT_EQ(w.request(JobId{1}).cpu_milli, 100);
  EXPECT_EQ(w.request(JobId{2}).cpu_milli, 0);
  EXPECT_EQ(w.request(JobId{2}).pods, 0U);
}

const std::string kPods =
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time\n"
    "p0,1000,512,1,500,T4|G2,LS,Running,10,25,12\n"
    "p1,2000,512,0,0,,LS,Pending,20,30,\n"
    "p2,3000,512,8,1000,,LS,Failed,5,6,5\n";

TraceOptions openb() {
  TraceOptions options;
  options.format = "openb";
  return options;
}

TEST(Defaults, DrawKindsOfWorkByWeightAndRow) {
  std::string text = "job_id,submit_s,duration_s,gpus\n";
  for (int i = 0; i < 4000; ++i) text += "j" + std::to_string(i) + ",0,1," + (i % 2 == 0 ? "1\n" : "2\n");
  TraceOptions options = native();
  options.default_work = "never";
  options.work_mix = {{"small", 3}, {"large", 1}, {"none", 0}};
  const Workload all = read_text(options, text);
  const auto work = [](const Workload& jobs, JobId job) { return jobs.texts().text(jobs.request(job).work); };
  std::uint32_t small = 0;
  for (std::uint32_t j = 0; j < all.size(); ++j) {
    EXPECT_TRUE(work(all, {j}) == "small" || work(all, {j}) == "large") << work(all, {j});
    small += work(all, {j}) == "small" ? 1 : 0;
  }
  EXPECT_NEAR(small, 3000, 110) << "four standard deviations";
  options.where = {condition("gpus", {"2"})};
  const Workload some = read_text(options, text);
  ASSERT_EQ(some.size(), 2000U);
  for (std::uint32_t j = 0; j < some.size(); ++j) EXPECT_EQ(work(some, {j}), work(all, {2 * j + 1}));
}

TEST(Openb, ReadsPods) {
  const Workload w = read_text(openb(), kPods);
  EXPECT_EQ(jobs_text(w), "p2 5 1 8\np0 10 15 1\np1 20 10 0\n");
  EXPECT_EQ(w.request(JobId{1}).gpu_milli, 500U);
  EXPECT_EQ(w.texts().text(w.request(JobId{1}).gpu_model), "T4|G2");
  EXPECT_EQ(w.observed_start(JobId{1})->ns, 12'000'000'000);
  EXPECT_FALSE(w.observed_start(JobId{2}).has_value());
  EXPECT_EQ(w.request(JobId{2}).gpu_milli, 0U);
  EXPECT_EQ(jobs_text(read_text(openb(), "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np,1,2,1,1000\n")), "p 0 0 1\n");
  EXPECT_EQ(error_of(openb(), "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np,1,2,2,500\n"),
            "trace:2:9: gpu_milli: a pod with several GPUs needs whole ones (1000): \"500\"\n");
}

TEST(OpenbOrder, SubmitsInOrderAtTimeZeroAndCountsTheFileAsTarget) {
  // The line behind the wanted seed is never read: it would be an error.
  const TempFile order("seed,seq,pod_row,tuned_index\n1,0,0,-1\n2,0,2,-1\n2,1,0,-1\n2,2,2,0\n3,0,0,-1\n\"broken\n");
  TraceOptions options = openb();
  options.order_file = order.path();
  options.order_seed = 2;
  const Workload w = read_text(options, kPods);
  EXPECT_EQ(jobs_text(w), "p2 0 1 8\np0 0 15 1\np2-tuned-0 0 1 8\n");
  EXPECT_EQ(w.target_counts(), (std::vector<std::uint32_t>{1, 1, 1}));
  options.where = {condition("num_gpu", WhereCondition::Op::Less, 8)};
  EXPECT_EQ(jobs_text(read_text(options, kPods)), "p0 0 15 1\n");
}

TEST(OpenbOrder, RefusesRowsAndSeedsThatAreNotThere) {
  const TempFile order("seed,seq,pod_row,tuned_index\n1,0,3,-1\n");
  TraceOptions options = openb();
  options.order_file = order.path();
  options.order_seed = 1;
  EXPECT_EQ(error_of(options, kPods), order.path() + ":2:5: pod_row: must be a whole number from 0 to 2: \"3\"\n");
  options.order_seed = 7;
  EXPECT_EQ(error_of(options, kPods), order.path() + ":1: no row has seed 7\n");
  options.format = "itp";
  EXPECT_EQ(error_of(options, kPods), "order: only the format openb has an explicit order\n");
}

TEST(OpenbNodes, ReadsNodesAndRanks) {
  const TempFile list("sn,cpu_milli,memory_mib,gpu,model\nn0,64000,1024,2,T4\nn1,32000,2048,0,\n");
  const auto plain = read_openb_nodes({list.path(), {}, {}}, {}, 0);
  ASSERT_EQ(plain.size(), 2U);
  EXPECT_EQ(plain[0].gpu_model, "T4");
  EXPECT_EQ(plain[1].rank, 1U);
  const TempFile rank("seed,sn,rank\n1,n0,0\n1,n1,1\n2,n0,1\n2,n1,0\n");
  const auto ranked = read_openb_nodes({list.path(), {}, {}}, {rank.path(), {}, {}}, 2);
  EXPECT_EQ(ranked[0].rank, 1U);
  EXPECT_EQ(ranked[1].rank, 0U);
  try {
    static_cast<void>(read_openb_nodes({list.path(), {}, {}}, {rank.path(), {}, {}}, 3));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(error.what(), rank.path() + ": node \"n0\" has no rank for seed 3\n" + rank.path() +
                                ": node \"n1\" has no rank for seed 3\n");
  }
}

TEST(NameSet, FindsDuplicatesInAnyOrder) {
  NameSet set;
  for (int i = 0; i < 5000; ++i) EXPECT_TRUE(set.insert(std::to_string(2 * i)));
  EXPECT_FALSE(set.insert("42"));
  EXPECT_TRUE(set.insert("43"));
  EXPECT_TRUE(set.insert("042"));
  EXPECT_FALSE(set.insert("9998"));
  EXPECT_TRUE(set.insert("x"));
  EXPECT_FALSE(set.insert("x"));
}

}  // namespace
}  // namespace seatrial
