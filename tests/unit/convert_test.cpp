// Writing traces: there and back gives the same jobs; and statistics of a workload counted by hand.
#include "traces/convert.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/trace_files.h"
#include "traces/describe.h"

namespace seatrial {
namespace {

TEST(NativeCsv, ComesBackByteForByte) {
  const std::string text =
      "job_id,submit_s,duration_s,gpus,gpu_milli,pods,cpu_milli,memory_mib,gpu_model,tenant,user,priority,estimate_s,"
      "trace_state,observed_start_s\n"
      "b,5,0.000000001,1,250,,4000,,t4|a10,\"a,b\",\"say \"\"hi\"\"\",,,DONE,\n"
      "a,-1.5,10,16,,2,,8192,,\"two\nlines\",u,-3,20,,2.5\n"
      "c,5,7,0,,,,,,,,,,,\n";
  std::string out;
  append_native_csv(read_text("native", text), out);
  EXPECT_EQ(out, text);
}

TEST(NativeCsv, HasOnlyTheColumnsThatSaySomething) {
  std::string out;
  append_native_csv(read_text("itp", "submit_s,gpu_num,duration_s\n3,8,5\n1,1,2\n"), out);
  EXPECT_EQ(out, "job_id,submit_s,duration_s,gpus\n0,3,5,8\n1,1,2,1\n");
}

TEST(NativeCsv, MakesRepeatedNamesUnique) {
  std::string out;
  append_native_csv(read_text("pai", "job,submit_s,gpu_num,duration_s\n7,1,1,1\n7,2,1,1\n7,3,1,1\n"), out);
  EXPECT_EQ(out, "job_id,submit_s,duration_s,gpus\n7,1,1,1\n7#2,2,1,1\n7#3,3,1,1\n");
}

TEST(Swf, WritesWhatItsFieldsCanSay) {
  std::string out;
  const Workload w = read_text("native",
                               "job_id,submit_s,duration_s,gpus,user,estimate_s,trace_state,observed_start_s\n"
                               "a,0,10.5,4,ada,20,COMPLETED,3\nb,1,5,0,,,,\nc,2,5,1,bob,,CANCELLED,\n");
  EXPECT_EQ(append_swf(w, out), 1U);
  EXPECT_EQ(out,
            "; Version: 2.2\n; Note: written by seatrial; one processor is one GPU\n"
            "1 0 3 10.5 4 -1 -1 4 20 -1 1 1 -1 -1 -1 -1 -1 -1\n"
            "2 2 -1 5 1 -1 -1 1 -1 -1 5 2 -1 -1 -1 -1 -1 -1\n");
  EXPECT_EQ(jobs_text(read_text("swf", out)), "1 0 10.5 4\n2 2 5 1\n");
}

TEST(Describe, CountsJobsDemandAndArrivals) {
  const Workload w =
      read_text("native",
                "job_id,submit_s,duration_s,gpus,gpu_milli,tenant,user,observed_start_s\n"
                "a,0,3600,8,,x,u,10\nb,1800,3600,1,500,x,v,1800\nc,3600,1800,2,,y,u,\nd,-3600,0,0,,,,\n");
  const WorkloadStatistics s = workload_statistics(w);
  EXPECT_EQ(s.jobs, 4U);
  EXPECT_EQ(s.cpu_jobs, 1U);
  EXPECT_EQ(s.sharing_jobs, 1U);
  EXPECT_EQ(s.tenants, 2U);
  EXPECT_EQ(s.users, 2U);
  EXPECT_DOUBLE_EQ(s.span_s, 9000);
  EXPECT_DOUBLE_EQ(s.gpu_hours, 9.5);
  EXPECT_DOUBLE_EQ(s.mean_demand_gpus, 3.8);
  EXPECT_DOUBLE_EQ(s.peak_demand_gpus, 8.5);
  EXPECT_DOUBLE_EQ(s.duration_s.p50, 1800);
  EXPECT_DOUBLE_EQ(s.duration_s.max, 3600);
  EXPECT_EQ(s.recorded_waits, 2U);
  EXPECT_DOUBLE_EQ(s.recorded_wait_s.mean, 5);
  ASSERT_EQ(s.sizes.size(), 4U);
  EXPECT_EQ(s.sizes[3].gpus, 8U);
  EXPECT_EQ(s.arrivals_by_hour[0], 2U);
  EXPECT_EQ(s.arrivals_by_hour[1], 1U);
  EXPECT_EQ(s.arrivals_by_hour[23], 1U);
  EXPECT_EQ(s.arrivals_by_weekday[6], 1U);
}

TEST(Describe, SaysTheSameAsTextAndJson) {
  const Workload w = read_text("itp", "submit_s,gpu_num,duration_s\n0,8,3600\n");
  const nlohmann::json json = describe_json(w);
  EXPECT_EQ(json["jobs"], 1);
  EXPECT_EQ(json["gpu_hours"], 8.0);
  EXPECT_TRUE(json["recorded_wait_s"].is_null());
  const std::string text = describe_text(w);
  EXPECT_NE(text.find("jobs                  1 (0 without GPU, 0 with a part of one)"), std::string::npos) << text;
  EXPECT_NE(text.find("mean 8 GPUs, peak 8"), std::string::npos) << text;
}

}  // namespace
}  // namespace seatrial
