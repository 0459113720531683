// Bytes of the CSV files, down to quoting and the order of rows.
#include "reports/csv_writers.h"

#include <gtest/gtest.h>

#include "reports/csv.h"
#include "reports/event_log.h"
#include "reports/fact_hash.h"
#include "sim/error.h"
#include "tests/unit/report_fixture.h"

namespace seatrial {
namespace {

TEST(JobsCsv, HasTheColumnsOfTheContractAndExactTimes) {
  const FinishedRun run;
  TextSink sink;
  write_jobs_csv(run.workload, run.table, run.nodes, sink);
  EXPECT_EQ(sink.text,
            "job_id,tenant,submit_s,start_s,end_s,wait_s,jct_s,gpus,state,trace_state,preemptions,nodes\n"
            "\"a,1\",t1,0,0,10,0,10,1,completed,,0,n0\n"
            "\"=b\"\"\",t2,5,10,30,5,25,4,completed,\"Pass,ed\",0,n0|n1\n"
            "big,t1,6,,,,,9,rejected,,0,\n");
}

TEST(JobsCsv, WritesNanosecondsAndNegativeTimesAsExactDecimals) {
  WorkloadBuilder builder;
  JobRecord record = FinishedRun::record("x", 0, 1, 1, "");
  record.submit_ns = -1'500'000'001;
  builder.add(record);
  const Workload workload = builder.build();
  JobTable table(1);
  table.state[JobId{0}] = JobState::Running;
  table.start[JobId{0}] = Time{1};
  table.waited[JobId{0}] = Duration{1'500'000'002};
  TextSink sink;
  write_jobs_csv(workload, table, NumberedNodes(), sink);
  EXPECT_NE(sink.text.find("x,,-1.500000001,0.000000001,,1.500000002,,1,running,,0,\n"), std::string::npos)
      << sink.text;
}

TEST(JobsCsv, KeepsTheOrderOfTheFile) {
  WorkloadBuilder builder;
  builder.add(FinishedRun::record("late", 9, 1, 1, ""));
  builder.add(FinishedRun::record("early", 1, 1, 1, ""));
  const Workload workload = builder.build();
  TextSink sink;
  write_jobs_csv(workload, JobTable(2), NumberedNodes(), sink);
  EXPECT_LT(sink.text.find("late,"), sink.text.find("early,"));
}

TEST(WaitsCsv, ListsOnlyJobsThatWaitedAndSumsToTheirWait) {
  const FinishedRun run;
  TextSink sink;
  write_waits_csv(run.workload, run.table, sink);
  EXPECT_EQ(sink.text,
            "job_id,capacity_s,fragmentation_s,head-of-line_s,quota_s,constraint_s\n"
            "\"=b\"\"\",4,1,0,0,0\n");
}

TEST(RejectedCsv, GivesTheReason) {
  const FinishedRun run;
  TextSink sink;
  write_rejected_csv(run.workload, run.table, sink);
  EXPECT_EQ(sink.text, "job_id,reason\nbig,asks for 9 GPUs; the cluster has 4\n");
}

TEST(SeriesCsv, ReadsBackToTheSameSeries) {
  const FinishedRun run;
  TextSink sink;
  write_series_csv(run.metrics.series(), sink);
  EXPECT_EQ(sink.text.substr(0, sink.text.find('\n')),
            "t_s,interval_s,queue_jobs,queue_gpus,running_jobs,p.allocated_gpus,p.used_gpus,p.total_gpus,p.nodes");
  const Series back = read_series_csv(sink.text, "series.csv");
  TextSink again;
  write_series_csv(back, again);
  EXPECT_EQ(again.text, sink.text);
  EXPECT_EQ(back.cells, run.metrics.series().cells);
  EXPECT_THROW((void)read_series_csv("a,b\n", "series.csv"), InputError);
  EXPECT_THROW((void)read_series_csv("t_s,interval_s,x\n0,1\n", "series.csv"), InputError);
  EXPECT_THROW((void)read_series_csv("t_s,interval_s,x\n0,1,z\n", "series.csv"), InputError);
}

TEST(PlacementsCsv, WritesDevicesAndLeavesTheNodeOfAFailureEmpty) {
  const FinishedRun run;
  PlacementLog log;
  log.fragmented = true;
  log.rows.push_back({JobId{0}, NodeId{3}, {0, 2, 5}, 1000, 1000, 866232.554});
  log.rows.push_back({JobId{2}, NodeId{}, {}, 10000, 1000, 0});
  TextSink sink;
  write_placements_csv(run.workload, log, run.nodes, sink);
  EXPECT_EQ(sink.text,
            "idx,pod,node,gpus,arrived_milli,used_milli,frag_milli\n"
            "0,\"a,1\",n3,0-2-5,1000,1000,866232.55\n"
            "1,big,,,10000,1000,0.00\n");
  log.fragmented = false;
  TextSink plain;
  write_placements_csv(run.workload, log, run.nodes, plain);
  EXPECT_NE(plain.text.find("1,big,,,10000,1000,\n"), std::string::npos);
}

TEST(EventsCsv, HasARowPerFact) {
  const FinishedRun run;
  TextSink sink;
  EventLog log(run.workload, {"p,1"}, run.nodes, sink);
  log.observe(FinishedRun::facts());
  Fact capacity = FinishedRun::fact(30, FactKind::Capacity, 0, 8000);
  capacity.node = 4;
  log.observe({&capacity, 1});
  log.finish(Time{0});
  EXPECT_EQ(sink.text.substr(0, 93),
            "t_s,event,job,pool,gpus_milli,node\n"
            "0,submitted,\"a,1\",,1000,\n"
            "0,started,\"a,1\",,0,\n"
            "0,bound,\"a,1\"");
  EXPECT_NE(sink.text.find("30,capacity,,\"p,1\",8000,4\n"), std::string::npos) << sink.text;
}

TEST(Csv, QuotesOnlyWhereItMust) {
  const struct {
    const char* field;
    const char* written;
  } cases[] = {{"plain", "plain"},     {"", ""},
               {"=1+1", "=1+1"},       {"a,b", "\"a,b\""},
               {"a\"b", "\"a\"\"b\""}, {"a\nb", "\"a\nb\""},
               {"a\rb", "\"a\rb\""},   {" a ", " a "}};
  for (const auto& c : cases) {
    std::string out = "x,";
    append_csv_field(out, c.field);
    EXPECT_EQ(out, std::string("x,") + c.written);
    std::vector<std::string> fields;
    CsvRows rows(out);
    ASSERT_TRUE(rows.next(fields));
    ASSERT_EQ(fields.size(), 2U);
    EXPECT_EQ(fields[1], c.field);
    EXPECT_FALSE(rows.next(fields));
  }
}

std::string hash_of(const std::vector<Fact>& facts) {
  FactHash hash;
  hash.observe(facts);
  hash.finish(Time{30 * kNsPerSecond});
  return hash.text();
}

TEST(FactHash, IsTheSameOnEveryPlatformAndForAnyBatches) {
  const std::vector<Fact> facts = FinishedRun::facts();
  FactHash single;
  for (const Fact& fact : facts) single.observe({&fact, 1});
  single.finish(Time{30 * kNsPerSecond});
  EXPECT_EQ(single.text(), hash_of(facts));
  EXPECT_EQ(single.text().size(), 32U);
}

TEST(FactHash, ChangesWithAnyFieldAndWithTheOrder) {
  const std::vector<Fact> facts = FinishedRun::facts();
  const std::string base = hash_of(facts);
  const auto differs = [&](auto change) {
    std::vector<Fact> other = facts;
    change(other);
    EXPECT_NE(hash_of(other), base);
  };
  differs([](auto& f) { f[3].at.ns += 1; });
  differs([](auto& f) { f[3].milli += 1; });
  differs([](auto& f) { f[3].job += 1; });
  differs([](auto& f) { f[3].node += 1; });
  differs([](auto& f) { f[3].pool += 1; });
  differs([](auto& f) { f[3].kind = FactKind::Stalled; });
  differs([](auto& f) { std::swap(f[6], f[7]); });
  differs([](auto& f) { f.pop_back(); });
  differs([](auto& f) { f.push_back(Fact{}); });
}

}  // namespace
}  // namespace seatrial
